"""The one kind thing that is really next for one of two, and where their three ones stand (三个一).

Each room registers what it needs to know as rows, and one query brings the rows of all rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import get_locale

from penpal.kernel import clock
from penpal.kernel.db import Moment, rows
from penpal.twinning.queries import PairCard


class Rank(IntEnum):
    """What comes before what; within a rank the room that was registered first."""

    UNOPENED = 10
    """A letter that came and is not opened."""
    NOD = 20
    """A proposal of the partner's that waits for a yes or a no."""
    READABLE = 30
    """Something of the partner's that can be read now."""
    AWAITED = 40
    """Something of one's own that the partner, who is ready, waits for."""
    REPLY = 50
    DRAFT = 60
    FIRST = 70
    """The first letter of all."""
    ON_ITS_WAY = 75
    """Nothing to do: what one sent has just arrived."""
    IDEA = 80
    REST = 90


@dataclass(frozen=True, slots=True)
class Step:
    """A suggestion with one button, and at most one quieter way beside it.

    ``method`` is get for a link and post for a form; ``postmark`` is the day on the postmark.
    """

    rank: Rank
    title: str
    url: str
    label: str
    icon: str
    quote: str = ""
    method: str = "get"
    postmark: datetime | None = None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    url: str
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One of the three ones, in one line."""

    icon: str
    name: str
    text: str
    url: str


class Known(NamedTuple):
    """A fact of a room about a pair; ``what`` is the room's own word for it."""

    room: str
    what: str
    id: int | None
    at: datetime | None
    author_id: int | None
    number: int | None
    title: str
    text: str


Ask = Callable[[Sequence[Known], PairCard], Step | None]
Stand = Callable[[Sequence[Known], PairCard], Standing]
RUNNING = "running"
"""What every room calls the one thing that two are in the middle of."""
_parts: dict[str, Callable[[], Sequence[sa.Select[Any]]]] = {}
_rooms: dict[str, tuple[Ask, Stand]] = {}


def part(
    room: str,
    what: Any,
    *,
    id: Any = None,
    at: Any = None,
    author_id: Any = None,
    number: Any = None,
    title: Any = "",
    text: Any = "",
) -> sa.Select[Any]:
    """The columns of a fact, each with the type that the others have too; to be narrowed and limited."""
    return sa.select(
        _typed(room, sa.String).label("room"),
        _typed(what, sa.String).label("what"),
        _typed(id, sa.Integer).label("id"),
        _typed(at, Moment).label("at"),
        _typed(author_id, sa.Integer).label("author_id"),
        _typed(number, sa.Integer).label("number"),
        _typed(title, sa.String).label("title"),
        _typed(text, sa.String).label("text"),
    )


def register(room: str, parts: Sequence[sa.Select[Any]], *, ask: Ask, stand: Stand) -> None:
    """Add a room: what it must know, and its two answers, from that, the card and the day alone.

    Each part has few rows, and is narrowed with ``timeline.PAIR`` and ``timeline.READER``.
    """
    _rooms[room] = (ask, stand)
    know(room, lambda: parts)


def know(room: str, parts: Callable[[], Sequence[sa.Select[Any]]]) -> None:
    """Add facts to those that are asked for anyway, for whoever else shows them.

    ``parts`` is called when all rooms have registered.
    """
    _parts[room] = parts
    _facts.cache_clear()
    _ahead.cache_clear()


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next step (None where a pair rests and nothing is asked), all facts, and the three ones."""

    step: Step | None
    known: tuple[Known, ...]
    standings: tuple[Standing, ...]


def ahead(card: PairCard) -> Ahead:
    """What is next for one of a pair, in one query."""
    found = rows(_facts(), pair_id=card.pair.id, reader_id=card.me.person_id)
    known = tuple(sorted((Known(*row) for row in found), key=lambda fact: fact.room))
    return _ahead(known, card, str(get_locale()), clock.today())


@lru_cache(maxsize=1024)
def _ahead(known: tuple[Known, ...], card: PairCard, _language: str, _today: date) -> Ahead:
    told = {room: tuple(facts) for room, facts in groupby(known, key=lambda fact: fact.room)}
    asked = (ask(told.get(room, ()), card) for room, (ask, _) in _rooms.items())
    wanted = [step for step in asked if step is not None]
    if card.is_paused:
        # Nothing can be sent now: the page says so, and asks for nothing.
        wanted = [step for step in wanted if step.rank is Rank.UNOPENED]
    return Ahead(
        min(wanted, key=lambda step: step.rank, default=None),
        known,
        tuple(stand(told.get(room, ()), card) for room, (_, stand) in _rooms.items()),
    )


def under_way(card: PairCard) -> tuple[Standing, ...]:
    """What the two agreed on and have not finished: the lines of the rooms that know of something running."""
    known = ahead(card)
    running = {fact.room for fact in known.known if fact.what == RUNNING}
    told = zip(_rooms, known.standings, strict=True)
    return tuple(standing for room, standing in told if room in running)


def _typed(value: Any, type_: Any) -> Any:
    if value is None:
        return sa.cast(sa.null(), type_)
    if isinstance(value, (str, int)):
        return sa.cast(sa.literal(value), type_)
    if type_ is sa.String:
        plain = isinstance(value.type, sa.String) and not isinstance(value.type, sa.Enum)
        return sa.func.coalesce(value, "") if plain else sa.cast(value, sa.String)
    return value


@cache
def _facts() -> Any:
    return sa.union_all(
        *(sa.select(*each.subquery().c) for make in _parts.values() for each in make())
    )
