"""A kind word to whoever owes a reply: once a week at most, and gone as soon as they have written.

DOMAIN, 'No silent pair'. The partner never learns of it, and nothing counts how often.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts.models import Person
from penpal.kernel import access, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, rows, transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.letters import participation
from penpal.letters.models import Letter, ReplyReminder
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.twinning.models import Pair, Two


def remind(class_: Unit, person_id: int, pair_id: int, *, by: Actor) -> ReplyReminder:
    """The class teacher reminds a student of their class whose reply somebody has waited for long.

    Raises ``NotFound`` when nobody waits for this student, ``Invalid`` when the week is not over.
    """
    access.authorize(by, Permission.Unit.REMIND, class_)
    with transaction() as current:
        pair = current.get(Pair, pair_id)
        if pair is None:
            raise NotFound
        lock(pair)
        owing = next(
            (
                one
                for one in participation.owing(class_)
                if (one.person_id, one.pair_id) == (person_id, pair_id)
            ),
            None,
        )
        if owing is None:
            raise NotFound
        if not owing.may_be_reminded:
            raise Invalid(_l("这一周提醒过了。过几天再看看，也可以当面问问是不是遇到了难处。"))
        reminder = ReplyReminder(person_id=person_id, pair_id=pair_id, reminded_by_id=by.person_id)
        current.add(reminder)
        trail.write(current.get_one(Person, person_id), "reminded to reply", by=by)
    return reminder


def visible_to(actor: Actor) -> sa.Select[ReplyReminder]:
    """One's own; for school staff those of the students they answer for."""
    return sa.select(ReplyReminder).where(
        ReplyReminder.person_id.in_(people.visible_to(actor).with_only_columns(Person.id))
    )


def stands(pair: Two, actor: Actor) -> bool:
    """Whether somebody reminded this student of their partner since they last wrote."""
    return bool(rows(_standing(), pair=pair.id, me=actor.person_id))


@cache
def _standing() -> Any:
    reminder = sa.inspect(ReplyReminder).local_table.c
    letter = sa.inspect(Letter).local_table.c
    me, pair = (sa.bindparam(name, type_=sa.Integer) for name in ("me", "pair"))
    written = sa.exists().where(
        letter.pair_id == reminder.pair_id,
        letter.author_id == reminder.person_id,
        letter.delivered_at > reminder.at,
    )
    return (
        sa.select(reminder.id)
        .where(reminder.pair_id == pair, reminder.person_id == me, ~written)
        .limit(1)
    )
