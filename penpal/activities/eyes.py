"""Who sees what of what pairs do together: the selects that every list, page, count and file starts from."""

from __future__ import annotations

from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Role
from penpal.activities.models import Activity, ActivityNod, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import RecordState, Seal, ShownTo
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.twinning.models import Pair

M = TypeVar("M")


def _own_pairs(actor: Actor) -> sa.Select[int]:
    me = actor.person_id
    return sa.select(Pair.id).where(
        sa.or_(Pair.supported_student_id == me, Pair.supporting_student_id == me)
    )


def _students_of(actor: Actor) -> sa.Select[int]:
    """The students whom the actor teaches."""
    return (
        sa.select(Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(Enrolment.until.is_(None), people.within(Unit.path, actor.tops(Role.TEACHER)))
    )


def activities(actor: Actor) -> sa.Select[Activity]:
    """Those of one's own pairs; for a teacher those in which somebody shows them something."""
    statement = sa.select(Activity)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        shown = records(actor).with_only_columns(ActivityRecord.activity_id)
        return statement.where(Activity.id.in_(shown))
    return statement.where(Activity.pair_id.in_(_own_pairs(actor)))


def nods(actor: Actor) -> sa.Select[ActivityNod]:
    return _of_own_activities(sa.select(ActivityNod), ActivityNod.activity_id, actor)


def words(actor: Actor) -> sa.Select[ActivityWord]:
    return _of_own_activities(sa.select(ActivityWord), ActivityWord.activity_id, actor)


def _of_own_activities(
    statement: sa.Select[M], column: InstrumentedAttribute[int], actor: Actor
) -> sa.Select[M]:
    """For the two alone: no teacher sees how they talked it over."""
    if actor.kind == "system":
        return statement
    own = sa.select(Activity.id).where(Activity.pair_id.in_(_own_pairs(actor)))
    return statement.where(column.in_(own))


def records(actor: Actor) -> sa.Select[ActivityRecord]:
    """One's own, and the partner's once it is shared; for a teacher what is open to them."""
    statement = sa.select(ActivityRecord)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        students = _students_of(actor)
        shown = (
            sa.select(Activity.id)
            .join(Pair, Pair.id == Activity.pair_id)
            .where(
                Activity.shown_to == ShownTo.CLASSES,
                sa.or_(
                    Pair.supported_student_id.in_(students),
                    Pair.supporting_student_id.in_(students),
                ),
            )
        )
        open_ = sa.and_(
            ActivityRecord.state == RecordState.DONE,
            ActivityRecord.seal == Seal.OPEN,
            ActivityRecord.author_id.in_(students),
        )
        return statement.where(sa.or_(open_, ActivityRecord.activity_id.in_(shown)))
    own = sa.select(Activity.id).where(Activity.pair_id.in_(_own_pairs(actor)))
    return statement.where(
        sa.or_(
            ActivityRecord.author_id == actor.person_id,
            sa.and_(ActivityRecord.shared_at.is_not(None), ActivityRecord.activity_id.in_(own)),
        )
    )


def left_open(actor: Actor) -> sa.Select[ActivityRecord]:
    """Those that a teacher's own students left open; what is shown to classes has a page of its own."""
    return records(actor).where(
        ActivityRecord.state == RecordState.DONE,
        ActivityRecord.seal == Seal.OPEN,
        ActivityRecord.author_id.in_(_students_of(actor)),
    )


def record_ids(actor: Actor) -> sa.Select[int]:
    """The records whose photos an actor may see."""
    return records(actor).with_only_columns(ActivityRecord.id)


def shows_something(activity: Activity, actor: Actor) -> bool:
    """Whether a record of this activity is open to the actor."""
    found = records(actor).where(ActivityRecord.activity_id == activity.id)
    return session().scalar(found.with_only_columns(ActivityRecord.id).limit(1)) is not None
