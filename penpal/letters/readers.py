"""Who reads on paper: students without a device, whose letters a teacher prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person
from penpal.kernel.access import Actor
from penpal.kernel.db import rows, session
from penpal.letters.models import Letter, PaperReader, Printing


def counting() -> sa.ColumnElement[bool]:
    """The rows that hold now: begun, not ended, and the student is still in the school that began it.

    A student takes letters along to another school, but not the right of a teacher to print them.
    """
    there = aliased(Enrolment)
    is_there = sa.exists().where(
        there.person_id == PaperReader.person_id,
        there.school_id == PaperReader.school_id,
        there.until.is_(None),
    )
    return sa.and_(PaperReader.until.is_(None), is_there)


def running(person_id: int) -> PaperReader | None:
    return session().scalar(
        sa.select(PaperReader).where(PaperReader.person_id == person_id, counting())
    )


def reads_on_paper(person_id: int) -> bool:
    return running(person_id) is not None


def of(person: type[Person]) -> sa.ColumnElement[bool]:
    """Whether a student reads on paper, as part of a query."""
    return sa.exists().where(PaperReader.person_id == person.id, counting())


def visible_to(actor: Actor) -> sa.Select[PaperReader]:
    """One's own rows; for school staff those of the students they answer for."""
    return sa.select(PaperReader).where(
        PaperReader.person_id.in_(people.visible_to(actor).with_only_columns(Person.id))
    )


def printings_visible_to(actor: Actor) -> sa.Select[Printing]:
    """What was printed of one's own letters, and what one printed."""
    statement = sa.select(Printing)
    if actor.kind == "system":
        return statement
    me = actor.person_id
    own = sa.select(Letter.id).where(sa.or_(Letter.author_id == me, Letter.recipient_id == me))
    return statement.where(sa.or_(Printing.printed_by_id == me, Printing.letter_id.in_(own)))


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What became of a letter on paper, since when: ``printed``; ``taken``, the teacher has the file; ``known``,
    it will be printed; ``unasked``, its author has not been asked. Empty for a letter read on the screen."""

    kind: str
    at: datetime | None = None


def state_of(letter: Letter) -> OnPaper:
    """What the author of a sent letter should know."""
    ((confirmed, taken),) = rows(_printed(), letter=letter.id)
    if confirmed:
        return OnPaper("printed", confirmed)
    if taken:
        return OnPaper("taken", taken)
    if letter.is_opened or not reads_on_paper(letter.recipient_id):
        return OnPaper("")
    return OnPaper("known" if letter.paper_known_at else "unasked")


@cache
def _printed() -> Any:
    """When a letter was last handed over on paper, and when its file was last taken."""
    moments = (Printing.confirmed_at, Printing.taken_at)
    return sa.select(
        *(sa.type_coerce(sa.func.max(moment), moment.type) for moment in moments)
    ).where(Printing.letter_id == sa.bindparam("letter", type_=sa.Integer))
