"""Selects for rosters: uploads, and what a school has of its students and classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person, Role
from penpal.accounts.queries import within
from penpal.consent.models import Consent, Giver, Purpose
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.rosters.models import RosterUpload


def uploads_visible_to(actor: Actor) -> sa.Select[RosterUpload]:
    """Uploads for the schools of which the actor is secretary; the system sees all."""
    statement = sa.select(RosterUpload)
    if actor.kind == "system":
        return statement
    tops = actor.tops(Role.SCHOOL_SECRETARY)
    return statement.join(Unit, Unit.id == RosterUpload.school_id).where(within(Unit.path, tops))


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
    signed: bool
    """Whether a guardian's signature for taking part is on file."""


def students_of(school_id: int) -> list[StoredStudent]:
    signed = sa.exists().where(
        Consent.person_id == Person.id,
        Consent.purpose == Purpose.TAKING_PART,
        Consent.giver == Giver.GUARDIAN,
        Consent.withdrawn_at.is_(None),
    )
    rows = session().execute(
        sa.select(
            Person.id,
            Enrolment.id,
            Enrolment.class_id,
            Enrolment.student_number,
            Person.name,
            Person.birth_year,
            Person.birth_month,
            signed,
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.school_id == school_id, Enrolment.until.is_(None))
    )
    return [StoredStudent(*row) for row in rows]


def classes_of(school_id: int) -> list[Unit]:
    statement = sa.select(Unit).where(Unit.parent_id == school_id, Unit.level == Level.CLASS)
    return list(session().scalars(statement))


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
