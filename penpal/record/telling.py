"""Acts as a secretary reads them: numbers of people and things become names, a few queries a page.

Of children of other schools the name they chose is told, never the roster's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from penpal.accounts.models import (
    Enrolment,
    Person,
    PersonKind,
    RoleGrant,
    name_for_partners,
)
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.letters.models import Letter
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import Submission
from penpal.record import queries, wording
from penpal.record.schools import at_or_above
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_models import Opening
from penpal.twinning.models import Pair, Twinning


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the record, in words."""

    number: int
    hash: str
    at: datetime
    who: str
    what: str
    about: str
    why: str
    kept: str
    """Who keeps the reason to themselves, in words; empty where nobody does."""

    @property
    def day(self) -> date:
        return clock.local(self.at).date()


def tell(school: Unit, rows: Sequence[Any]) -> list[Act]:
    """The rows of ``queries.page`` in words, in their order."""
    names = _Names(school, rows)
    return [
        Act(
            number=row.number,
            hash=row.hash,
            at=row.at,
            who=names.actor(row),
            what=wording.label(row.move),
            about=names.subject(row),
            why=wording.why(row.move, row.reason) if row.is_ours else "",
            kept="" if row.is_ours or not row.reason else _kept(row),
        )
        for row in rows
    ]


def _kept(row: Any) -> str:
    return _("原因由运维留着") if row.actor_id is None else _("原因由对方学校留着")


@dataclass
class _Names:
    """Everything that a page of acts names, loaded at once."""

    school: Unit
    rows: Sequence[Any]
    two: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """Pairs and letters: the two people of each; twinnings: the two units."""
    reporters: dict[int, int] = field(default_factory=dict)
    authors: dict[int, int] = field(default_factory=dict)
    """Who wrote a piece that was sent in."""
    labels: dict[int, str] = field(default_factory=dict)
    """What openings are of."""
    people: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    offices: dict[int, Any] = field(default_factory=dict)
    """Rows of grants: id, person_id, role, unit_id."""

    def __post_init__(self) -> None:
        self._load_twos("pair", Pair, Pair.supported_student_id, Pair.supporting_student_id)
        self._load_twos("letter", Letter, Letter.author_id, Letter.recipient_id)
        self._load_twos("twinning", Twinning, Twinning.supported_id, Twinning.supporting_id)
        told = self._ids("report")
        if told:
            rows = session().execute(
                sa.select(Report.id, Report.reporter_id).where(Report.id.in_(told))
            )
            self.reporters = {row[0]: row[1] for row in rows}
        pieces = self._ids("submission")
        if pieces:
            wrote = session().execute(
                sa.select(Submission.id, Submission.author_id).where(Submission.id.in_(pieces))
            )
            self.authors = {row[0]: row[1] for row in wrote}
        opened = self._ids("opening")
        if opened:
            named = session().execute(
                sa.select(Opening.id, Opening.label).where(Opening.id.in_(opened))
            )
            self.labels = {row[0]: row[1] for row in named}
        held = self._ids("role_grant")
        if held:
            columns = (RoleGrant.id, RoleGrant.person_id, RoleGrant.role, RoleGrant.unit_id)
            grants = session().execute(sa.select(*columns).where(RoleGrant.id.in_(held)))
            self.offices = {row.id: row for row in grants}
        wanted = {row.actor_id for row in self.rows if row.actor_id is not None}
        wanted |= set(self._ids("person")) | set(self.reporters.values())
        wanted |= set(self.authors.values())
        wanted |= {row.person_id for row in self.offices.values()}
        units = set(self._ids("unit")) | {row.unit_id for row in self.offices.values()}
        for (kind, _number), both in self.two.items():
            (units if kind == "twinning" else wanted).update(both)
        self.people = _people(self.school, wanted)
        self.units = _units(self.school, units)

    def _ids(self, kind: str) -> list[int]:
        return sorted({row.subject_id for row in self.rows if row.subject_kind == kind})

    def _load_twos(self, kind: str, model: Any, one: Any, other: Any) -> None:
        ids = self._ids(kind)
        if ids:
            for row in session().execute(sa.select(model.id, one, other).where(model.id.in_(ids))):
                self.two[kind, row[0]] = (row[1], row[2])

    def actor(self, row: Any) -> str:
        if row.actor_kind == "guardian":
            return _("监护人")
        if row.actor_id is None:
            return _("系统（命令或定时的任务）")
        return self.people.get(row.actor_id, _("已经不在了"))

    def subject(self, row: Any) -> str:
        kind, number = row.subject_kind, row.subject_id
        if kind == "person":
            return self._person(number)
        if kind == "unit":
            return self.units.get(number, _("已经不在了"))
        if kind == "report" and number in self.reporters:
            return self._person(self.reporters[number])
        if kind == "submission" and number in self.authors:
            return _("%(name)s的投稿", name=self._person(self.authors[number]))
        if kind == "opening":
            return self.labels.get(number, "")
        if kind == "role_grant" and number in self.offices:
            held = self.offices[number]
            return _(
                "%(name)s · %(office)s（%(place)s）",
                name=self._person(held.person_id),
                office=wording.OFFICES[held.role],
                place=self.units.get(held.unit_id, ""),
            )
        if (kind, number) not in self.two:
            return ""
        one, other = self.two[kind, number]
        if kind == "twinning":
            gone = _("已经不在了")
            one_name, other_name = self.units.get(one, gone), self.units.get(other, gone)
        else:
            one_name, other_name = self._person(one), self._person(other)
        if kind == "letter":
            return _("%(author)s写给%(reader)s的信", author=one_name, reader=other_name)
        return _("%(one)s和%(other)s", one=one_name, other=other_name)

    def _person(self, person_id: int) -> str:
        return self.people.get(person_id, _("已经不在了"))


def _people(school: Unit, ids: Collection[int]) -> dict[int, str]:
    """The school's own with their class or as they are; others with their school."""
    found: dict[int, str] = {}
    strangers: dict[int, Person] = {}
    class_ = aliased(Unit)
    for batch in _batches(ids):
        rows = session().execute(
            sa.select(
                Person,
                sa.or_(
                    Person.id.in_(queries.students_of(school)),
                    Person.id.in_(queries.staff_of(school)),
                ),
                class_.name,
            )
            .outerjoin(
                Enrolment,
                sa.and_(
                    Enrolment.person_id == Person.id,
                    Enrolment.school_id == school.id,
                    Enrolment.until.is_(None),
                ),
            )
            .outerjoin(class_, class_.id == Enrolment.class_id)
            .where(Person.id.in_(batch))
        )
        for person, is_ours, class_name in rows:
            if is_ours:
                found[person.id] = f"{person.name} · {class_name}" if class_name else person.name
            else:
                strangers[person.id] = person
    schools = _schools_of(strangers)
    for person in strangers.values():
        is_child = person.kind is PersonKind.STUDENT
        name = name_for_partners(person.display_name) if is_child else person.shown_name
        found[person.id] = _(
            "%(name)s（%(school)s）",
            name=name,
            school=_("、").join(schools.get(person.id, ())) or _("别的单位"),
        )
    return found


def _schools_of(ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the schools in which people of other schools are, or hold an office."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    held, home = aliased(Unit), aliased(Unit)
    for batch in _batches(ids):
        enrolled = (
            sa.select(Enrolment.person_id, home.name)
            .join(home, home.id == Enrolment.school_id)
            .where(Enrolment.person_id.in_(batch), Enrolment.until.is_(None))
        )
        holding = (
            sa.select(RoleGrant.person_id, home.name)
            .join(held, held.id == RoleGrant.unit_id)
            .join(home, home.id == at_or_above(held))
            .where(RoleGrant.person_id.in_(batch))
        )
        for person_id, name in session().execute(sa.union(enrolled, holding)):
            found[person_id].append(name)
    return found


def _units(school: Unit, ids: Collection[int]) -> dict[int, str]:
    """Classes of other schools are told with their school."""
    found: dict[int, str] = {}
    above = aliased(Unit)
    for batch in _batches(ids):
        rows = session().execute(
            sa.select(Unit.id, Unit.name, Unit.level, Unit.parent_id, above.name)
            .outerjoin(above, above.id == Unit.parent_id)
            .where(Unit.id.in_(batch))
        )
        for unit_id, name, level, parent_id, above_name in rows:
            is_elsewhere = level is Level.CLASS and parent_id != school.id
            found[unit_id] = f"{above_name} {name}" if is_elsewhere else name
    return found


def _batches(ids: Collection[int]) -> Iterable[Sequence[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), 1000):
        yield ordered[start : start + 1000]
