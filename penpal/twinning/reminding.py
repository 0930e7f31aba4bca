"""A kind word from a teacher, once a week at most for a child, whatever it is about, and gone once heeded.

DOMAIN, 'No silent pair'. The partner never learns of it, and nothing counts how often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column

from penpal.accounts import queries as people
from penpal.accounts.models import Person
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import Model, lock, one_of, rows, session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.twinning import participation, steps
from penpal.twinning.models import Pair, Two
from penpal.twinning.participation import Kind
from penpal.twinning.steps import Known
from penpal.twinning.timeline import PAIR, READER

WEEK = timedelta(days=7)
ROOM = "reminders"


class About(StrEnum):
    """A letter waits for its reply; or nothing came from this child for long."""

    REPLY = "reply"
    SILENCE = "silence"


class Reminder(Model):
    """A teacher reminded a student. It stands until they write (of a reply) or do anything (of a silence)."""

    __tablename__ = "reminder"
    __table_args__ = (
        sa.Index("ix_reminder_pair", "pair_id", "person_id", "at"),
        sa.Index("ix_reminder_person", "person_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("pair.id"))
    about: Mapped[About] = mapped_column(one_of(About, "about"), default=About.REPLY)
    reminded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)


def visible_to(actor: Actor) -> sa.Select[Reminder]:
    """One's own; for school staff those of the students they answer for."""
    return sa.select(Reminder).where(
        Reminder.person_id.in_(people.visible_to(actor).with_only_columns(Person.id))
    )


def remind(class_: Unit, person_id: int, pair: Pair, about: About, *, by: Actor) -> Reminder:
    """Keep the reminder of a student of this class; the caller knows that there is a reason.

    Raises ``Invalid`` when the week since the last one is not over, whatever that was about.
    """
    access.authorize(by, Permission.Unit.REMIND, class_)
    with transaction() as current:
        student = current.get_one(Person, person_id)
        # Two teachers of one class remind one after the other: the second learns of the first.
        lock(student)
        last = last_of([person_id]).get(person_id)
        if last is not None and not is_over(last):
            raise Invalid(_l("这一周提醒过了。过几天再看看，也可以当面问问是不是遇到了难处。"))
        reminder = Reminder(
            person_id=person_id, pair_id=pair.id, about=about, reminded_by_id=by.person_id
        )
        current.add(reminder)
        if about is About.REPLY:
            trail.write(student, "reminded to reply", by=by)
        else:
            trail.write(student, "reminded of the partner", by=by)
    return reminder


def is_over(at: datetime | None) -> bool:
    """Whether somebody last reminded then may be reminded again."""
    return at is None or at <= clock.now() - WEEK


def last_of(person_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these was reminded last."""
    last = sa.type_coerce(sa.func.max(Reminder.at), Reminder.at.type)
    found = session().execute(
        sa.select(Reminder.person_id, last)
        .where(Reminder.person_id.in_(person_ids))
        .group_by(Reminder.person_id)
    )
    return {row[0]: row[1] for row in found}


def stands(pair: Two, actor: Actor, about: About) -> bool:
    """Whether a reminder of this kind still stands for a student."""
    found = rows(_standing(), pair_id=pair.id, reader_id=actor.person_id)
    return any(row.what == about.value for row in found)


def standing(known: Sequence[Known]) -> About | None:
    """The reminder that stands, among the facts of a pair."""
    return next((About(fact.what) for fact in known if fact.room == ROOM), None)


def register() -> None:
    _standing.cache_clear()
    steps.know(ROOM, lambda: [_standing()])


@cache
def _standing() -> Any:
    reminder = sa.inspect(Reminder).local_table.c
    heeded = {
        About.REPLY: participation.parts_of(Kind.LETTER),
        About.SILENCE: participation.signs(),
    }
    since = []
    for about, parts in heeded.items():
        for part in parts:
            deed = part.subquery().c
            since.append(
                sa.exists().where(
                    reminder.about == sa.literal_column(f"'{about.value}'"),
                    deed.person_id == READER,
                    deed["at"] > reminder.at,
                )
            )
    return (
        steps.part(ROOM, reminder.about, id=reminder.id, at=reminder.at)
        .where(reminder.pair_id == PAIR, reminder.person_id == READER, ~sa.or_(*since))
        .order_by(reminder.id.desc())
        .limit(1)
    )
