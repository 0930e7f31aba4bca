"""Selects over letters: whose they are, and the mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person, Role
from penpal.kernel import paging
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.paging import Page
from penpal.letters.models import Envelope, Letter
from penpal.letters.states import LetterState
from penpal.places.models import Unit
from penpal.twinning.models import Pair

PAGE = 20
_EXCERPT = 240


def visible_to(actor: Actor) -> sa.Select[Letter]:
    """What one wrote and what one received; for a teacher the postcards of their own students."""
    statement = sa.select(Letter)
    if actor.kind == "system":
        return statement
    delivered = Letter.state != LetterState.DRAFT
    if actor.kind == "staff":
        students = (
            sa.select(Enrolment.person_id)
            .join(Unit, Unit.id == Enrolment.class_id)
            .where(Enrolment.until.is_(None), people.within(Unit.path, actor.tops(Role.TEACHER)))
        )
        return statement.where(
            delivered, Letter.envelope == Envelope.OPEN, Letter.author_id.in_(students)
        )
    me = actor.person_id
    return statement.where(
        sa.or_(Letter.author_id == me, sa.and_(Letter.recipient_id == me, delivered))
    )


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter in a list: its first lines, never all of it."""

    id: int
    author_id: int
    number: int | None
    sequence: int | None
    state: LetterState
    envelope: Envelope
    at: datetime
    excerpt: str
    direction: str

    @property
    def is_draft(self) -> bool:
        return self.state is LetterState.DRAFT


def mailbox(
    pair: Pair, actor: Actor, *, before: int | None = None, size: int = PAGE
) -> Page[LetterRow]:
    """The pair's delivered letters, newest first, with the actor's drafts on top of the first page.

    ``before`` is the sequence number at which the last page ended.
    """
    delivered = Letter.state != LetterState.DRAFT
    draft = sa.and_(Letter.state == LetterState.DRAFT, Letter.author_id == actor.person_id)
    which = sa.and_(delivered, Letter.sequence < before) if before else sa.or_(delivered, draft)
    # Drafts come on top of a full page: however many there are, they push no letter out of reach.
    drafts = sa.select(sa.func.count()).where(Letter.pair_id == pair.id, draft).scalar_subquery()
    statement = (
        sa.select(
            Letter.id,
            Letter.author_id,
            Letter.number,
            Letter.sequence,
            Letter.state,
            Letter.envelope,
            sa.func.coalesce(Letter.delivered_at, Letter.saved_at).label("at"),
            sa.func.substr(Letter.body, 1, _EXCERPT).label("start"),
            Letter.direction,
        )
        .where(Letter.pair_id == pair.id, which)
        .order_by(sa.case((draft, 0), else_=1), Letter.sequence.desc(), Letter.id.desc())
        .limit(size + 1 if before else drafts + size + 1)
    )
    rows = [
        LetterRow(
            id=row.id,
            author_id=row.author_id,
            number=row.number,
            sequence=row.sequence,
            state=row.state,
            envelope=row.envelope,
            at=row.at,
            excerpt=excerpt(row.start),
            direction=row.direction,
        )
        for row in session().execute(statement)
    ]
    on_top = sum(row.is_draft for row in rows)
    return paging.cut(rows, on_top + size, key=lambda row: row.sequence)


def excerpt(body: str) -> str:
    """The first sentence that says something: past the salutation and the greeting."""
    lines = [line.strip("\u3000 \t") for line in body.splitlines()]
    lines = [line for line in lines if line]
    told = [line for line in lines if len(line) > 8]
    chosen = told[0] if told else " ".join(lines)
    return chosen[:60] + "…" if len(chosen) > 60 else chosen


def unopened(actor: Actor) -> int:
    """How many letters wait to be opened by this person."""
    return (
        session().scalar(
            sa.select(sa.func.count())
            .select_from(Letter)
            .where(Letter.recipient_id == actor.person_id, Letter.state == LetterState.DELIVERED)
        )
        or 0
    )


def of_key(author_id: int | None, key: str) -> Letter | None:
    return session().scalar(
        sa.select(Letter).where(Letter.author_id == author_id, Letter.key == key)
    )


def latest_draft(pair: Pair, actor: Actor, *, answering: int | None = None) -> Letter | None:
    """The draft that was written in last; of those that answer a letter, when one is named."""
    statement = sa.select(Letter).where(
        Letter.pair_id == pair.id,
        Letter.author_id == actor.person_id,
        Letter.state == LetterState.DRAFT,
    )
    if answering is not None:
        statement = statement.where(Letter.in_reply_to_id == answering)
    return session().scalar(statement.order_by(Letter.saved_at.desc(), Letter.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Neighbour:
    id: int
    author_id: int
    number: int | None


def neighbours(letter: Letter) -> tuple[Neighbour | None, Neighbour | None]:
    """The letters just before and just after this one in the pair's correspondence."""
    if letter.sequence is None:
        return None, None
    rows = session().execute(
        sa.select(Letter.sequence, Letter.id, Letter.author_id, Letter.number).where(
            Letter.pair_id == letter.pair_id,
            Letter.sequence.in_([letter.sequence - 1, letter.sequence + 1]),
        )
    )
    found = {row[0]: Neighbour(*row[1:]) for row in rows}
    return found.get(letter.sequence - 1), found.get(letter.sequence + 1)


def last_numbers(pair: Pair, author_id: int) -> tuple[int, int]:
    """The highest number of this author, and the highest sequence, in the pair; 0 before the first."""
    row = (
        session()
        .execute(
            sa.select(
                sa.func.max(sa.case((Letter.author_id == author_id, Letter.number))),
                sa.func.max(Letter.sequence),
            ).where(Letter.pair_id == pair.id)
        )
        .one()
    )
    return row[0] or 0, row[1] or 0


@dataclass(frozen=True, slots=True)
class PostcardRow:
    id: int
    author_name: str
    number: int | None
    at: datetime | None


def postcards(class_: Unit, actor: Actor, *, size: int = PAGE) -> list[PostcardRow]:
    """Open letters of a class that the actor may read along, newest first."""
    statement = (
        visible_to(actor)
        .join(Person, Person.id == Letter.author_id)
        .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .where(Enrolment.class_id == class_.id)
        .with_only_columns(Letter.id, Person.display_name, Letter.number, Letter.delivered_at)
        .order_by(Letter.id.desc())
        .limit(size)
    )
    return [PostcardRow(*row) for row in session().execute(statement)]
