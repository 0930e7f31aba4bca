"""Selects for rosters: uploads, and what a school has of its students and classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload, load_only

from penpal.accounts.models import Enrolment, Person, Role
from penpal.accounts.queries import within
from penpal.consent.models import Consent, Giver, Purpose, Refusal
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.rosters.headings import Column
from penpal.rosters.models import FoldedRecord, RosterHeading, RosterUpload, Transfer

M = TypeVar("M")


def _of_schools(
    model: type[M], school_id: InstrumentedAttribute[int], actor: Actor
) -> sa.Select[M]:
    """What belongs to the schools of which the actor is secretary; the system sees all."""
    statement = sa.select(model)
    if actor.kind == "system":
        return statement
    tops = actor.tops(Role.SCHOOL_SECRETARY)
    return statement.join(Unit, Unit.id == school_id).where(within(Unit.path, tops))


def uploads_visible_to(actor: Actor) -> sa.Select[RosterUpload]:
    return _of_schools(RosterUpload, RosterUpload.school_id, actor)


def headings_visible_to(actor: Actor) -> sa.Select[RosterHeading]:
    return _of_schools(RosterHeading, RosterHeading.school_id, actor)


def transfers_visible_to(actor: Actor) -> sa.Select[Transfer]:
    """Those that one's own school gave out; the new school knows the code alone."""
    return _of_schools(Transfer, Transfer.from_school_id, actor)


def folded_visible_to(actor: Actor) -> sa.Select[FoldedRecord]:
    return _of_schools(FoldedRecord, FoldedRecord.school_id, actor)


def unfinished(school_id: int, actor: Actor) -> RosterUpload | None:
    """What this person uploaded for the school and has neither confirmed nor discarded."""
    return session().scalar(
        sa.select(RosterUpload)
        .where(
            RosterUpload.school_id == school_id,
            RosterUpload.made_by_id == actor.person_id,
            RosterUpload.applied_at.is_(None),
            RosterUpload.trouble == "",
        )
        .options(load_only(RosterUpload.file_name, RosterUpload.created_at))
        .order_by(RosterUpload.id.desc())
        .limit(1)
    )


def headings_of(school_id: int) -> list[RosterHeading]:
    statement = sa.select(RosterHeading).where(RosterHeading.school_id == school_id)
    return list(session().scalars(statement.order_by(RosterHeading.meaning, RosterHeading.heading)))


def remembered(school_id: int) -> dict[str, Column]:
    """What the school once said of headings, folded as they are compared."""
    return {row.folded: row.meaning for row in headings_of(school_id)}


def open_transfers(school_id: int, moment: datetime) -> list[Transfer]:
    """The ways to other schools that nobody has used yet and that still lead somewhere."""
    statement = (
        sa.select(Transfer)
        .where(
            Transfer.from_school_id == school_id,
            Transfer.used_at.is_(None),
            Transfer.expires_at > moment,
        )
        .options(joinedload(Transfer.person))
        .order_by(Transfer.id.desc())
    )
    return list(session().scalars(statement))


def holder(school_id: int, number: str) -> Enrolment | None:
    """Who has this number in this school now."""
    return session().scalar(
        sa.select(Enrolment).where(
            Enrolment.school_id == school_id,
            Enrolment.student_number == number,
            Enrolment.until.is_(None),
        )
    )


@dataclass(frozen=True, slots=True)
class StoredStudent:
    """A student with a running enrolment in the school, as far as a roster can change them."""

    person_id: int
    enrolment_id: int
    class_id: int
    number: str
    name: str
    birth_year: int | None
    birth_month: int | None
    answered: bool
    """Whether a guardian's answer on taking part is on file: a roster records the first yes, and none after a no."""


_SIGNED = sa.exists().where(
    Consent.person_id == Person.id,
    Consent.purpose == Purpose.TAKING_PART,
    Consent.giver == Giver.GUARDIAN,
    Consent.withdrawn_at.is_(None),
)
_TOOK_BACK = sa.or_(
    sa.exists().where(
        Consent.person_id == Person.id,
        Consent.purpose == Purpose.TAKING_PART,
        Consent.giver == Giver.GUARDIAN,
        Consent.withdrawn_at.is_not(None),
    ),
    sa.exists().where(
        Refusal.person_id == Person.id,
        Refusal.purpose == Purpose.TAKING_PART,
        Refusal.giver == Giver.GUARDIAN,
        Refusal.ended_at.is_(None),
    ),
)
"""Whoever said no, or took a yes back, says yes on a new paper: a column of an old file does not say it for them."""


def students_of(school_id: int) -> list[StoredStudent]:
    rows = session().execute(
        sa.select(
            Person.id,
            Enrolment.id,
            Enrolment.class_id,
            Enrolment.student_number,
            Person.name,
            Person.birth_year,
            Person.birth_month,
            sa.or_(_SIGNED, _TOOK_BACK),
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.school_id == school_id, Enrolment.until.is_(None))
    )
    return [StoredStudent(*row) for row in rows]


def ended_for_good() -> list[sa.ColumnElement[bool]]:
    """SQL for: the person has left this place, and was nowhere later."""
    later = aliased(Enrolment)
    return [
        Enrolment.until.is_not(None),
        ~sa.exists().where(later.person_id == Enrolment.person_id, later.id > Enrolment.id),
    ]


def is_folded() -> sa.ColumnElement[bool]:
    """SQL for: this is the second record of a child, closed for good."""
    return sa.exists().where(FoldedRecord.person_id == Enrolment.person_id)


@dataclass(frozen=True, slots=True)
class FormerStudent:
    """Somebody who is in no school now and was in this one, under this number and name."""

    enrolment_id: int
    number: str
    name: str
    folded: bool


def former_students_of(school_id: int) -> list[FormerStudent]:
    """Who has left the school, the last of them last; found by class, for which there is an index."""
    rows = session().execute(
        sa.select(Enrolment.id, Enrolment.student_number, Person.name, is_folded())
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(Unit.parent_id == school_id, *ended_for_good())
        .order_by(Enrolment.id)
    )
    return [FormerStudent(*row) for row in rows]


def classes_of(school_id: int) -> list[Unit]:
    statement = sa.select(Unit).where(Unit.parent_id == school_id, Unit.level == Level.CLASS)
    return list(session().scalars(statement))


def open_classes_of(school_id: int) -> list[Unit]:
    """The classes to which students can be added, by grade and number."""
    return list(
        session().scalars(
            sa.select(Unit)
            .where(
                Unit.parent_id == school_id,
                Unit.level == Level.CLASS,
                Unit.closed_on.is_(None),
            )
            .order_by(Unit.grade, sa.func.length(Unit.name), Unit.name)
        )
    )


@dataclass(frozen=True, slots=True)
class ClassWaiting:
    """A class and how many of its students have yet to activate."""

    id: int
    name: str
    students: int
    waiting: int


def classes_with_waiting(school_id: int) -> Sequence[ClassWaiting]:
    """The classes of a school by grade and number, each with how many need a slip."""
    rows = session().execute(
        sa.select(
            Unit.id,
            Unit.name,
            sa.func.count(Enrolment.id),
            sa.func.count(Enrolment.id).filter(Person.activated_at.is_(None)),
        )
        .join(Enrolment, sa.and_(Enrolment.class_id == Unit.id, Enrolment.until.is_(None)))
        .join(Person, Person.id == Enrolment.person_id)
        .where(Unit.parent_id == school_id, Unit.level == Level.CLASS)
        .group_by(Unit.id, Unit.name, Unit.grade)
        .order_by(Unit.grade, sa.func.length(Unit.name), Unit.name)
    )
    return [ClassWaiting(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A student as a roster that goes out tells it: what a school's own roster needs, no more."""

    class_name: str
    grade: int
    number: str
    name: str
    birth_year: int | None
    birth_month: int | None
    signed: bool


def roster_of(unit: Unit) -> list[RosterLine]:
    """The students who are now in a school or a class, by grade, class and number."""
    rows = session().execute(
        sa.select(
            Unit.name,
            sa.type_coerce(Unit.grade, sa.Integer),
            Enrolment.student_number,
            Person.name,
            Person.birth_year,
            Person.birth_month,
            _SIGNED,
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(
            sa.or_(Enrolment.school_id == unit.id, Enrolment.class_id == unit.id),
            Enrolment.until.is_(None),
        )
        .order_by(Unit.grade, sa.func.length(Unit.name), Unit.name, Enrolment.student_number)
    )
    return [RosterLine(*row) for row in rows]
