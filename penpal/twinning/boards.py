"""What the pairing board shows: who waits on both sides, and who is already tied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.profiles.models import Profile
from penpal.twinning import queries
from penpal.twinning.models import Pair, Twinning


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student without a partner."""

    person_id: int
    name: str
    class_id: int
    class_name: str
    interests: Sequence[str]


@dataclass(frozen=True, slots=True)
class TiedRow:
    pair_id: int
    own_name: str
    partner_name: str
    partner_class: str
    across_classes: bool


@dataclass(frozen=True)
class Board:
    """``others`` are free students of the same grade in the twinned school, outside the twinned class."""

    twinning: Twinning | None
    other_class: Unit | None
    waiting: Sequence[Candidate]
    partners: Sequence[Candidate]
    others: Sequence[Candidate]
    tied: Sequence[TiedRow]
    place: str
    other_place: str


def of(class_: Unit, actor: Actor) -> Board:
    """The board of a class; without a twinning there is nobody to choose from."""
    twinning = queries.class_twinning(class_)
    own = _students([class_.id], by_roster=True)
    pairs = {pair.id: pair for pair in queries.active_pairs_of([row.person_id for row in own])}
    tied = _tied(own, list(pairs.values()))
    paired = {student for pair in pairs.values() for student in _both(pair)}
    waiting = [row for row in own if row.person_id not in paired]
    if twinning is None:
        return Board(None, None, waiting, (), (), tied, _place(class_), "")
    other = twinning.supporting if twinning.supported_id == class_.id else twinning.supported
    free = _free(_students(_classes_beside(other)))
    return Board(
        twinning,
        other,
        waiting,
        [row for row in free if row.class_id == other.id],
        [row for row in free if row.class_id != other.id],
        tied,
        _place(class_),
        _place(other),
    )


def _place(class_: Unit) -> str:
    return class_.town.name if class_.town else ""


def _students(class_ids: Sequence[int], *, by_roster: bool = False) -> list[Candidate]:
    """Students by number; under the roster's name only for their own school."""
    rows = session().execute(
        sa.select(Person, Unit.id, Unit.name, Profile.interests)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(Enrolment.class_id.in_(class_ids), Enrolment.until.is_(None))
        .order_by(Unit.name, sa.func.length(Enrolment.student_number), Enrolment.student_number)
    )
    return [
        Candidate(
            row[0].id,
            row[0].shown_name if by_roster else row[0].name_for_partners,
            row[1],
            row[2],
            tuple(row[3] or ()),
        )
        for row in rows
    ]


def _classes_beside(class_: Unit) -> list[int]:
    """The classes of one grade in one school."""
    return list(
        session().scalars(
            sa.select(Unit.id).where(Unit.parent_id == class_.parent_id, Unit.grade == class_.grade)
        )
    )


def _free(students: list[Candidate]) -> list[Candidate]:
    pairs = queries.active_pairs_of([row.person_id for row in students])
    paired = {student for pair in pairs for student in _both(pair)}
    return [row for row in students if row.person_id not in paired]


def _both(pair: Pair) -> tuple[int, int]:
    return pair.supported_student_id, pair.supporting_student_id


def _tied(own: list[Candidate], pairs: list[Pair]) -> list[TiedRow]:
    names = {row.person_id: row.name for row in own}
    partners = [pair.partner_id_of(_own_of(pair, names)) for pair in pairs]
    classes = _class_names(partners)
    rows = []
    for pair, partner_id in zip(pairs, partners, strict=True):
        partner = (
            pair.supporting_student
            if partner_id == pair.supporting_student_id
            else pair.supported_student
        )
        rows.append(
            TiedRow(
                pair.id,
                names[_own_of(pair, names)],
                partner.name_for_partners,
                classes.get(partner_id, ""),
                pair.across_classes,
            )
        )
    return rows


def _own_of(pair: Pair, names: dict[int, str]) -> int:
    first, second = _both(pair)
    return first if first in names else second


def _class_names(person_ids: Sequence[int]) -> dict[int, str]:
    rows = session().execute(
        sa.select(Enrolment.person_id, Unit.name)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(Enrolment.person_id.in_(person_ids), Enrolment.until.is_(None))
    )
    return {row[0]: row[1] for row in rows}
