"""What secretaries above the school see of what lies below them: numbers, never a child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from penpal.accounts.models import Role
from penpal.accounts.queries import within
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.statistics import queries as statistics
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState

ABOVE_SCHOOLS = (
    Role.COUNTY_SECRETARY,
    Role.PROVINCE_SECRETARY,
    Role.CORPS_SECRETARY,
    Role.CENTRE_SECRETARY,
)

FEW = 5
"""Counts of children below this leave a school as "fewer than 5" ("Numbers hide children")."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of children as it is told above the school; ``count`` is None where it is not."""

    count: int | None
    is_few: bool = False
    """Whether it may at least be said that there are fewer than five."""
    at_least: bool = False
    """Whether schools are missing in it, or told with less, whose own count would give a few away."""


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
    counted_at: datetime | None
    """When its children were counted; None when that was now."""

    @property
    def withholds(self) -> bool:
        """Whether any count is kept back, or told with less, that is not small itself."""
        told = [self.taking_part, self.paired]
        told += [one for row in self.below for one in (row.students, row.taking_part, row.paired)]
        return any(one.at_least or (one.count is None and not one.is_few) for one in told)


def of(actor: Actor) -> list[Overview]:
    """The places that an actor leads above the schools, in figures."""
    ids = actor.units(*ABOVE_SCHOOLS)
    if not ids:
        return []
    led = session().scalars(sa.select(Unit).where(Unit.id.in_(ids)).order_by(Unit.path))
    return [_overview(unit, actor) for unit in led]


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


def _overview(unit: Unit, by: Actor) -> Overview:
    schools, counted_at = _schools(unit.path, by)
    whole = _sum(schools)
    return Overview(
        unit,
        schools=len(schools),
        classes=whole["classes"],
        twinned_schools=whole["twinned"],
        twinned_classes=whole["twinned_classes"],
        **_told_of(schools),
        below=_figures(unit, schools),
        counted_at=counted_at,
    )


def _figures(unit: Unit, schools: Sequence[_SchoolCounts]) -> list[PlaceFigures]:
    """The places right below, each the sum of its schools; those without any are left out."""
    found: dict[str, list[_SchoolCounts]] = {}
    for school in schools:
        child = "/".join(school.path.split("/")[: unit.path.count("/") + 1]) + "/"
        found.setdefault(child, []).append(school)
    names = places.along(found)
    rows = []
    for path, those in found.items():
        place, whole = names[places.ids_on(path)[-1]], _sum(those)
        rows.append(
            PlaceFigures(
                place.id,
                place.name,
                is_school=place.level is Level.SCHOOL,
                schools=len(those),
                classes=whole["classes"],
                twinned_schools=whole["twinned"],
                **_told_of(those),
            )
        )
    return sorted(rows, key=lambda row: row.name)


CHILDREN = ("students", "taking_part", "paired")
"""The counts of children: the second and the third are each among the first."""


def _told_of(schools: Sequence[_SchoolCounts]) -> dict[str, Figure]:
    """The counts of children of these schools, added up from what each school may tell.

    Every level adds up the same, so that nobody who sees two of them learns what one left out.
    """
    told = [_told(school) for school in schools]
    figures = {}
    for name in CHILDREN:
        shown = [one[name] for one in told if name in one]
        if shown:
            is_whole = len(shown) == len(schools) and all(figure.is_exact for figure in shown)
            figures[name] = Figure(sum(figure.least for figure in shown), at_least=not is_whole)
        else:
            few = sum(getattr(school, name) for school in schools) < FEW
            figures[name] = Figure(None, is_few=few and not any(map(_would_tell, told)))
    return figures


class _Told(NamedTuple):
    least: int
    is_exact: bool


def _would_tell(told: Mapping[str, _Told]) -> bool:
    """Whether "fewer than 5" would say more than it means, for in so small a school five is not told either.

    Of six students five take part: that is left out. Were four "fewer than 5", left out would be five.
    """
    return any(FEW < figure.least < 2 * FEW - 1 for figure in told.values())


def _told(school: _SchoolCounts) -> dict[str, _Told]:
    """What a school tells: no count below five, and none that is less than five away from a larger one.

    Of forty students thirty-eight take part: then two do not, and everybody there knows which. Such
    a count is told as the least that it can be, "at least 36"; that depends on the forty alone.
    """
    told: dict[str, _Told] = {}
    for name in sorted(CHILDREN, key=lambda one: -getattr(school, one)):
        count: int = getattr(school, name)
        near = [
            other.least
            for other in told.values()
            if other.is_exact and 0 < other.least - count < FEW
        ]
        least = min(near) - FEW + 1 if near else count
        if count >= FEW and least >= FEW:
            told[name] = _Told(least, not near)
    return told


def _sum(schools: Iterable[_SchoolCounts]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for school in schools:
        for name in ("classes", "twinned", "twinned_classes"):
            total[name] += int(getattr(school, name))
    return total


def _schools(path: str, by: Actor) -> tuple[list[_SchoolCounts], datetime | None]:
    """Every school of a subtree with its counts in three queries, and when its children were counted.

    A school that was not counted yet is counted now.
    """
    structure = session().execute(_structure(path)).all()
    counted, at = statistics.below(path, by=by)
    fresh = statistics.count_now({row.id for row in structure} - set(counted))
    children = counted | fresh
    return [
        _SchoolCounts(row.path, row.classes, row.twinned, row.twinned_classes, *children[row.id])
        for row in structure
    ], at


def _structure(path: str) -> sa.Select[Any]:
    """Schools with whether they are twinned, how many classes they have, and how many of those are."""
    class_ = sa.orm.aliased(Unit)
    return (
        sa.select(
            Unit.id,
            Unit.path,
            _is_twinned(Unit).label("twinned"),
            sa.func.count(class_.id).label("classes"),
            sa.func.coalesce(sa.func.sum(sa.case((_is_twinned(class_), 1), else_=0)), 0).label(
                "twinned_classes"
            ),
        )
        .outerjoin(class_, sa.and_(class_.parent_id == Unit.id, class_.closed_on.is_(None)))
        .where(Unit.level == Level.SCHOOL, within(Unit.path, [path]))
        .group_by(Unit.id, Unit.path)
    )


def _is_twinned(unit: Any) -> sa.ColumnElement[bool]:
    return sa.or_(
        *(
            sa.exists().where(Twinning.state == TwinningState.ACTIVE, end == unit.id)
            for end in (Twinning.supported_id, Twinning.supporting_id)
        )
    )
