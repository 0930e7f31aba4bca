"""Selects over requests for release."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role, RoleGrant
from penpal.kernel.access import Actor
from penpal.kernel.db import session, this_day
from penpal.places.models import Unit
from penpal.safeguarding import items
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.models import Addressee


def visible_to(actor: Actor) -> sa.Select[Hold]:
    """One's own; for a teacher those of their classes; for the secretary what was handed on to them.

    The secretary has those of classes without a teacher, too.
    What its author took back is nobody else's to read any more.
    """
    statement = sa.select(Hold)
    if actor.kind == "system":
        return statement
    taught, led = (
        sa.select(Unit.id).where(people.within(Unit.path, actor.tops(role)))
        for role in (Role.TEACHER, Role.SCHOOL_SECRETARY)
    )
    stands = Hold.state != HoldState.WITHDRAWN
    return statement.where(
        sa.or_(
            Hold.author_id == actor.person_id,
            sa.and_(stands, Hold.class_id.in_(taught)),
            sa.and_(
                stands,
                Hold.class_id.in_(led),
                sa.or_(
                    Hold.with_whom == Addressee.SCHOOL_SECRETARY,
                    Hold.class_id.not_in(_with_a_teacher(actor)),
                ),
            ),
        )
    )


def _with_a_teacher(actor: Actor) -> sa.Select[int]:
    """The classes of one's schools over which somebody holds a teacher's office today."""
    return (
        sa.select(Unit.id)
        .join(RoleGrant, RoleGrant.unit_id.in_([Unit.id, Unit.parent_id]))
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            people.within(Unit.path, actor.tops(Role.SCHOOL_SECRETARY)),
            RoleGrant.role == Role.TEACHER,
            RoleGrant.since <= this_day(),
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= this_day()),
            Person.disabled_at.is_(None),
        )
    )


def with_teachers() -> list[Hold]:
    """All that wait for a class teacher, the longest waiting first."""
    statement = (
        sa.select(Hold)
        .options(joinedload(Hold.class_))
        .where(Hold.state == HoldState.ASKED, Hold.with_whom == Addressee.TEACHER)
        .order_by(Hold.id)
    )
    return list(session().scalars(statement))


def running(kind: str, item_id: int) -> Hold | None:
    """The request that waits for a thing."""
    return session().scalar(
        sa.select(Hold).where(
            Hold.kind == kind, Hold.item_id == item_id, Hold.state == HoldState.ASKED
        )
    )


def last(kind: str, item_id: int) -> Hold | None:
    """The latest request for a thing, whatever became of it."""
    return session().scalar(
        sa.select(Hold)
        .where(Hold.kind == kind, Hold.item_id == item_id)
        .order_by(Hold.id.desc())
        .limit(1)
    )


def answers(kind: str, item_ids: Sequence[int]) -> dict[int, str]:
    """What was last said to the author of each of these things when it was decided; none for no things."""
    if not item_ids:
        return {}
    found = session().execute(
        sa.select(Hold.item_id, Hold.answer)
        .where(Hold.kind == kind, Hold.item_id.in_(item_ids), Hold.answer != "")
        .order_by(Hold.id)
    )
    return {row.item_id: row.answer for row in found}


def is_settled(hold: Hold) -> bool:
    """Whether a later request for the same thing was decided, or the thing was sent or is gone."""
    decided = sa.exists().where(
        Hold.kind == hold.kind,
        Hold.item_id == hold.item_id,
        Hold.id > hold.id,
        Hold.state.in_([HoldState.RELEASED, HoldState.RETURNED]),
    )
    if session().scalar(sa.select(decided)):
        return True
    content = items.read(hold.kind, hold.item_id)
    return content is None or content.at is not None


def sent_back_before(hold: Hold) -> Hold | None:
    """What the same thing looked like when it was last sent back: the draft before this one."""
    return session().scalar(
        sa.select(Hold)
        .where(
            Hold.kind == hold.kind,
            Hold.item_id == hold.item_id,
            Hold.author_id == hold.author_id,
            Hold.id < hold.id,
            Hold.state == HoldState.RETURNED,
        )
        .order_by(Hold.id.desc())
        .limit(1)
    )


def waiting_for(actor: Actor, *, size: int = 100) -> list[Hold]:
    """What this member of staff may decide, the longest waiting first."""
    statement = (
        visible_to(actor)
        .options(joinedload(Hold.author), joinedload(Hold.class_))
        .where(Hold.state == HoldState.ASKED, Hold.author_id != actor.person_id)
        .order_by(Hold.id)
        .limit(size)
    )
    return list(session().scalars(statement))
