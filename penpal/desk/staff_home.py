"""The home of school staff: their classes in figures, and who needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person, Role
from penpal.accounts.queries import live_activations, students_of, within
from penpal.consent import queries as consent
from penpal.consent.models import Consent
from penpal.desk import class_overview
from penpal.desk.class_overview import ClassNumbers, ClassOverview
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.letters import participation, readers
from penpal.letters import queries as letters
from penpal.letters.participation import Owing
from penpal.letters.queries import PostcardRow
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.safeguarding import queries as reports
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import PairState


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class in figures; no content, no names."""

    id: int
    name: str
    school_id: int | None
    students: int
    activated: int
    consented: int
    paired: int
    path: str


@dataclass(frozen=True)
class StaffHome:
    classes: Sequence[ClassRow]
    schools: Sequence[Unit]
    waiting_reports: int


def of(actor: Actor, *, whole: Actor) -> StaffHome:
    """The home of someone with the offices worn; children who wait are shown whatever is worn."""
    tops = actor.tops(Role.TEACHER, Role.SCHOOL_SECRETARY)
    led = actor.tops(Role.SCHOOL_SECRETARY)
    schools = session().scalars(
        sa.select(Unit)
        .where(Unit.level == Level.SCHOOL, within(Unit.path, led))
        .order_by(Unit.name)
    )
    return StaffHome(classes(tops), list(schools), reports.count_waiting(whole))


def classes(tops: Sequence[str]) -> list[ClassRow]:
    """The classes in these subtrees with their figures, in one query."""
    is_paired = sa.exists(
        sa.select(Pair.id).where(
            Pair.state == PairState.ACTIVE,
            sa.or_(Pair.supported_student_id == Person.id, Pair.supporting_student_id == Person.id),
        )
    )
    statement = (
        sa.select(
            Unit.id,
            Unit.name,
            Unit.parent_id,
            sa.func.count(Person.id),
            _count(Person.activated_at.is_not(None)),
            _count(consent.takes_part(Person)),
            _count(is_paired),
            Unit.path,
        )
        .outerjoin(Enrolment, sa.and_(Enrolment.class_id == Unit.id, Enrolment.until.is_(None)))
        .outerjoin(Person, Person.id == Enrolment.person_id)
        .where(Unit.level == Level.CLASS, Unit.closed_on.is_(None), within(Unit.path, list(tops)))
        .group_by(Unit.id, Unit.name, Unit.parent_id, Unit.grade, Unit.path)
        .order_by(Unit.parent_id, Unit.grade, sa.func.length(Unit.name), Unit.name)
    )
    return [ClassRow(*row) for row in session().execute(statement)]


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class StudentRow:
    person_id: int
    number: str
    name: str
    display_name: str
    activated: bool
    has_code: bool
    takes_part: bool
    needs_guardian: bool
    partner: str


@dataclass(frozen=True)
class ClassPage:
    class_: Unit
    students: Sequence[StudentRow]
    twinning: Twinning | None
    other_class: Unit | None
    postcards: Sequence[PostcardRow]
    has_written: int
    """How many have sent a first letter."""
    owed: int
    """How many have owed a reply for long."""
    owing: Sequence[Owing]
    """The same by name, for their teacher."""
    reply_days: int
    """What long is here."""
    together: ClassOverview | None
    """Who took part in which week, by name, for their teacher."""

    @property
    def unactivated(self) -> int:
        return sum(not row.activated for row in self.students)

    @property
    def unsigned(self) -> int:
        return sum(row.needs_guardian and not row.takes_part for row in self.students)

    @property
    def taking_part(self) -> int:
        return sum(row.takes_part for row in self.students)

    @property
    def paired(self) -> int:
        return sum(bool(row.partner) for row in self.students)


def class_page(class_: Unit, actor: Actor) -> ClassPage:
    enrolments = students_of(class_.id)
    ids = [row.person_id for row in enrolments]
    consents = consent.taking_part_of(ids)
    codes = live_activations(ids)
    twinning = pairs.class_twinning(class_)
    late = participation.owing(class_)
    tied = pairs.active_pairs_of(ids)
    partners = _names(tied)
    named = access.may(actor, Permission.Unit.SEE_PARTICIPATION, class_)
    other = None
    if twinning is not None:
        other = twinning.supporting if twinning.supported_id == class_.id else twinning.supported
    return ClassPage(
        class_,
        [
            StudentRow(
                row.person_id,
                row.student_number,
                row.person.name,
                row.person.display_name,
                row.person.activated_at is not None,
                row.person_id in codes,
                *consents[row.person_id],
                partners.get(row.person_id, ""),
            )
            for row in enrolments
        ],
        twinning,
        other,
        letters.postcards(class_, actor),
        participation.have_written([class_.id]).get(class_.id, 0),
        len({one.person_id for one in late}),
        late if access.may(actor, Permission.Unit.SEE_UNANSWERED, class_) else (),
        participation.term_of(class_),
        class_overview.of(class_, enrolments, consents, tied, late) if named else None,
    )


@dataclass(frozen=True, slots=True)
class Participation:
    """What a school may know of what a class does together: numbers."""

    class_: ClassRow
    has_written: int
    owed: int
    numbers: ClassNumbers


def participation_of(rows: Sequence[ClassRow]) -> list[Participation]:
    """For each class how many have begun to write, owe a reply, took part lately, and have been silent."""
    ids = [row.id for row in rows]
    written, owed = participation.have_written(ids), participation.owed(ids)
    numbers = class_overview.numbers(ids)
    return [
        Participation(row, written.get(row.id, 0), owed.get(row.id, 0), numbers[row.id])
        for row in rows
    ]


@dataclass(frozen=True)
class StudentPage:
    """What staff see of one student: the account and the ledger, never what the student wrote."""

    student: Person
    class_: Unit
    number: str
    takes_part: bool
    needs_guardian: bool
    consents: Sequence[Consent]
    partner: str
    on_paper: bool


def student_page(student: Person) -> StudentPage:
    enrolment = next(row for row in student.enrolments if row.until is None)
    takes_part, needs_guardian = consent.taking_part_of([student.id])[student.id]
    return StudentPage(
        student,
        enrolment.class_,
        enrolment.student_number,
        takes_part,
        needs_guardian,
        consent.of(student.id),
        _names(pairs.active_pairs_of([student.id])).get(student.id, ""),
        readers.reads_on_paper(student.id),
    )


def _names(tied: Sequence[Pair]) -> dict[int, str]:
    """By student, what their partner is called."""
    names: dict[int, str] = {}
    for pair in tied:
        names[pair.supported_student_id] = pair.supporting_student.name_for_partners
        names[pair.supporting_student_id] = pair.supported_student.name_for_partners
    return names
