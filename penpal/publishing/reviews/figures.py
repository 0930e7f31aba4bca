"""How many pieces came from where and how far they went: numbers, never a child or a title.

A school's own secretary reads them as they are. Above the school a number is told as "fewer than 5", or as the
nearest five below it: so neither a row nor the difference of two rows tells of a few children.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.accounts.models import Role
from penpal.accounts.predicates import holds_over
from penpal.accounts.queries import within
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S

FEW = 5
_AT_DESK = (S.WITH_EDITOR, S.WITH_AUTHOR, S.READY)
_UNDER_WAY = (S.ASKING, S.WITH_TEACHER, S.WITH_SECRETARY, S.SENT_BACK)


@dataclass(frozen=True)
class Told:
    """A number as it is told: ``count`` is None for fewer than five; ``at_least`` says it may be up to four more."""

    count: int | None
    at_least: bool = False


@dataclass(frozen=True)
class Line:
    """A place: pieces that came from it, those still looked at, those at the desk, those in print."""

    unit: Unit
    submitted: Told
    under_way: Told
    at_desk: Told
    printed: Told


@dataclass(frozen=True)
class Figures:
    whole: Line
    below: Sequence[Line]
    is_exact: bool


def of(unit: Unit, *, by: Actor) -> Figures:
    """The pieces of a place and of the places right below it: two statements, whatever its size."""
    access.authorize(by, Permission.Submission.SEE_FIGURES, unit)
    is_exact = unit.level is Level.SCHOOL and holds_over(by, unit.path, Role.SCHOOL_SECRETARY)
    counted = _count(unit)
    depth = unit.path.count("/")
    parts: dict[str, Counter[str]] = {}
    for path, states in counted:
        if path != unit.path:
            child = "/".join(path.split("/")[:depth]) + "/" + path.split("/")[depth] + "/"
            parts.setdefault(child, Counter()).update(states)
    names = places.along(parts)
    below = [
        _line(names[places.ids_on(path)[-1]], states, is_exact=is_exact)
        for path, states in parts.items()
    ]
    return Figures(
        _line(unit, _sum(states for _path, states in counted), is_exact=is_exact),
        sorted(below, key=lambda line: line.unit.name),
        is_exact,
    )


def _count(unit: Unit) -> list[tuple[str, Counter[str]]]:
    statement = (
        sa.select(Unit.path, Submission.state, sa.func.count())
        .join(Submission, Submission.unit_id == Unit.id)
        .where(within(Unit.path, [unit.path]))
        .group_by(Unit.path, Submission.state)
    )
    found: dict[str, Counter[str]] = {}
    for path, state, count in session().execute(statement):
        found.setdefault(path, Counter())[state.value] += count
    return list(found.items())


def _sum(counted: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for states in counted:
        total.update(states)
    return total


def _line(unit: Unit, states: Counter[str], *, is_exact: bool) -> Line:
    def told(which: Iterable[S]) -> Told:
        return _told(sum(states[state.value] for state in which), is_exact=is_exact)

    return Line(unit, told(S), told(_UNDER_WAY), told(_AT_DESK), told([S.PUBLISHED]))


def _told(count: int, *, is_exact: bool) -> Told:
    if is_exact:
        return Told(count)
    return Told(None) if count < FEW else Told(count // FEW * FEW, at_least=True)
