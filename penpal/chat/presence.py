"""Who of two has their room open, as far as this process knows, and how far their pages have come.

Both of a pair meet in one process. Nothing of it is kept: there is no 'last seen', and whoever closes the
page is simply not here.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from penpal.chat.remembering import Memory
from penpal.kernel import clock

SIGN_EVERY = timedelta(minutes=3)
"""How often a page that shows something else is told, at most, that the partner says something."""
_SIGNS_KEPT = 10_000


@dataclass(slots=True)
class Seat:
    """One page of one person in the room of a pair.

    ``is_in`` is false while the room is closed: the page reads, and waits to hear that it opens.
    """

    socket_id: str
    pair_id: int
    person_id: int
    zone: ZoneInfo
    shows_typing: bool
    is_in: bool
    told: dict[str, str]
    """The room as this page was told of it last: said again only when something of it changes."""
    saying: str = ""
    """The key of what this page said last: it needs not be told of that."""


class Room:
    """What this process knows of the room of a pair."""

    __slots__ = ("due", "got", "is_warned", "last", "memory", "seats", "seen")

    def __init__(self) -> None:
        self.seats: dict[str, Seat] = {}
        self.due: datetime | None = None
        """When it opens or closes next."""
        self.is_warned = False
        self.last = 0
        """The highest number of a line that went through here."""
        self.got: dict[int, int] = {}
        self.seen: dict[int, int] = {}
        self.memory = Memory()

    def of(self, person_id: int) -> list[Seat]:
        """The pages of one of the two that are in it."""
        return [seat for seat in self.seats.values() if seat.is_in and seat.person_id == person_id]

    def beside(self, person_id: int) -> list[Seat]:
        """The pages of the other one that are in it."""
        return [seat for seat in self.seats.values() if seat.is_in and seat.person_id != person_id]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has come since it was stored last."""

    pair_id: int
    person_id: int
    got: int
    seen: int


_lock = threading.RLock()
_rooms: dict[int, Room] = {}
_where: dict[str, int] = {}
_unstored: dict[tuple[int, int], Mark] = {}
_signs: defaultdict[int, datetime] = defaultdict(lambda: clock.now() - SIGN_EVERY)


def sit(seat: Seat, *, last: int, due: datetime | None) -> bool:
    """Give a page its seat; whether with it its person has come in, who was not there before."""
    with _lock:
        room = _rooms.setdefault(seat.pair_id, Room())
        was_here = bool(room.of(seat.person_id))
        room.seats[seat.socket_id] = seat
        _where[seat.socket_id] = seat.pair_id
        room.last = max(room.last, last)
        room.due = due
        return seat.is_in and not was_here


def rise(socket_id: str) -> Seat | None:
    """Take a page's seat away. Returns it where with it its person has left."""
    with _lock:
        pair_id = _where.pop(socket_id, None)
        room = _rooms.get(pair_id) if pair_id is not None else None
        if room is None or pair_id is None:
            return None
        seat = room.seats.pop(socket_id)
        if not room.seats:
            del _rooms[pair_id]
        return seat if seat.is_in and not room.of(seat.person_id) else None


def seat_of(socket_id: str, pair_id: int) -> Seat | None:
    """The seat of this page in that room, if it has one there."""
    with _lock:
        room = _rooms.get(pair_id)
        return room.seats.get(socket_id) if room else None


def seats(pair_id: int) -> list[Seat]:
    """All pages that show this room, also while it is closed."""
    with _lock:
        room = _rooms.get(pair_id)
        return list(room.seats.values()) if room else []


def of(pair_id: int, person_id: int) -> list[Seat]:
    with _lock:
        room = _rooms.get(pair_id)
        return room.of(person_id) if room else []


def beside(pair_id: int, person_id: int) -> list[Seat]:
    with _lock:
        room = _rooms.get(pair_id)
        return room.beside(person_id) if room else []


def memory(pair_id: int) -> Memory | None:
    """What is remembered of a room; None where nobody sits in it."""
    room = _rooms.get(pair_id)
    return room.memory if room else None


def is_here(pair_id: int, person_id: int) -> bool:
    return bool(of(pair_id, person_id))


def pairs() -> list[int]:
    """The pairs whose room any page here shows."""
    with _lock:
        return list(_rooms)


def turn(pair_id: int, due: datetime | None) -> None:
    """Note when the room opens or closes next."""
    with _lock:
        room = _rooms.get(pair_id)
        if room is not None:
            if room.due != due:
                room.is_warned = False
            room.due = due


def due(now: datetime) -> Iterator[int]:
    """The rooms that open or close by now."""
    with _lock:
        return iter([pair_id for pair_id, room in _rooms.items() if room.due and room.due <= now])


def closing(now: datetime, ahead: timedelta) -> list[int]:
    """The open rooms that close within so long, each once."""
    with _lock:
        found = [
            (pair_id, room)
            for pair_id, room in _rooms.items()
            if room.due
            and not room.is_warned
            and now < room.due <= now + ahead
            and any(seat.is_in for seat in room.seats.values())
        ]
        for _pair_id, room in found:
            room.is_warned = True
        return [pair_id for pair_id, _room in found]


def went_through(pair_id: int, sequence: int) -> None:
    """A line with this number was told here."""
    with _lock:
        room = _rooms.get(pair_id)
        if room is not None:
            room.last = max(room.last, sequence)


def is_behind(pair_id: int, last: int) -> bool:
    """Whether more was said in this room than the pages here were told of."""
    with _lock:
        room = _rooms.get(pair_id)
        return room is not None and room.last < last


def mark(seat: Seat, upto: int, *, is_seen: bool) -> int | None:
    """Note how far a page has come, no further than the room has. Returns it where ``got`` is news."""
    with _lock:
        room = _rooms.get(seat.pair_id)
        if room is None:
            return None
        upto = min(upto, room.last)
        had = room.got.get(seat.person_id, 0)
        seen = room.seen.get(seat.person_id, 0)
        if upto <= had and (not is_seen or upto <= seen):
            return None
        got = room.got[seat.person_id] = max(had, upto)
        if is_seen:
            seen = room.seen[seat.person_id] = max(seen, upto)
        _unstored[seat.pair_id, seat.person_id] = Mark(seat.pair_id, seat.person_id, got, seen)
        return got if got > had else None


def got_by(pair_id: int, person_id: int) -> int:
    """How far the pages of one of the two have come, as far as it may not be stored yet."""
    with _lock:
        room = _rooms.get(pair_id)
        return room.got.get(person_id, 0) if room else 0


def take_marks() -> list[Mark]:
    """What is to be stored of how far everybody has come; it is forgotten here."""
    with _lock:
        found = list(_unstored.values())
        _unstored.clear()
        return found


def put_back(marks: Iterable[Mark]) -> None:
    """They could not be stored; what came meanwhile stays."""
    with _lock:
        for each in marks:
            _unstored.setdefault((each.pair_id, each.person_id), each)


def may_sign(person_id: int) -> bool:
    """Whether it is long enough since their other pages were told that the partner says something."""
    now = clock.now()
    with _lock:
        if now - _signs[person_id] < SIGN_EVERY:
            return False
        if len(_signs) > _SIGNS_KEPT:
            _signs.clear()
        _signs[person_id] = now
        return True
