"""Selects for students one by one: where they are, who has left, and who of a school still lacks what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from penpal.accounts.models import Activation, Enrolment, Person
from penpal.consent import queries as consent
from penpal.kernel import clock, numbers
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.rosters import queries
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState

PAGE = 100
LEFT_ARE_SHOWN = timedelta(days=365)
"""Who left longer ago is found by number alone, when the number is typed again."""


class Lacking(StrEnum):
    """What a student still lacks before letters can go."""

    ACTIVATION = "activation"
    CONSENT = "consent"
    PARTNER = "partner"


def place_of(person_id: int) -> Enrolment | None:
    """The running enrolment of a student."""
    return session().scalar(
        sa.select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.until.is_(None))
    )


def places_in(unit: Unit, person_ids: Collection[int]) -> list[Enrolment]:
    """Where these students are, as far as that is in this school or class."""
    there = [person_id for person_id in person_ids if 0 < person_id <= numbers.LARGEST]
    statement = (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .join(Unit, Unit.id == Enrolment.class_id)
        .options(contains_eager(Enrolment.person))
        .where(Enrolment.person_id.in_(there), _in(unit))
        .order_by(*_BY_CLASS)
    )
    return list(session().scalars(statement))


def class_names(class_ids: Collection[int]) -> dict[int, str]:
    rows = session().execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(class_ids)))
    return {row[0]: row[1] for row in rows}


_BY_CLASS = (
    Unit.grade,
    sa.func.length(Unit.name),
    Unit.name,
    sa.func.length(Enrolment.student_number),
    Enrolment.student_number,
)


def _in(unit: Unit) -> sa.ColumnElement[bool]:
    """SQL for: a running enrolment in this school or class."""
    where = Enrolment.class_id if unit.level is Level.CLASS else Enrolment.school_id
    return sa.and_(where == unit.id, Enrolment.until.is_(None))


def _last_place() -> list[sa.ColumnElement[bool]]:
    """SQL for: the person has left, was nowhere later, and this is no second record of a child."""
    return [*queries.ended_for_good(), ~queries.is_folded()]


def left_class(class_id: int) -> list[Enrolment]:
    """Who left the school out of this class within a year, the last first."""
    statement = (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .options(contains_eager(Enrolment.person))
        .where(
            Enrolment.class_id == class_id,
            Enrolment.until > clock.today() - LEFT_ARE_SHOWN,
            *_last_place(),
        )
        .order_by(Enrolment.until.desc(), Enrolment.id.desc())
    )
    return list(session().scalars(statement))


def left_place(class_id: int, enrolment_id: int) -> Enrolment | None:
    """One of those who left the school out of this class, however long ago."""
    if not 0 < enrolment_id <= numbers.LARGEST:
        return None
    return session().scalar(
        sa.select(Enrolment).where(
            Enrolment.id == enrolment_id, Enrolment.class_id == class_id, *_last_place()
        )
    )


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A student in a list of the school: what they lack, no content and no counts."""

    person_id: int
    name: str
    number: str
    class_id: int
    class_name: str
    activated: bool
    has_slip: bool
    takes_part: bool
    needs_guardian: bool
    paired: bool


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """How many of a class lack what."""

    id: int
    name: str
    students: int
    activation: int
    consent: int
    partner: int

    def lacking(self, what: Lacking | None) -> int:
        return self.students if what is None else int(getattr(self, what.value))


def has_partner() -> sa.ColumnElement[bool]:
    """SQL for: the student has a running pair."""
    return sa.exists().where(
        Pair.state == PairState.ACTIVE,
        sa.or_(Pair.supported_student_id == Person.id, Pair.supporting_student_id == Person.id),
    )


def _lacks(what: Lacking) -> sa.ColumnElement[bool]:
    return {
        Lacking.ACTIVATION: Person.activated_at.is_(None),
        Lacking.CONSENT: sa.not_(consent.takes_part(Person)),
        Lacking.PARTNER: sa.not_(has_partner()),
    }[what]


def counts(school_id: int) -> list[ClassCounts]:
    """How many of each class of a school lack what, in one query."""
    lacking = [
        sa.func.coalesce(sa.func.sum(sa.case((_lacks(what), 1), else_=0)), 0) for what in Lacking
    ]
    rows = session().execute(
        sa.select(Unit.id, Unit.name, sa.func.count(Person.id), *lacking)
        .join(Enrolment, sa.and_(Enrolment.class_id == Unit.id, Enrolment.until.is_(None)))
        .join(Person, Person.id == Enrolment.person_id)
        .where(Unit.parent_id == school_id, Unit.level == Level.CLASS)
        .group_by(Unit.id, Unit.name, Unit.grade)
        .order_by(Unit.grade, sa.func.length(Unit.name), Unit.name)
    )
    return [ClassCounts(*row) for row in rows]


def pupils(
    unit: Unit, *, lacking: Lacking | None = None, words: str = "", first: int = 0
) -> Sequence[PupilRow]:
    """A page of the students of a school or class, by class and number; one more than fits when there is one."""
    has_slip = sa.exists().where(
        Activation.person_id == Person.id,
        Activation.used_at.is_(None),
        Activation.expires_at > clock.now(),
    )
    statement: Any = (
        sa.select(
            Person.id,
            Person.name,
            Enrolment.student_number,
            Unit.id,
            Unit.name,
            Person.activated_at.is_not(None),
            has_slip,
            consent.takes_part(Person),
            sa.not_(consent.may_answer_alone(Person)),
            has_partner(),
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(_in(unit))
        .order_by(*_BY_CLASS)
        .offset(first)
        .limit(PAGE + 1)
    )
    if lacking is not None:
        statement = statement.where(_lacks(lacking))
    if words:
        statement = statement.where(
            sa.or_(
                Person.name.contains(words, autoescape=True),
                Enrolment.student_number.contains(words, autoescape=True),
            )
        )
    return [PupilRow(*row) for row in session().execute(statement)]


def namesakes(student: Person, place: Enrolment) -> list[Enrolment]:
    """Others of the same name in the same school: where a second record of a child hides."""
    statement = (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .options(contains_eager(Enrolment.person))
        .where(
            Enrolment.school_id == place.school_id,
            Enrolment.until.is_(None),
            Person.name == student.name,
            Person.id != student.id,
        )
        .order_by(Enrolment.id)
    )
    return list(session().scalars(statement))


def is_empty(class_id: int) -> bool:
    """Whether nobody is in a class now."""
    inside = sa.exists().where(Enrolment.class_id == class_id, Enrolment.until.is_(None))
    return not session().scalar(sa.select(inside))
