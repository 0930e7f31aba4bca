"""Selects over letters: whose they are, and the mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person, Role
from penpal.kernel import paging
from penpal.kernel.access import Actor
from penpal.kernel.db import rows, session
from penpal.kernel.paging import Page
from penpal.letters.models import Envelope, Letter
from penpal.letters.paper import FIRST_SHEET, Stationery
from penpal.letters.states import LetterState
from penpal.media.models import Photo
from penpal.places.models import Unit
from penpal.safeguarding.hold_models import Hold
from penpal.twinning.models import Two

PAGE = 20
_EXCERPT = 240
_INDENT = "\u3000 \t"


def visible_to(actor: Actor) -> sa.Select[Letter]:
    """What one wrote and what one received; for a teacher the postcards of their own students."""
    statement = sa.select(Letter)
    if actor.kind == "system":
        return statement
    delivered = Letter.delivered_at.is_not(None)
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
    """A letter in a list: its first lines, never all of it. ``at`` is when it came, comes or was saved.

    ``asked`` says of one's own letter what became of the last request to release it: ``asked``,
    ``returned``, ``withdrawn``, ``released``; empty when there was none. ``photos`` says how many
    go with it.
    """

    id: int
    author_id: int
    number: int | None
    sequence: int | None
    state: LetterState
    envelope: Envelope
    at: datetime
    excerpt: str
    direction: str
    asked: str = ""
    photos: int = 0

    @property
    def is_draft(self) -> bool:
        return self.state is LetterState.DRAFT

    @property
    def is_posted(self) -> bool:
        return self.state is LetterState.POSTED

    @property
    def is_delivered(self) -> bool:
        return self.sequence is not None


def mailbox(
    pair: Two, actor: Actor, *, before: int | None = None, size: int = PAGE
) -> Page[LetterRow]:
    """The pair's delivered letters, newest first; on top of the first page what the actor has not sent yet
    or has on the way.

    ``before`` is the sequence number at which the last page ended.
    """
    found = rows(
        _exchange(before is not None),
        pair=pair.id,
        me=actor.person_id,
        size=size + 1,
        before=before,
    )
    # What has not come yet is on top of a full page: however much that is, it pushes no letter out of reach.
    letters = sorted(
        (row_of(row, excerpt(row.start)) for row in found), key=lambda row: row.is_delivered
    )
    on_top = sum(not row.is_delivered for row in letters)
    return paging.cut(letters, on_top + size, key=lambda row: row.sequence)


LETTER = sa.inspect(Letter).local_table.c
ME = sa.bindparam("me", type_=sa.Integer)
PAIR = sa.bindparam("pair", type_=sa.Integer)
"""For statements that are built once: the columns, the person who asks and the pair."""

# As a word of the statement, not as a value handed over: only so does SQLite see that the index of
# drafts holds all it needs.
is_draft = LETTER.state == sa.literal_column("'draft'")
is_posted = LETTER.state == sa.literal_column("'posted'")
is_delivered = LETTER.delivered_at.is_not(None)
of_pair = LETTER.pair_id == PAIR


def columns(at: Any, start: Any, *more: Any) -> Any:
    """A select of what ``row_of`` reads."""
    return sa.select(
        LETTER.id,
        LETTER.author_id,
        LETTER.number,
        LETTER.sequence,
        LETTER.state,
        LETTER.envelope,
        at.label("at"),
        start.label("start"),
        LETTER.direction,
        _asked().label("asked"),
        number_of_photos().label("photos"),
        *more,
    )


def _asked() -> Any:
    """What became of the last request to release one's own draft or open letter."""
    hold = sa.inspect(Hold).local_table.c
    last = (
        sa.select(sa.type_coerce(hold.state, sa.String))
        .where(hold.kind == sa.literal_column("'letter'"), hold.item_id == LETTER.id)
        .order_by(hold.id.desc())
        .limit(1)
    )
    mine = sa.and_(
        LETTER.author_id == ME, sa.or_(is_draft, LETTER.envelope == sa.literal_column("'open'"))
    )
    return sa.case((mine, sa.func.coalesce(last.scalar_subquery(), "")), else_="")


def number_of_photos() -> Any:
    """How many photos go with a letter."""
    photo = sa.inspect(Photo).local_table.c
    return (
        sa.select(sa.func.count())
        .where(photo.about_kind == sa.literal_column("'letter'"), photo.about_id == LETTER.id)
        .scalar_subquery()
    )


def delivered(*which: Any) -> Any:
    """The newest of the pair's delivered letters; one that I have not opened shows no words."""
    closed = sa.and_(LETTER.state == LetterState.DELIVERED, LETTER.author_id != ME)
    return (
        columns(LETTER.delivered_at, sa.case((closed, ""), else_=_beginning()))
        .where(of_pair, is_delivered, *which)
        .order_by(LETTER.sequence.desc())
        .limit(sa.bindparam("size", type_=sa.Integer))
    )


def posted() -> Any:
    """What I have on the way to the partner, newest first, with the time at which it comes."""
    return (
        columns(LETTER.deliver_at, _beginning())
        .where(of_pair, is_posted, LETTER.author_id == ME)
        .order_by(LETTER.posted_at.desc(), LETTER.id.desc())
    )


def drafts() -> Any:
    """My drafts in the pair, newest first."""
    return (
        columns(LETTER.saved_at, _beginning())
        .where(of_pair, is_draft, LETTER.author_id == ME)
        .order_by(LETTER.id.desc())
    )


def before() -> Any:
    """Where the last page ended."""
    return LETTER.sequence < sa.bindparam("before", type_=sa.Integer)


def _beginning() -> Any:
    return sa.func.substr(LETTER.body, 1, _EXCERPT)


@cache
def _exchange(further: bool) -> Any:
    parts = [delivered(before())] if further else [delivered(), posted(), drafts()]
    return sa.union_all(*(sa.select(*part.subquery().c) for part in parts))


def row_of(row: Any, shown: str) -> LetterRow:
    id_, author_id, number, sequence, state, envelope, at, _start, direction, asked, photos = row[
        :11
    ]
    return LetterRow(
        id_, author_id, number, sequence, state, envelope, at, shown, direction, asked or "", photos
    )


def excerpt(body: str) -> str:
    """The first sentence that says something: past the salutation and the greeting."""
    lines = body.splitlines()
    stripped = (line.strip(_INDENT) for line in lines)
    chosen = next((line for line in stripped if len(line) > 8), None)
    if chosen is None:
        chosen = " ".join(filter(None, (line.strip(_INDENT) for line in lines)))
    return chosen[:60] + "…" if len(chosen) > 60 else chosen


def unopened(person: type[Person]) -> sa.ColumnElement[int]:
    """SQL for: how many letters wait to be opened by this person."""
    return (
        sa.select(sa.func.count())
        .select_from(Letter)
        .where(Letter.recipient_id == person.id, Letter.state == sa.literal_column("'delivered'"))
        .scalar_subquery()
    )


def of_key(author_id: int | None, key: str) -> Letter | None:
    return session().scalar(
        sa.select(Letter).where(Letter.author_id == author_id, Letter.key == key)
    )


def put_beside(newer: Letter, body: str) -> Letter | None:
    """The draft with these words that was already put beside a newer one."""
    return session().scalar(
        sa.select(Letter)
        .where(
            Letter.beside_id == newer.id,
            Letter.author_id == newer.author_id,
            Letter.state == LetterState.DRAFT,
            Letter.body == body,
        )
        .limit(1)
    )


def newer_than(letter: Letter) -> Letter | None:
    """The draft that this one was put beside, unless it was sent or thrown away meanwhile."""
    newer = session().get(Letter, letter.beside_id) if letter.beside_id else None
    return newer if newer is not None and newer.is_draft else None


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A draft or a letter that may be read on the person's own device."""

    id: int
    key: str
    is_draft: bool


def worth_keeping(actor: Actor, *, size: int) -> list[KeptRow]:
    """All of one's drafts, and the latest letters that one wrote or has opened."""
    mine = Letter.author_id == actor.person_id
    drafts = sa.select(Letter.id, Letter.key, sa.true()).where(
        mine, Letter.state == LetterState.DRAFT
    )
    opened = sa.and_(Letter.recipient_id == actor.person_id, Letter.state == LetterState.OPENED)
    sent = (
        sa.select(Letter.id, Letter.key, sa.false())
        .where(sa.or_(sa.and_(mine, Letter.delivered_at.is_not(None)), opened))
        .order_by(Letter.delivered_at.desc(), Letter.id.desc())
        .limit(size)
    )
    return [
        KeptRow(row[0], row[1], bool(row[2]))
        for statement in (drafts.order_by(Letter.saved_at.desc()).limit(size), sent)
        for row in session().execute(statement)
    ]


def latest_draft(pair: Two, actor: Actor, *, answering: int | None = None) -> Letter | None:
    """The draft that was written in last; of those that answer a letter, when one is named."""
    statement = sa.select(Letter).where(
        Letter.pair_id == pair.id,
        Letter.author_id == actor.person_id,
        Letter.state == LetterState.DRAFT,
    )
    if answering is not None:
        statement = statement.where(Letter.in_reply_to_id == answering)
    return session().scalar(statement.order_by(Letter.saved_at.desc(), Letter.id.desc()).limit(1))


def last_stationery(actor: Actor) -> Stationery:
    """What this person chose for the letter that they saved last."""
    chosen = session().execute(
        sa.select(Letter.paper, Letter.hand, Letter.lunar)
        .where(Letter.author_id == actor.person_id)
        .order_by(Letter.saved_at.desc(), Letter.id.desc())
        .limit(1)
    )
    row = chosen.one_or_none()
    return Stationery(*row) if row else FIRST_SHEET


@dataclass(frozen=True, slots=True)
class Neighbour:
    id: int
    author_id: int
    number: int | None


def neighbours(letter: Letter) -> tuple[Neighbour | None, Neighbour | None]:
    """The letters just before and just after this one in the pair's correspondence."""
    if letter.sequence is None:
        return None, None
    before, after = letter.sequence - 1, letter.sequence + 1
    beside = rows(_at_two_places(), pair=letter.pair_id, one=before, other=after)
    found = {row.sequence: Neighbour(row.id, row.author_id, row.number) for row in beside}
    return found.get(before), found.get(after)


@cache
def _at_two_places() -> Any:
    places = (sa.bindparam(name, type_=sa.Integer) for name in ("one", "other"))
    return sa.select(LETTER.sequence, LETTER.id, LETTER.author_id, LETTER.number).where(
        of_pair, sa.or_(*(LETTER.sequence == place for place in places))
    )


def last_numbers(pair: Two, author_id: int) -> tuple[int, int]:
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
