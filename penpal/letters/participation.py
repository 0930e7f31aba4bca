"""Whether letters go back and forth, for the school and without a word of them: who began, and who owes a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.accounts.models import Enrolment, Person
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from penpal.places.models import Unit
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState

LONG = timedelta(days=14)
"""A letter that waits longer becomes visible to the teacher of whoever owes the reply (DOMAIN, 'No silent pair')."""


def written(person_ids: Sequence[int]) -> dict[int, int]:
    """How many letters each of these people wrote, began or received."""
    theirs = sa.or_(
        Pair.supported_student_id.in_(person_ids), Pair.supporting_student_id.in_(person_ids)
    )
    # A draft that is meant for somebody is not theirs to know of.
    received = sa.and_(Letter.recipient_id.in_(person_ids), Letter.state != LetterState.DRAFT)
    counted: dict[int, int] = {}
    for column, which in (
        (Letter.author_id, Letter.author_id.in_(person_ids)),
        (Letter.recipient_id, received),
    ):
        rows = session().execute(
            sa.select(column, sa.func.count())
            .join(Pair, Pair.id == Letter.pair_id)
            .where(theirs, which)
            .group_by(column)
        )
        for person_id, number in rows:
            counted[person_id] = counted.get(person_id, 0) + number
    return counted


def have_written(class_ids: Sequence[int]) -> dict[int, int]:
    """How many students of each class have sent a first letter."""
    has_written = sa.exists().where(
        Letter.author_id == Enrolment.person_id, Letter.state != LetterState.DRAFT
    )
    rows = session().execute(
        sa.select(Enrolment.class_id, sa.func.count())
        .where(Enrolment.class_id.in_(class_ids), Enrolment.until.is_(None), has_written)
        .group_by(Enrolment.class_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Owing:
    """Who owes a reply, and since when a letter waits for it."""

    person_id: int
    name: str
    since: datetime


def owing(class_: Unit) -> list[Owing]:
    """The students of a class for whose reply somebody has waited long, by student number."""
    late = _late([class_.id]).subquery()
    rows = session().execute(
        sa.select(Person.id, Person.name, late.c.since)
        .join(late, late.c.person_id == Person.id)
        .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .where(Enrolment.class_id == class_.id)
        .order_by(sa.func.length(Enrolment.student_number), Enrolment.student_number)
    )
    return [Owing(*row) for row in rows]


def owed(class_ids: Sequence[int]) -> dict[int, int]:
    """How many students of each class have owed a reply for long."""
    late = _late(class_ids).subquery()
    rows = session().execute(
        sa.select(Enrolment.class_id, sa.func.count())
        .join(late, late.c.person_id == Enrolment.person_id)
        .where(Enrolment.class_id.in_(class_ids), Enrolment.until.is_(None))
        .group_by(Enrolment.class_id)
    )
    return {row[0]: row[1] for row in rows}


def _late(class_ids: Sequence[int]) -> Any:
    """Who received a letter in a running pair, wrote nothing after it, and since when that is so.

    From the students of the classes to their pairs to the letters in these: there are indexes that way.
    """
    ends = sa.union_all(
        *(
            sa.select(Pair.id.label("pair_id"), Enrolment.person_id)
            .join(Enrolment, Enrolment.person_id == end)
            .where(
                Pair.state == PairState.ACTIVE,
                Enrolment.class_id.in_(class_ids),
                Enrolment.until.is_(None),
            )
            for end in (Pair.supported_student_id, Pair.supporting_student_id)
        )
    ).subquery()
    reply = aliased(Letter)
    answered = sa.exists().where(
        reply.pair_id == Letter.pair_id,
        reply.author_id == Letter.recipient_id,
        reply.sequence > Letter.sequence,
    )
    return (
        sa.select(
            Letter.recipient_id.label("person_id"), sa.func.min(Letter.delivered_at).label("since")
        )
        .join(
            ends,
            sa.and_(ends.c.pair_id == Letter.pair_id, ends.c.person_id == Letter.recipient_id),
        )
        .where(Letter.state != LetterState.DRAFT, ~answered)
        .group_by(Letter.recipient_id)
        .having(sa.func.min(Letter.delivered_at) < clock.now() - LONG)
    )
