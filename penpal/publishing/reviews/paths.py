"""Which way a piece goes: the teachers of the children in it, their schools, and who is set above them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import PersonKind
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import OF_STAFF, PartyAs, Submission
from penpal.publishing.reviews import whose
from penpal.publishing.reviews.models import PathRule

HIGHEST = (Level.SCHOOL, Level.COUNTY, Level.PROVINCE)
"""Up to where it can be set that secretaries look."""
DAYS = 7
ROUNDS = {
    Level.CLASS: 1,
    Level.FACULTY: 1,
    Level.SCHOOL: 2,
    Level.UNIVERSITY: 2,
    Level.COUNTY: 3,
    Level.PREFECTURE: 3,
    Level.PROVINCE: 4,
    Level.CENTRE: 5,
}


class Duty(NamedTuple):
    """Somebody who has to look: in which round, for the sake of which level, at which place."""

    round: int
    level: Level
    unit_id: int


class Way(NamedTuple):
    """How far up pieces go below a place, and how many days each has."""

    highest: Level
    days: int


def way(path: str, programme_id: int) -> Way:
    """What holds at a place: the strictest that anybody along the path asks for, the nearest's days.

    Without any rule the county's secretary looks as well.
    """
    statement = (
        sa.select(PathRule)
        .join(Unit, Unit.id == PathRule.unit_id)
        .where(
            PathRule.programme_id == programme_id, PathRule.unit_id.in_(places.ids_on(path) or [0])
        )
        .order_by(sa.func.length(Unit.path).desc())
    )
    rules = list(session().scalars(statement))
    if not rules:
        return Way(Level.COUNTY, DAYS)
    highest = max((rule.highest for rule in rules), key=HIGHEST.index)
    return Way(highest, rules[0].days)


def plan(submission: Submission) -> list[Duty]:
    """Who has to look at the present revision, in the order of the rounds.

    Where nobody could decide at a place, the next one above does; who would have to decide twice
    decides once, in the later round.
    """
    duties = list(_duties(submission))
    above = places.along(_paths(duties))
    able = whose.holders(submission, above)
    by_place: dict[int, Duty] = {}
    for duty in duties:
        settled = duty._replace(unit_id=nearest(above[duty.unit_id], able))
        known = by_place.get(settled.unit_id)
        if known is None or known.round < settled.round:
            by_place[settled.unit_id] = settled
    return sorted(by_place.values())


def nearest(unit: Unit, able: dict[int, list[int]]) -> int:
    """The place itself or the nearest above it where somebody can decide; itself where nobody can."""
    for unit_id in reversed(places.ids_on(unit.path)):
        if able.get(unit_id):
            return unit_id
    return unit.id


def _paths(duties: Iterable[Duty]) -> list[str]:
    ids = {duty.unit_id for duty in duties}
    return list(session().scalars(sa.select(Unit.path).where(Unit.id.in_(ids))))


def _duties(submission: Submission) -> Iterable[Duty]:
    """Before it is asked who holds the offices."""
    found: dict[int, Duty] = {}

    def add(unit: Unit) -> None:
        found[unit.id] = Duty(ROUNDS[unit.level], unit.level, unit.id)

    writers = {part.author_id for part in submission.current_parts()} | {submission.author_id}
    for party in submission.parties:
        class_ = people.last_class(party.person_id)
        if class_ is None or party.person.kind is not PersonKind.STUDENT:
            continue
        add(class_)
        if party.stands_as is PartyAs.NAMED or class_.parent is None:
            continue
        add(class_.parent)
        if party.person_id in writers:
            for unit in _above(class_.parent, submission.programme_id):
                add(unit)
    if submission.kind in OF_STAFF:
        add(submission.unit)
        for unit in _above(submission.unit, submission.programme_id):
            add(unit)
    return found.values()


def _above(unit: Unit, programme_id: int) -> list[Unit]:
    """The places above that look, as it is set: the one right above counts as the county."""
    highest = way(unit.path, programme_id).highest
    if highest is Level.SCHOOL:
        return []
    known = places.along([unit.path])
    line = [known[unit_id] for unit_id in reversed(places.ids_on(unit.path)[:-1])]
    line = [above for above in line if above.level is not Level.SCHOOL]
    own, most = ROUNDS[unit.level], ROUNDS[highest]
    wanted = [above for above in line if own < ROUNDS[above.level] <= most]
    if not wanted and unit.level is Level.SCHOOL:
        wanted = line[:1]
    # Between a school and its province one place is asked, the county where there is one.
    seen: dict[int, Unit] = {}
    for above in wanted:
        seen.setdefault(ROUNDS[above.level], above)
    return list(seen.values())
