"""What a roster would do to a school, row by row: compared with what is stored, nothing written."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from penpal.kernel import clock, html
from penpal.places.models import Unit
from penpal.rosters import classnames, queries
from penpal.rosters.classnames import ClassName
from penpal.rosters.queries import StoredStudent
from penpal.rosters.reading import AGREED, MISREAD, Row, Sheet

NAME_MAX = 60
NUMBER_MAX = 32
YOUNGEST, OLDEST = 9, 22
"""Years of age that a student of these grades can plausibly have."""


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


class Reason(StrEnum):
    """Why a row is refused. None of them repeats what the cell held."""

    NO_NUMBER = "no_number"
    NUMBER_UNREADABLE = "number_unreadable"
    NUMBER_TWICE = "number_twice"
    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    NAME_UNREADABLE = "name_unreadable"
    NO_CLASS = "no_class"
    CLASS_UNREADABLE = "class_unreadable"
    GRADE_OUT_OF_RANGE = "grade_out_of_range"
    GRADE_DISAGREES = "grade_disagrees"
    BIRTH_UNREADABLE = "birth_unreadable"
    BIRTH_IMPLAUSIBLE = "birth_implausible"
    CONSENT_UNREADABLE = "consent_unreadable"
    CONSENT_IN_FUTURE = "consent_in_future"
    ANOTHER_CHILD = "another_child"


class Refused(Exception):
    """Ends the reading of a row with a reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


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


@dataclass(frozen=True)
class Plan:
    """What would be done, or, once it was done, what of it is still worth showing."""

    lines: tuple[Line, ...]
    counts: Mapping[Outcome, int]
    new_classes: tuple[str, ...] = ()
    consents: int = 0
    absent: int = 0
    """Students of the school who are not in the file; nothing happens to them."""
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


def plan(school: Unit, sheet: Sheet) -> Plan:
    """Compare a sheet with the school as it is stored; two queries, however many rows."""
    known = _Known.of(school)
    numbers = Counter(row.number for row in sheet.rows)
    lines = tuple(_line(row, known, numbers) for row in sheet.rows)
    counts = Counter(line.outcome for line in lines)
    fresh = {line.class_name: None for line in lines if line.class_ and line.class_id is None}
    return Plan(
        lines=lines,
        counts={outcome: counts[outcome] for outcome in Outcome},
        new_classes=tuple(fresh),
        consents=sum(Change.CONSENT in line.changes for line in lines),
        absent=len(known.students.keys() - numbers.keys()),
        digest=_digest(lines),
    )


@dataclass
class _Known:
    """The school as it is stored, by the words in which a file names it."""

    students: dict[str, StoredStudent]
    class_names: dict[int, str]
    by_name: dict[str, Unit]
    by_key: dict[tuple[int, str], Unit]
    read: dict[tuple[str, str], ClassName | Reason] = field(default_factory=dict)
    new_names: dict[tuple[int, str], str] = field(default_factory=dict)
    """What a class that is yet to be made is called: as its first row says."""
    today: date = field(default_factory=clock.today)

    @classmethod
    def of(cls, school: Unit) -> _Known:
        classes = queries.classes_of(school.id)
        return cls(
            students={student.number: student for student in queries.students_of(school.id)},
            class_names={unit.id: unit.name for unit in classes},
            by_name={unit.name: unit for unit in classes},
            by_key={key: unit for unit in classes if (key := _key_of(unit))},
        )

    def class_name(self, row: Row) -> ClassName:
        """The class a row names; each way of writing it is read once."""
        written = row.class_name, row.grade
        if written not in self.read:
            self.read[written] = _class_name(row)
        found = self.read[written]
        if isinstance(found, Reason):
            raise Refused(found)
        return found


def _line(row: Row, known: _Known, numbers: Mapping[str, int]) -> Line:
    try:
        return _taken(row, known, numbers)
    except Refused as refusal:
        return Line(row, Outcome.REFUSED, refusal.reason)


def _taken(row: Row, known: _Known, numbers: Mapping[str, int]) -> Line:
    _check_number(row, numbers)
    name = _name(row)
    class_ = known.class_name(row)
    unit = known.by_name.get(class_.name) or known.by_key.get(class_.key)
    if unit is not None and unit.grade != class_.grade:
        raise Refused(Reason.GRADE_DISAGREES)
    birth = _birth(row, known.today)
    agrees, signed_on = _consent(row, known.today)
    student = known.students.get(row.number)
    changes = _changes(student, name, birth, agrees) if student else frozenset()
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


_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")


def _check_number(row: Row, numbers: Mapping[str, int]) -> None:
    if not row.number:
        raise Refused(Reason.NO_NUMBER)
    if len(row.number) > NUMBER_MAX or not _NUMBER.fullmatch(row.number):
        raise Refused(Reason.NUMBER_UNREADABLE)
    if numbers[row.number] > 1:
        raise Refused(Reason.NUMBER_TWICE)


_WITHIN_NAMES = frozenset(" ·•‧・.-'’ʼ་\u200c\u200d")
"""Dots and dashes of names, the tsheg of Tibetan ones, the joiners of Uyghur ones."""


def _name(row: Row) -> str:
    name = html.line(row.name)
    if not name:
        raise Refused(Reason.NO_NAME)
    if len(name) > NAME_MAX:
        raise Refused(Reason.NAME_TOO_LONG)
    # Digits and brackets are where remarks about a child hide; no name needs them.
    if not any(sign.isalpha() for sign in name) or not all(map(_belongs_in_a_name, name)):
        raise Refused(Reason.NAME_UNREADABLE)
    return name


def _belongs_in_a_name(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" or sign in _WITHIN_NAMES


def _class_name(row: Row) -> ClassName | Reason:
    if not row.class_name:
        return Reason.NO_CLASS
    try:
        return classnames.parse(row.class_name, row.grade)
    except classnames.OutOfRange:
        return Reason.GRADE_OUT_OF_RANGE
    except classnames.Disagreement:
        return Reason.GRADE_DISAGREES
    except classnames.Unreadable:
        return Reason.CLASS_UNREADABLE


def _birth(row: Row, today: date) -> tuple[int, int] | None:
    if not row.birth:
        return None
    if row.birth == MISREAD:
        raise Refused(Reason.BIRTH_UNREADABLE)
    year, month = (int(part) for part in row.birth.split("-"))
    if not YOUNGEST <= today.year - year <= OLDEST:
        raise Refused(Reason.BIRTH_IMPLAUSIBLE)
    return year, month


def _consent(row: Row, today: date) -> tuple[bool, date | None]:
    if row.consent == MISREAD:
        raise Refused(Reason.CONSENT_UNREADABLE)
    if not row.consent or row.consent == AGREED:
        return bool(row.consent), None
    signed_on = date.fromisoformat(row.consent)
    if signed_on > today:
        raise Refused(Reason.CONSENT_IN_FUTURE)
    return True, signed_on


def _changes(
    student: StoredStudent, name: str, birth: tuple[int, int] | None, agrees: bool
) -> frozenset[Change]:
    """What the file says otherwise than the database. An empty cell says nothing."""
    changes = set()
    if name != student.name:
        changes.add(Change.NAME)
    if birth is not None and birth != (student.birth_year, student.birth_month):
        changes.add(Change.BIRTH)
    # A number that went to another child must not carry the first one's letters along.
    if {Change.NAME, Change.BIRTH} <= changes and student.birth_year is not None:
        raise Refused(Reason.ANOTHER_CHILD)
    if agrees and not student.signed:
        changes.add(Change.CONSENT)
    return frozenset(changes)


def _key_of(unit: Unit) -> tuple[int, str] | None:
    """The key of a stored class; None for a name that schools would not write in a roster."""
    try:
        return classnames.parse(unit.name, str(unit.grade)).key
    except (classnames.Unreadable, classnames.OutOfRange, classnames.Disagreement):
        return None


def _digest(lines: Iterable[Line]) -> str:
    told = hashlib.sha256()
    for line in lines:
        person_id = line.student.person_id if line.student else 0
        said = (line.outcome, line.reason, line.class_name, person_id, sorted(line.changes))
        told.update(repr(said).encode())
    return told.hexdigest()[:32]
