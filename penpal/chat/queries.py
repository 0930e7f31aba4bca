"""Selects over rooms: what was said in them, how far the two have come, what is unread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from penpal.accounts.models import Enrolment, Person
from penpal.chat.events import LineSent
from penpal.chat.models import ChatLine, ChatRoom, ChatSeat
from penpal.chat.remembering import Word
from penpal.chat.states import LineState
from penpal.kernel.access import Actor
from penpal.kernel.db import rows, session
from penpal.places.models import Unit
from penpal.twinning.models import Pair, Two
from penpal.twinning.states import PairState

PAGE = 50
"""Lines of a page; older ones are asked for."""
_MANY = 500
"""Rooms that are asked for at once."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The line that another one answers. ``text`` is empty where it was unsent."""

    id: int
    author_id: int
    text: str
    sticker: str | None
    is_unsent: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it is shown; one that was unsent comes without its words."""

    id: int
    pair_id: int
    key: str
    sequence: int | None
    author_id: int
    body: str
    direction: str
    at: datetime
    sticker: str | None
    photos: int
    state: LineState
    is_open: bool
    quote: Quote | None

    @property
    def is_unsent(self) -> bool:
        return self.state is LineState.UNSENT

    @property
    def is_sent(self) -> bool:
        return self.state is LineState.SENT


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a room in their order, and whether more lie beyond on the side that was asked for."""

    lines: Sequence[LineRow]
    more: bool


LINE = sa.inspect(ChatLine).local_table.c
PAIR = sa.bindparam("pair", type_=sa.Integer)
ME = sa.bindparam("me", type_=sa.Integer)
_SIZE = sa.bindparam("size", type_=sa.Integer)


def newest(pair: Two, *, size: int = PAGE) -> Stretch:
    """The end of the conversation."""
    found = rows(_newest(), pair=pair.id, size=size + 1)
    return _upwards(found, size)


def before(pair: Two, sequence: int, *, size: int = PAGE) -> Stretch:
    """The lines just before one."""
    found = rows(_before(), pair=pair.id, place=sequence, size=size + 1)
    return _upwards(found, size)


def after(pair: Two, sequence: int, *, size: int = PAGE) -> Stretch:
    """The lines just after one: what a page that was cut off has missed."""
    found = rows(_after(), pair=pair.id, place=sequence, size=size + 1)
    return Stretch([_line(row) for row in found[:size]], len(found) > size)


def around(line: ChatLine, *, reach: int) -> list[ChatLine]:
    """The lines around one, itself among them, with the words of those that were unsent."""
    if line.sequence is None:
        return []
    statement = (
        sa.select(ChatLine)
        .options(joinedload(ChatLine.author))
        .where(
            ChatLine.pair_id == line.pair_id,
            ChatLine.sequence.between(line.sequence - reach, line.sequence + reach),
        )
        .order_by(ChatLine.sequence)
    )
    return list(session().scalars(statement))


def kept_back(pair: Two, actor: Actor) -> list[LineRow]:
    """What one wrote that waits for a teacher or came back, oldest first."""
    return [_line(row) for row in rows(_kept_back(), pair=pair.id, me=actor.person_id)]


def picked(pair: Two, line_ids: Sequence[int]) -> list[LineRow]:
    """Those of these lines that have words and stand in the room, in its order."""
    if not line_ids:
        return []
    found = session().execute(_by_ids(), {"pair": pair.id, "ids": list(line_ids)})
    return [row for row in map(_line, found) if row.is_sent and row.body]


def line(line_id: int) -> LineRow | None:
    """One line, for whoever was let in to its room already."""
    found = rows(_by_id(), id=line_id)
    return _line(found[0]) if found else None


def told(event: LineSent) -> LineRow | None:
    """The line that an event tells of, for whoever passes it on: read only where it does not say all."""
    words = event.words
    if words is None or words.quotes_id is not None:
        return line(event.line_id)
    return LineRow(
        id=event.line_id,
        pair_id=event.pair_id,
        key=words.key,
        sequence=event.sequence,
        author_id=event.author_id,
        body=words.body,
        direction=words.direction,
        at=words.sent_at,
        sticker=words.sticker,
        photos=words.photos,
        state=LineState.SENT,
        is_open=False,
        quote=None,
    )


def _upwards(found: Sequence[Any], size: int) -> Stretch:
    return Stretch([_line(row) for row in reversed(found[:size])], len(found) > size)


@cache
def _newest() -> Any:
    return _lines(_of_pair()).order_by(LINE.sequence.desc()).limit(_SIZE)


@cache
def _before() -> Any:
    earlier = LINE.sequence < sa.bindparam("place", type_=sa.Integer)
    return _lines(_of_pair(), earlier).order_by(LINE.sequence.desc()).limit(_SIZE)


@cache
def _after() -> Any:
    later = LINE.sequence > sa.bindparam("place", type_=sa.Integer)
    return _lines(_of_pair(), later).order_by(LINE.sequence).limit(_SIZE)


@cache
def _kept_back() -> Any:
    # As words of the statement: only so does SQLite see that the index of these holds all it needs.
    held = LINE.state.in_([sa.literal_column("'waiting'"), sa.literal_column("'returned'")])
    return _lines(LINE.pair_id == PAIR, LINE.author_id == ME, held).order_by(LINE.id)


@cache
def _by_ids() -> Any:
    chosen = LINE.id.in_(sa.bindparam("ids", expanding=True, type_=sa.Integer))
    return _lines(_of_pair(), chosen).order_by(LINE.sequence)


@cache
def _by_id() -> Any:
    return _lines(LINE.id == sa.bindparam("id", type_=sa.Integer))


def _of_pair() -> Any:
    return sa.and_(LINE.pair_id == PAIR, LINE.sequence.is_not(None))


def _lines(*which: Any) -> Any:
    """What ``_line`` reads. The words of an unsent line stay where they are."""
    quoted = aliased(ChatLine)
    table = sa.inspect(ChatLine).local_table
    unsent = LINE.state == LineState.UNSENT
    return (
        sa.select(
            LINE.id,
            LINE.pair_id,
            LINE.key,
            LINE.sequence,
            LINE.author_id,
            sa.case((unsent, ""), else_=LINE.body).label("body"),
            LINE.direction,
            sa.func.coalesce(LINE.sent_at, LINE.written_at, type_=LINE.written_at.type).label("at"),
            sa.case((unsent, None), else_=LINE.sticker).label("sticker"),
            sa.case((unsent, 0), else_=LINE.photos).label("photos"),
            LINE.state,
            LINE.is_open,
            sa.case((unsent, None), else_=quoted.id).label("quoted_id"),
            quoted.author_id.label("quoted_author_id"),
            quoted.body.label("quoted_body"),
            quoted.sticker.label("quoted_sticker"),
            quoted.state.label("quoted_state"),
        )
        .select_from(table)
        .outerjoin(quoted, quoted.id == LINE.quotes_id)
        .where(*which)
    )


def _line(row: Any) -> LineRow:
    return LineRow(
        row.id,
        row.pair_id,
        row.key,
        row.sequence,
        row.author_id,
        row.body,
        row.direction,
        row.at,
        row.sticker,
        row.photos,
        row.state,
        bool(row.is_open),
        _quote(row) if row.quoted_id is not None else None,
    )


def _quote(row: Any) -> Quote:
    is_unsent = row.quoted_state is LineState.UNSENT
    return Quote(
        row.quoted_id,
        row.quoted_author_id,
        "" if is_unsent else row.quoted_body,
        None if is_unsent else row.quoted_sticker,
        is_unsent,
    )


def recent_words(pair: Two, actor: Actor, *, since: datetime, most: int) -> tuple[list[Word], int]:
    """What one said in the room since then, oldest first, the last of it: what a line may go on from.

    What was unsent is among it, for the partner may have read it. Also the last number of the room,
    as of the same moment.
    """
    found = rows(_recent(), pair=pair.id, me=actor.person_id, since=since, size=most)
    words = [
        Word(row.sequence, row.sent_at, row.body)
        for row in reversed(found)
        if row.sequence is not None
    ]
    return words, found[0].last_sequence if found else 0


@cache
def _recent() -> Any:
    said = (
        sa.select(LINE.sequence, LINE.sent_at, LINE.body)
        .where(
            _of_pair(),
            LINE.author_id == ME,
            LINE.sent_at >= sa.bindparam("since", type_=LINE.sent_at.type),
            LINE.body != "",
        )
        .order_by(LINE.sequence.desc())
        .limit(_SIZE)
        .subquery()
    )
    return (
        sa.select(ChatRoom.last_sequence, said.c.sequence, said.c.sent_at, said.c.body)
        .select_from(ChatRoom)
        .outerjoin(said, sa.true())
        .where(ChatRoom.pair_id == PAIR)
        .order_by(said.c.sequence.desc())
    )


def of_key(author_id: int | None, key: str) -> ChatLine | None:
    return session().scalar(
        sa.select(ChatLine).where(ChatLine.author_id == author_id, ChatLine.key == key)
    )


@dataclass(frozen=True, slots=True)
class Seats:
    """How far the room has come and the two are in it; all nothing where nobody has been there yet."""

    last: int = 0
    seen: int = 0
    got: int = 0
    partner_got: int = 0
    shows_typing: bool = True


def seats(pair: Two, actor: Actor) -> Seats:
    """For whoever of the two asks; how far the partner has read is not among it."""
    found = rows(_seats(), pair=pair.id, me=actor.person_id)
    if not found:
        return Seats()
    row = found[0]
    return Seats(
        row.last_sequence,
        row.seen_sequence or 0,
        row.got_sequence or 0,
        row.partner_got or 0,
        bool(row.shows_typing) if row.shows_typing is not None else True,
    )


@cache
def _seats() -> Any:
    mine, theirs = aliased(ChatSeat), aliased(ChatSeat)
    return (
        sa.select(
            ChatRoom.last_sequence,
            mine.seen_sequence,
            mine.got_sequence,
            mine.shows_typing,
            theirs.got_sequence.label("partner_got"),
        )
        .select_from(ChatRoom)
        .outerjoin(mine, sa.and_(mine.pair_id == ChatRoom.pair_id, mine.person_id == ME))
        .outerjoin(theirs, sa.and_(theirs.pair_id == ChatRoom.pair_id, theirs.person_id != ME))
        .where(ChatRoom.pair_id == PAIR)
    )


def lasts(pair_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """How far each of these rooms has come, by pair; rooms in which nothing was said are left out."""
    for begin in range(0, len(pair_ids), _MANY):
        some = pair_ids[begin : begin + _MANY]
        found = sa.select(ChatRoom.pair_id, ChatRoom.last_sequence).where(
            ChatRoom.pair_id.in_(some)
        )
        yield from ((row.pair_id, row.last_sequence) for row in session().execute(found))


def schools_of(pair_id: int) -> tuple[int | None, ...]:
    """The schools in which the two sit today, of the supported student first; None without a class."""
    found = {row.person_id: row.parent_id for row in rows(_schools(), pair=pair_id)}
    return tuple(found.values()) if len(found) == 2 else (None, None)


@cache
def _schools() -> Any:
    return (
        sa.select(Person.id.label("person_id"), Unit.parent_id)
        .select_from(Pair)
        .join(Person, Person.id.in_([Pair.supported_student_id, Pair.supporting_student_id]))
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .outerjoin(Unit, Unit.id == Enrolment.class_id)
        .where(Pair.id == PAIR)
        .order_by(Person.id == Pair.supporting_student_id)
    )


def unread(person: type[Person]) -> sa.ColumnElement[int]:
    """SQL for: how many lines of the partner of today this person has not seen."""
    return (
        sa.select(sa.func.count())
        .select_from(ChatSeat)
        .join(Pair, sa.and_(Pair.id == ChatSeat.pair_id, Pair.state == PairState.ACTIVE))
        .join(
            ChatLine,
            sa.and_(
                ChatLine.pair_id == ChatSeat.pair_id,
                ChatLine.sequence > ChatSeat.seen_sequence,
                ChatLine.author_id != ChatSeat.person_id,
                ChatLine.state == sa.literal_column("'sent'"),
            ),
        )
        .where(ChatSeat.person_id == person.id)
        .correlate(person)
        .scalar_subquery()
    )
