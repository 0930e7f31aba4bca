"""In which schools a thing is at home: the chains that an act on it is tied into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person, RoleGrant
from penpal.kernel import clock, trail
from penpal.kernel.chain import Subject
from penpal.kernel.db import Model, session
from penpal.letters.models import Letter
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import Submission, SubmissionParty
from penpal.rosters.models import Transfer
from penpal.safeguarding.models import Addressee, Report
from penpal.safeguarding.opening_models import Basis, Opening, OpeningOwner
from penpal.twinning.models import Pair, Twinning

_BATCH = 1000
Homes = Iterable[tuple[int, int | None]]
"""Numbers of things, each with a school, or with None where it has none."""
Ask = Callable[[Sequence[int]], Homes]


def of(subjects: Collection[Subject]) -> Mapping[Subject, set[int]]:
    """The schools of things of any kind, a few queries a kind. What has none is left out."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for kind, number in sorted(subjects):
        numbers[kind].append(number)
    found: defaultdict[Subject, set[int]] = defaultdict(set)
    for kind, ids in numbers.items():
        ask = _HOMES.get(kind) or _by_columns(kind)
        for batch in _batches(ids):
            for number, school_id in ask(batch):
                if school_id is not None:
                    found[kind, number].add(school_id)
    return found


def at_or_above(unit: Any = Unit) -> Any:
    """SQL for the school that a unit is or lies in; NULL for whatever lies above schools."""
    return sa.case(
        (unit.level == Level.SCHOOL, unit.id), (unit.level == Level.CLASS, unit.parent_id)
    )


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _people(ids: Sequence[int]) -> Homes:
    """Where they are enrolled or hold an office now; of whoever has left, where they were last."""
    running = [*_enrolments(ids, Enrolment.until.is_(None)), *_offices(ids, _holds())]
    homeless = sorted(set(ids) - {person_id for person_id, _school in running})
    if not homeless:
        return running
    last: dict[int, int | None] = {}
    for person_id, school_id in [
        *_enrolments(homeless, sa.true()),
        *_offices(homeless, sa.true()),
    ]:
        last[person_id] = school_id
    return [*running, *last.items()]


def _enrolments(ids: Sequence[int], which: sa.ColumnElement[bool]) -> list[Any]:
    return list(
        session().execute(
            sa.select(Enrolment.person_id, Enrolment.school_id)
            .where(Enrolment.person_id.in_(ids), which)
            .order_by(Enrolment.id)
        )
    )


def _offices(ids: Sequence[int], which: sa.ColumnElement[bool]) -> list[Any]:
    return list(
        session().execute(
            sa.select(RoleGrant.person_id, at_or_above())
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.person_id.in_(ids), which)
            .order_by(RoleGrant.id)
        )
    )


def _holds() -> sa.ColumnElement[bool]:
    """Offices that hold today, and those that ended today: their last day is the one before."""
    yesterday = clock.today() - timedelta(days=1)
    return sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= yesterday)


def _units(ids: Sequence[int]) -> Homes:
    return _rows(sa.select(Unit.id, at_or_above()).where(Unit.id.in_(ids)))


_AN_END = Unit.id.in_([Twinning.supported_id, Twinning.supporting_id])
"""A pair belongs to the schools that twinned, also after one of the two has moved on."""


def _twinnings(ids: Sequence[int]) -> Homes:
    return _rows(
        sa.select(Twinning.id, at_or_above()).join(Unit, _AN_END).where(Twinning.id.in_(ids))
    )


def _pairs(ids: Sequence[int]) -> Homes:
    return _rows(
        sa.select(Pair.id, at_or_above())
        .join(Twinning, Twinning.id == Pair.twinning_id)
        .join(Unit, _AN_END)
        .where(Pair.id.in_(ids))
    )


def _letters(ids: Sequence[int]) -> Homes:
    return _rows(
        sa.select(Letter.id, at_or_above())
        .join(Pair, Pair.id == Letter.pair_id)
        .join(Twinning, Twinning.id == Pair.twinning_id)
        .join(Unit, _AN_END)
        .where(Letter.id.in_(ids))
    )


def _reports(ids: Sequence[int]) -> Homes:
    """The child's school, unless the child went past it: then it must not learn that there is one."""
    return _rows(
        sa.select(Report.id, at_or_above())
        .join(Unit, Unit.id == Report.class_id)
        .where(Report.id.in_(ids), Report.addressee != Addressee.ABOVE)
    )


def _openings(ids: Sequence[int]) -> Homes:
    """The school of the child for whose sake it is; what went past that school stays out of its chain.

    A lawful request stands in the chains of both schools, unless the authority wants it untold.
    """
    hidden = sa.and_(Opening.basis == Basis.REPORT, Report.addressee == Addressee.ABOVE)
    found = _rows(
        sa.select(Opening.id, at_or_above())
        .join(Unit, Unit.id == Opening.class_id)
        .outerjoin(Report, Report.id == Opening.report_id)
        .where(Opening.id.in_(ids), ~sa.func.coalesce(hidden, sa.false()))
    )
    by_law = (
        session()
        .execute(
            sa.select(OpeningOwner.opening_id, OpeningOwner.person_id)
            .join(Opening, Opening.id == OpeningOwner.opening_id)
            .where(
                Opening.id.in_(ids), Opening.basis == Basis.LAWFUL, Opening.delay_until.is_(None)
            )
        )
        .all()
    )
    homes: defaultdict[int, list[int | None]] = defaultdict(list)
    for person_id, school_id in _people(sorted({row[1] for row in by_law})):
        homes[person_id].append(school_id)
    return [*found, *((number, school) for number, who in by_law for school in homes[who])]


def _transfers(ids: Sequence[int]) -> Homes:
    found = session().execute(
        sa.select(Transfer.id, Transfer.from_school_id, Transfer.to_school_id).where(
            Transfer.id.in_(ids)
        )
    )
    return [(row[0], school_id) for row in found for school_id in row[1:]]


def _submissions(ids: Sequence[int]) -> Homes:
    """The place that a piece comes from, and the schools of all children in it."""
    found = _rows(
        sa.select(Submission.id, at_or_above())
        .join(Unit, Unit.id == Submission.unit_id)
        .where(Submission.id.in_(ids))
    )
    parties = session().execute(
        sa.select(SubmissionParty.submission_id, SubmissionParty.person_id).where(
            SubmissionParty.submission_id.in_(ids)
        )
    )
    both = [(row[0], row[1]) for row in parties]
    homes: defaultdict[int, list[int | None]] = defaultdict(list)
    for person_id, school_id in _people(sorted({person_id for _number, person_id in both})):
        homes[person_id].append(school_id)
    return [*found, *((number, school) for number, who in both for school in homes[who])]


def _rows(statement: sa.Select[Any]) -> list[Any]:
    return list(session().execute(statement))


def _by_columns(kind: str) -> Ask:
    """How to ask for things of any other table: it names a school, a unit or a person, or concerns none."""
    table = Model.metadata.tables[kind]
    for name, homes_of in _TOLD_BY.items():
        if name in table.c:
            return _through(table.primary_key.columns[0], table.c[name], homes_of)
    return _nowhere


def _through(key: Any, owner: Any, homes_of: Ask) -> Ask:
    """The homes of what a thing belongs to."""

    def ask(ids: Sequence[int]) -> Homes:
        owners = (
            session().execute(sa.select(key, owner).where(key.in_(ids), owner.is_not(None))).all()
        )
        homes: defaultdict[int, list[int | None]] = defaultdict(list)
        for owner_id, school_id in homes_of(sorted({row[1] for row in owners})):
            homes[owner_id].append(school_id)
        return [(number, school) for number, owner_id in owners for school in homes[owner_id]]

    return ask


def _nowhere(_ids: Sequence[int]) -> Homes:
    """Programmes, rounds and their calendar concern no school more than another."""
    return ()


_TOLD_BY: Mapping[str, Ask] = {
    "school_id": _units,
    "unit_id": _units,
    "class_id": _units,
    "person_id": _people,
    "author_id": _people,
}
_HOMES: Mapping[str, Ask] = {
    trail.kind_of(Person): _people,
    trail.kind_of(Unit): _units,
    trail.kind_of(Twinning): _twinnings,
    trail.kind_of(Pair): _pairs,
    trail.kind_of(Letter): _letters,
    trail.kind_of(Report): _reports,
    trail.kind_of(Transfer): _transfers,
    trail.kind_of(Opening): _openings,
    trail.kind_of(Submission): _submissions,
}
