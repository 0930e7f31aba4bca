"""Whether letters go back and forth, for the school and without a word of them: who began, and who owes a reply."""

from __future__ import annotations

from collections import Counter
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
from penpal.places.hours_models import REPLY_DAYS, SchoolHours
from penpal.places.models import Unit
from penpal.safeguarding import block_queries
from penpal.twinning import reminding
from penpal.twinning.models import Pair
from penpal.twinning.reminding import Reminder
from penpal.twinning.states import PairState


def written(person_ids: Sequence[int]) -> dict[int, int]:
    """How many letters each of these people wrote, began or received."""
    theirs = sa.or_(
        Pair.supported_student_id.in_(person_ids), Pair.supporting_student_id.in_(person_ids)
    )
    # What has not come yet is not theirs to know of.
    received = sa.and_(Letter.recipient_id.in_(person_ids), Letter.delivered_at.is_not(None))
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
        Letter.author_id == Enrolment.person_id, Letter.delivered_at.is_not(None)
    )
    rows = session().execute(
        sa.select(Enrolment.class_id, sa.func.count())
        .where(Enrolment.class_id.in_(class_ids), Enrolment.until.is_(None), has_written)
        .group_by(Enrolment.class_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Owing:
    """Who owes a reply, since when a letter waits for it, and when they were last reminded, of whatever."""

    person_id: int
    pair_id: int
    name: str
    since: datetime
    reminded_at: datetime | None

    @property
    def may_be_reminded(self) -> bool:
        return reminding.is_over(self.reminded_at)


def owing(class_: Unit) -> list[Owing]:
    """The students of a class for whose reply somebody has waited long, by student number."""
    late = _late([class_.id]).subquery()
    reminded = (
        sa.select(sa.func.max(Reminder.at))
        .where(Reminder.person_id == late.c.person_id)
        .correlate(late)
        .scalar_subquery()
    )
    rows = session().execute(
        sa.select(
            Person.id,
            late.c.pair_id,
            Person.name,
            late.c.since,
            sa.type_coerce(reminded, Reminder.at.type),
        )
        .join(late, late.c.person_id == Person.id)
        .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .where(Enrolment.class_id == class_.id)
        .order_by(sa.func.length(Enrolment.student_number), Enrolment.student_number)
    )
    long = terms_of([class_.id])[class_.id]
    return [one for one in (Owing(*row) for row in rows) if one.since < clock.now() - long]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Who waits for a reply, and since when."""

    person_id: int
    name: str
    since: datetime


def awaiting(class_: Unit) -> list[Awaiting]:
    """The students of a class who have waited long for a reply, by student number.

    The teacher of the one who owes it sees that, and reminds.
    """
    late = _late([class_.id], whose=Letter.author_id).subquery()
    rows = session().execute(
        sa.select(Person.id, Person.name, late.c.since)
        .join(late, late.c.person_id == Person.id)
        .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .where(Enrolment.class_id == class_.id)
        .order_by(sa.func.length(Enrolment.student_number), Enrolment.student_number)
    )
    long = terms_of([class_.id])[class_.id]
    return [one for one in (Awaiting(*row) for row in rows) if one.since < clock.now() - long]


def owed(class_ids: Sequence[int]) -> dict[int, int]:
    """How many students of each class have owed a reply for long, by the term of their school."""
    late = _late(class_ids).subquery()
    rows = session().execute(
        sa.select(Enrolment.class_id, late.c.person_id, sa.func.min(late.c.since))
        .join(late, late.c.person_id == Enrolment.person_id)
        .where(Enrolment.class_id.in_(class_ids), Enrolment.until.is_(None))
        .group_by(Enrolment.class_id, late.c.person_id)
    )
    terms, now = terms_of(class_ids), clock.now()
    return Counter(class_id for class_id, _person, since in rows if since < now - terms[class_id])


def term_of(class_: Unit) -> int:
    """After how many days a reply is overdue in this class's school (DOMAIN, 'No silent pair')."""
    return terms_of([class_.id])[class_.id].days


def terms_of(class_ids: Sequence[int]) -> dict[int, timedelta]:
    """The same of many classes."""
    days = sa.func.coalesce(SchoolHours.reply_days, REPLY_DAYS)
    found = session().execute(
        sa.select(Unit.id, days)
        .outerjoin(SchoolHours, SchoolHours.school_id == Unit.parent_id)
        .where(Unit.id.in_(class_ids))
    )
    return {row[0]: timedelta(days=row[1]) for row in found}


def _late(class_ids: Sequence[int], whose: Any = Letter.recipient_id) -> Any:
    """By pair: who received a letter, wrote nothing after it, and since when that is so.

    With ``whose`` the authors instead: who wrote a letter after which nothing came.

    From the students of the classes to their pairs to the letters in these: there are indexes that way.
    """
    ends = sa.union_all(
        *(
            sa.select(Pair.id.label("pair_id"), Enrolment.person_id)
            .join(Enrolment, Enrolment.person_id == end)
            .where(
                Pair.state == PairState.ACTIVE,
                # Nobody owes a reply that cannot be sent.
                ~block_queries.running(Pair.id),
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
        # A reply that was sent at night is on its way: nobody is reminded of it.
        sa.or_(reply.sequence > Letter.sequence, reply.state == LetterState.POSTED),
    )
    return (
        sa.select(
            whose.label("person_id"),
            Letter.pair_id,
            sa.func.min(Letter.delivered_at).label("since"),
        )
        .join(
            ends,
            sa.and_(ends.c.pair_id == Letter.pair_id, ends.c.person_id == whose),
        )
        .where(Letter.delivered_at.is_not(None), ~answered)
        .group_by(whose, Letter.pair_id)
    )
