"""What a roster would do to a school, row by row: compared with what is stored, nothing written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from penpal.kernel import clock
from penpal.places.models import Unit
from penpal.rosters import classnames, judging, queries
from penpal.rosters.classnames import ClassName
from penpal.rosters.judging import Reason, Refused
from penpal.rosters.queries import FormerStudent, StoredStudent
from penpal.rosters.sheets import Progress, Row, Sheet, in_silence

_OFTEN = 500
"""Rows between two words on how far the comparing is."""


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Change(StrEnum):
    NAME = "name"
    BIRTH = "birth"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file and what becomes of it; ``name`` and the rest as they would be stored."""

    row: Row
    outcome: Outcome
    reason: Reason | None = None
    name: str = ""
    birth: tuple[int, int] | None = None
    signed_on: date | None = None
    """When the guardian signed; None where no day is told."""
    class_: ClassName | None = None
    class_id: int | None = None
    """None for a class that is yet to be made."""
    class_name: str = ""
    student: StoredStudent | None = None
    old_class_name: str = ""
    changes: frozenset[Change] = frozenset()
    formerly: int | None = None
    """Which ended enrolment the row seems to be about, where it is refused for that."""

    @property
    def number(self) -> str:
        """The number as it is stored: with the zeros that a spreadsheet took from the file's."""
        return self.student.number if self.student else self.row.number


@dataclass(frozen=True)
class Plan:
    """What would be done, or, once it was done, what of it is still worth showing."""

    lines: tuple[Line, ...]
    counts: Mapping[Outcome, int]
    new_classes: tuple[str, ...] = ()
    consents: int = 0
    absent: int = 0
    """Students of the school who are not in the file; nothing happens to them."""
    absentees: tuple[tuple[StoredStudent, str], ...] = ()
    """The same, each with the name of the class."""
    digest: str = ""
    """The same as long as confirming would do the same."""

    @property
    def writes(self) -> bool:
        return any(
            self.counts[outcome] for outcome in (Outcome.ADDED, Outcome.CHANGED, Outcome.MOVED)
        )

    @property
    def refused(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.outcome is Outcome.REFUSED)

    def to_json(self) -> dict[str, Any]:
        """The figures, and why each refused row was refused."""
        return {
            "counts": {outcome.value: number for outcome, number in self.counts.items()},
            "new_classes": list(self.new_classes),
            "consents": self.consents,
            "absent": self.absent,
            "reasons": [line.reason for line in self.refused],
        }

    @classmethod
    def from_json(cls, figures: Mapping[str, Any], refused: Iterable[Row]) -> Plan:
        """What was done, with the rows that were refused."""
        return cls(
            lines=tuple(
                Line(row, Outcome.REFUSED, Reason(reason))
                for row, reason in zip(refused, figures["reasons"], strict=True)
            ),
            counts={outcome: figures["counts"][outcome.value] for outcome in Outcome},
            new_classes=tuple(figures["new_classes"]),
            consents=figures["consents"],
            absent=figures["absent"],
        )


def plan(
    school: Unit, sheet: Sheet, *, progress: Progress = in_silence, looks_back: bool = True
) -> Plan:
    """Compare a sheet with the school as it is stored; four queries, however many rows.

    ``looks_back`` refuses whoever would be added and was here before: they are brought back instead.
    """
    known = _Known.of(school, looks_back=looks_back)
    numbers = Counter(known.number(row) for row in sheet.rows)
    lines = []
    for place, row in enumerate(sheet.rows):
        if place % _OFTEN == 0:
            progress(place, len(sheet.rows))
        lines.append(_line(row, known, numbers))
    counts = Counter(line.outcome for line in lines)
    fresh = {line.class_name: None for line in lines if line.class_ and line.class_id is None}
    absentees = [
        (student, known.class_names.get(student.class_id, ""))
        for number, student in known.students.items()
        if number not in numbers
    ]
    return Plan(
        lines=tuple(lines),
        counts={outcome: counts[outcome] for outcome in Outcome},
        new_classes=tuple(fresh),
        consents=sum(Change.CONSENT in line.changes for line in lines),
        absent=len(absentees),
        absentees=tuple(sorted(absentees, key=lambda one: (one[1], one[0].number))),
        digest=_digest(lines),
    )


@dataclass
class _Known:
    """The school as it is stored, by the words in which a file names it."""

    students: dict[str, StoredStudent]
    class_names: dict[int, str]
    by_name: dict[str, Unit]
    by_key: dict[tuple[int, str], Unit]
    without_zeros: dict[str, list[str]] = field(default_factory=dict)
    """The numbers that begin with a zero, by what a spreadsheet makes of them."""
    former: dict[tuple[str, str], FormerStudent] = field(default_factory=dict)
    """Who has left, by number and name: under a number alone another child comes every year."""
    read: dict[tuple[str, str], ClassName | Reason] = field(default_factory=dict)
    new_names: dict[tuple[int, str], str] = field(default_factory=dict)
    """What a class that is yet to be made is called: as its first row says."""
    today: date = field(default_factory=clock.today)

    @classmethod
    def of(cls, school: Unit, *, looks_back: bool) -> _Known:
        classes = queries.classes_of(school.id)
        students = {student.number: student for student in queries.students_of(school.id)}
        shortened: dict[str, list[str]] = {}
        for number in students:
            if (short := _without_zeros(number)) != number:
                shortened.setdefault(short, []).append(number)
        gone = queries.former_students_of(school.id) if looks_back else []
        return cls(
            students=students,
            without_zeros=shortened,
            former={(number, one.name): one for one in gone for number in _ways(one.number)},
            class_names={unit.id: unit.name for unit in classes},
            by_name={unit.name: unit for unit in classes},
            by_key={key: unit for unit in classes if (key := classnames.key_of(unit))},
        )

    def number(self, row: Row) -> str:
        """The stored number that a row means: Excel makes 301 of 0301."""
        if row.number in self.students:
            return row.number
        longer = self.without_zeros.get(row.number, [])
        same = [
            number for number in longer if self.students[number].name == judging.tidy_name(row.name)
        ]
        return same[0] if len(same) == 1 else row.number

    def class_name(self, row: Row) -> ClassName:
        """The class a row names; each way of writing it is read once."""
        written = row.class_name, row.grade
        if written not in self.read:
            self.read[written] = judging.class_name(row, self.today)
        found = self.read[written]
        if isinstance(found, Reason):
            raise Refused(found)
        return found


def _without_zeros(number: str) -> str:
    """What a spreadsheet makes of a number."""
    return number.lstrip("0") if number.isdecimal() else number


def _ways(number: str) -> Iterable[str]:
    return {number, _without_zeros(number)}


def _line(row: Row, known: _Known, numbers: Mapping[str, int]) -> Line:
    try:
        return _taken(row, known, numbers)
    except Refused as refusal:
        return Line(row, Outcome.REFUSED, refusal.reason)


def _taken(row: Row, known: _Known, numbers: Mapping[str, int]) -> Line:
    judging.check_formulas(row)
    number = known.number(row)
    _check_number(row, number, known, numbers)
    name = judging.name(row)
    class_ = known.class_name(row)
    unit = known.by_name.get(class_.name) or known.by_key.get(class_.key)
    if unit is not None and unit.grade != class_.grade:
        raise Refused(Reason.GRADE_DISAGREES)
    birth = judging.birth(row, known.today)
    agrees, signed_on = judging.consent(row, known.today)
    student = known.students.get(number)
    before = None if student else known.former.get((number, name))
    if before is not None:
        reason = Reason.MERGED if before.folded else Reason.WAS_HERE
        return Line(row, Outcome.REFUSED, reason, name=name, formerly=before.enrolment_id)
    changes = differences(student, name, birth, agrees) if student else frozenset()
    moves = student is not None and (unit is None or student.class_id != unit.id)
    if student is None:
        outcome = Outcome.ADDED
        changes = frozenset({Change.CONSENT}) if agrees else changes
    elif moves:
        outcome = Outcome.MOVED
    else:
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
    return Line(
        row,
        outcome,
        name=name,
        birth=birth,
        signed_on=signed_on,
        class_=class_,
        class_id=unit.id if unit else None,
        class_name=unit.name if unit else known.new_names.setdefault(class_.key, class_.name),
        student=student,
        old_class_name=known.class_names.get(student.class_id, "") if student and moves else "",
        changes=changes,
    )


def _check_number(row: Row, number: str, known: _Known, numbers: Mapping[str, int]) -> None:
    judging.check_number(row)
    if numbers[number] > 1:
        raise Refused(Reason.NUMBER_TWICE)
    # Taken for a new child, the one who has this number with its zeros would exist twice.
    if number not in known.students and number in known.without_zeros:
        raise Refused(Reason.NUMBER_WITHOUT_ZEROS)


def differences(
    student: StoredStudent, name: str, birth: tuple[int, int] | None, agrees: bool
) -> frozenset[Change]:
    """What the file says otherwise than the database. An empty cell says nothing.

    Raises ``Refused`` where the number seems to have gone to another child.
    """
    changes = set()
    if name != student.name:
        changes.add(Change.NAME)
    if birth is not None and birth != (student.birth_year, student.birth_month):
        changes.add(Change.BIRTH)
    # A number that went to another child must not carry the first one's letters along.
    if {Change.NAME, Change.BIRTH} <= changes and student.birth_year is not None:
        raise Refused(Reason.ANOTHER_CHILD)
    if agrees and not student.answered:
        changes.add(Change.CONSENT)
    return frozenset(changes)


def _digest(lines: Iterable[Line]) -> str:
    told = hashlib.sha256()
    for line in lines:
        person_id = line.student.person_id if line.student else 0
        said = (line.outcome, line.reason, line.class_name, person_id, sorted(line.changes))
        told.update(repr(said).encode())
    return told.hexdigest()[:32]
