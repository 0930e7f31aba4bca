"""What secretaries above the school see of what lies below them: numbers, never a child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person, Role
from penpal.accounts.queries import within
from penpal.consent import queries as consent
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import PairState, TwinningState

ABOVE_SCHOOLS = (
    Role.COUNTY_SECRETARY,
    Role.PROVINCE_SECRETARY,
    Role.CORPS_SECRETARY,
    Role.CENTRE_SECRETARY,
)

FEW = 5
"""Counts of children below this leave a school as "fewer than 5" ("Numbers hide children")."""

Figure = int | None
"""A count, or None where it would tell of too few children."""


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """A place in figures; ``schools`` counts itself where the place is a school."""

    unit_id: int
    name: str
    is_school: bool
    schools: int
    classes: int
    twinned_schools: int
    students: Figure
    taking_part: Figure
    paired: Figure


@dataclass(frozen=True)
class Overview:
    """One place that someone leads, and the places right below it."""

    unit: Unit
    schools: int
    classes: int
    twinned_schools: int
    twinned_classes: int
    students: Figure
    taking_part: Figure
    paired: Figure
    below: Sequence[PlaceFigures]
    at_least: bool
    """Whether places with too few children to count are left out of the sums."""


def of(actor: Actor) -> list[Overview]:
    """The places that an actor leads above the schools, in figures."""
    ids = actor.units(*ABOVE_SCHOOLS)
    if not ids:
        return []
    led = session().scalars(sa.select(Unit).where(Unit.id.in_(ids)).order_by(Unit.path))
    return [_overview(unit) for unit in led]


@dataclass(frozen=True, slots=True)
class _SchoolCounts:
    """A school as it is counted; everything above is a sum of these."""

    path: str
    classes: int
    twinned: bool
    twinned_classes: int
    students: int
    taking_part: int
    paired: int


def _overview(unit: Unit) -> Overview:
    schools = _schools(unit.path)
    below = _figures(unit, schools)
    whole = _sum(schools)
    totals = {
        "students": whole["students"],
        "taking_part": whole["taking_part"],
        "paired": whole["paired"],
    }
    hidden = False
    for name in totals:
        shown = [getattr(place, name) for place in below]
        if None in shown:
            # The whole would tell what a hidden part holds: only what is shown is summed up.
            totals[name], hidden = sum(value or 0 for value in shown), True
    return Overview(
        unit,
        schools=len(schools),
        classes=whole["classes"],
        twinned_schools=whole["twinned"],
        twinned_classes=whole["twinned_classes"],
        students=_seen(totals["students"]),
        taking_part=_seen(totals["taking_part"]),
        paired=_seen(totals["paired"]),
        below=below,
        at_least=hidden,
    )


def _figures(unit: Unit, schools: Sequence[_SchoolCounts]) -> list[PlaceFigures]:
    """The places right below, each the sum of its schools; those without any are left out."""
    sums: dict[str, list[_SchoolCounts]] = {}
    for school in schools:
        child = "/".join(school.path.split("/")[: unit.path.count("/") + 1]) + "/"
        sums.setdefault(child, []).append(school)
    names = places.along(sums)
    by_id = {places.ids_on(path)[-1]: _sum(found) for path, found in sums.items()}
    numbers = {path: places.ids_on(path)[-1] for path in sums}
    rows = [
        PlaceFigures(
            unit_id,
            names[unit_id].name,
            is_school=names[unit_id].level is Level.SCHOOL,
            schools=len(sums[path]),
            classes=by_id[unit_id]["classes"],
            twinned_schools=by_id[unit_id]["twinned"],
            students=_seen(by_id[unit_id]["students"]),
            taking_part=_seen(by_id[unit_id]["taking_part"]),
            paired=_seen(by_id[unit_id]["paired"]),
        )
        for path, unit_id in numbers.items()
    ]
    return sorted(rows, key=lambda row: row.name)


def _seen(count: int) -> Figure:
    return count if count >= FEW else None


def _sum(schools: Iterable[_SchoolCounts]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for school in schools:
        for name in ("classes", "twinned", "twinned_classes", "students", "taking_part", "paired"):
            total[name] += int(getattr(school, name))
    return total


def _schools(path: str) -> list[_SchoolCounts]:
    """Every school of a subtree with its counts, in three queries."""
    class_ = sa.orm.aliased(Unit)
    tied = (
        sa.select(Twinning.supported_id, Twinning.supporting_id)
        .where(
            Twinning.state == TwinningState.ACTIVE,
            Twinning.supported_level.in_([Level.SCHOOL, Level.CLASS]),
        )
        .subquery()
    )
    twinned = set(
        session().scalars(sa.union(sa.select(tied.c.supported_id), sa.select(tied.c.supporting_id)))
    )
    classes: dict[int, list[int]] = {}
    found: dict[int, str] = {}
    for school_id, school_path, class_id in session().execute(
        sa.select(Unit.id, Unit.path, class_.id)
        .outerjoin(class_, class_.parent_id == Unit.id)
        .where(Unit.level == Level.SCHOOL, within(Unit.path, [path]))
    ):
        found[school_id] = school_path
        classes.setdefault(school_id, []).extend([class_id] if class_id else [])
    children = _children(path)
    return [
        _SchoolCounts(
            school_path,
            len(classes[school_id]),
            school_id in twinned,
            sum(each in twinned for each in classes[school_id]),
            *children.get(school_id, (0, 0, 0)),
        )
        for school_id, school_path in found.items()
    ]


def _children(path: str) -> dict[int, tuple[int, int, int]]:
    """By school: students, those who may take part, those who have a partner."""
    is_paired = sa.exists().where(
        Pair.state == PairState.ACTIVE,
        sa.or_(Pair.supported_student_id == Person.id, Pair.supporting_student_id == Person.id),
    )
    statement = (
        sa.select(
            Enrolment.school_id,
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((consent.takes_part(Person), 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((is_paired, 1), else_=0)), 0),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.school_id)
        .where(Enrolment.until.is_(None), within(Unit.path, [path]))
        .group_by(Enrolment.school_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session().execute(statement)}
