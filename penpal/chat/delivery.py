"""What happens in a room, told to the pages that show it: each person is asked for again before they are told.

Both of a pair meet in one process, and what they say stays in it. Where somebody is not there, the other
processes are told by an order, and look who is with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from babel import Locale
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from penpal.accounts import sockets
from penpal.chat import doors, marking, opening, presence, queries, services, showing
from penpal.chat.events import LineSent, LineUnsent, RoomChanged
from penpal.chat.opening import RoomCard
from penpal.chat.presence import Seat
from penpal.chat.queries import LineRow
from penpal.kernel import access, clock, db, live
from penpal.kernel.access import Actor
from penpal.kernel.errors import NotFound
from penpal.kernel.events import subscribe
from penpal.permissions import Permission
from penpal.places import rest
from penpal.places.events import HoursChanged
from penpal.safeguarding.events import LettersPaused, LettersResumed
from penpal.twinning.events import PairClosed
from penpal.twinning.models import Pair

SOON = timedelta(minutes=5)
"""So long before a room closes those in it are told."""
STORE_EVERY = 5
"""Seconds after which marks are stored."""
ROUND = 60
"""Seconds in which every room is looked at again, a sixtieth of them in each."""

log = structlog.get_logger(__name__)
_ticks = [0]


def register() -> None:
    live.obey("chat.line", _line_of)
    live.obey("chat.unsent", _unsent_here)
    live.obey("chat.again", look_again)
    live.obey("chat.hours", _hours_here)
    live.on_leaving(leave)
    live.on_hearing(catch_up)
    sockets.each_second(tick)
    subscribe(LineSent, _line)
    subscribe(LineUnsent, _unsent)
    subscribe(RoomChanged, _changed)
    subscribe(LettersPaused, _changed)
    subscribe(LettersResumed, _changed)
    subscribe(PairClosed, _changed)
    subscribe(HoursChanged, _hours)


# Lines


def _line(event: LineSent) -> None:
    if presence.seats(event.pair_id):
        row = queries.told(event)
        if row is not None:
            _hand_out(row, (event.author_id, event.recipient_id))
    if presence.is_here(event.pair_id, event.recipient_id):
        return
    live.order_elsewhere(
        "chat.line",
        pair_id=event.pair_id,
        line_id=event.line_id,
        two=[event.author_id, event.recipient_id],
    )
    _sign(event)


def _line_of(pair_id: int, line_id: int, two: list[int]) -> None:
    """Another process keeps the line: tell those of the two who are here."""
    row = queries.line(line_id) if presence.seats(pair_id) else None
    if row is not None:
        _hand_out(row, (two[0], two[1]))


def _hand_out(row: LineRow, two: tuple[int, int]) -> None:
    assert row.sequence is not None
    presence.went_through(row.pair_id, row.sequence)
    pictures = services.photos_of([row]).get(row.id, ())
    for person_id in two:
        own = person_id == row.author_id
        told: defaultdict[tuple[str, Any], list[str]] = defaultdict(list)
        for seat in presence.of(row.pair_id, person_id):
            # The page that said it knows by its acknowledgement.
            if not (own and seat.saying == row.key) and _may_hear(seat):
                told[live.language_of(seat.socket_id), seat.zone].append(seat.socket_id)
        for (language, zone), socket_ids in told.items():
            with force_locale(_locale(language)):
                shown = showing.wire(row, person_id, zone, pictures, language=language)
            live.say(socket_ids, "chat.line", {"pair": row.pair_id, "line": shown})


_locale = cache(Locale.parse)


def _may_hear(seat: Seat) -> bool:
    """The same question as at the door; of a child it was asked a few seconds ago at most."""
    actor = sockets.who(seat.socket_id)
    if actor.person_id == seat.person_id and access.conceivable(actor, Permission.Chat.READ):
        return True
    live.close([seat.socket_id])
    return False


def catch_up(pair_ids: Sequence[int] | None = None) -> None:
    """Look whether more was said in these rooms than their pages were told of, and have them ask for it.

    News between processes can be lost. Without rooms that are named it looks at all that are shown here.
    """
    for pair_id, last in queries.lasts(presence.pairs() if pair_ids is None else pair_ids):
        if presence.is_behind(pair_id, last):
            presence.went_through(pair_id, last)
            _tell_missed(pair_id, presence.seats(pair_id))


def _tell_missed(pair_id: int, seats: Sequence[Seat]) -> None:
    socket_ids = [seat.socket_id for seat in seats if _may_hear(seat)]
    if socket_ids:
        live.say(socket_ids, "chat.missed", {"pair": pair_id})


def _sign(event: LineSent) -> None:
    """A quiet sign to pages that show something else, seldom: chat is no alarm."""
    if presence.may_sign(event.recipient_id):
        address = current_app.url_map.bind("").build("chat.room", {"pair_id": event.pair_id})
        live.tell(event.recipient_id, "chat.news", {"pair": event.pair_id, "url": address})


def _unsent(event: LineUnsent) -> None:
    live.order("chat.unsent", pair_id=event.pair_id, line_id=event.line_id, sequence=event.sequence)


def _unsent_here(pair_id: int, line_id: int, sequence: int) -> None:
    socket_ids = [seat.socket_id for seat in presence.seats(pair_id) if _may_hear(seat)]
    if socket_ids:
        gone = {"pair": pair_id, "line": line_id, "sequence": sequence}
        live.say(socket_ids, "chat.unsent", gone)


# Who is here


def sit(seat: Seat, card: RoomCard, *, last: int) -> None:
    """Give a page its seat; the partner sees that somebody is there."""
    leave(seat.socket_id)
    if presence.is_behind(seat.pair_id, last):
        _tell_missed(seat.pair_id, presence.seats(seat.pair_id))
    if presence.sit(seat, last=last, due=_due(card)):
        _tell_beside(seat, "chat.here", {"pair": seat.pair_id, "here": True})


def leave(socket_id: str) -> None:
    """A page is gone, or shows another room."""
    seat = presence.rise(socket_id)
    if seat is not None:
        _tell_beside(seat, "chat.here", {"pair": seat.pair_id, "here": False})


def typing(seat: Seat, on: bool) -> None:
    """Somebody writes, or stopped; told only where they let it be seen."""
    if seat.is_in and seat.shows_typing:
        _tell_beside(seat, "chat.typing", {"pair": seat.pair_id, "on": on})


def mark(seat: Seat, upto: int, *, is_seen: bool) -> None:
    """A page holds the lines up to this one, or somebody looked at them; only the first is told."""
    got = presence.mark(seat, upto, is_seen=is_seen)
    if got is not None:
        _tell_beside(seat, "chat.got", {"pair": seat.pair_id, "sequence": got})


def _tell_beside(seat: Seat, event: str, payload: dict[str, Any]) -> None:
    others = presence.beside(seat.pair_id, seat.person_id)
    if others:
        live.say([other.socket_id for other in others], event, payload)


# When it opens and closes


def _changed(event: RoomChanged | LettersPaused | LettersResumed | PairClosed) -> None:
    live.order("chat.again", pair_id=event.pair_id)


def _hours(event: HoursChanged) -> None:
    live.order("chat.hours", school_id=event.school_id)


def _hours_here(school_id: int) -> None:
    rest.forget()
    for pair_id in presence.pairs():
        if school_id in queries.schools_of(pair_id):
            look_again(pair_id)


def look_again(pair_id: int) -> None:
    """Ask of every page that shows this room whether it may, and whether the room is open: show out, or tell."""
    doors.forget(pair_id)
    for seat in presence.seats(pair_id):
        try:
            actor = sockets.ask_again(seat.socket_id)
            pair = room_of(pair_id, actor)
        except NotFound:
            live.close([seat.socket_id])
            continue
        with force_locale(live.language_of(seat.socket_id)):
            card = opening.card(pair, by=actor)
            wire = card.wire
        seat.shows_typing = queries.seats(pair, actor).shows_typing
        presence.turn(pair_id, _due(card))
        # Shown out here; let in only when the page enters again and is asked anew.
        seat.is_in = seat.is_in and card.is_open
        if wire != seat.told:
            seat.told = wire
            live.say(seat.socket_id, "chat.room", {"pair": pair_id} | wire)


def room_of(pair_id: int, actor: Actor) -> Pair:
    """The pair, where this person may read in its room. Raises ``NotFound``."""
    pair = access.load(Pair, actor, pair_id)
    if not access.may(actor, Permission.Chat.READ, pair):
        raise NotFound
    return pair


def _due(card: RoomCard) -> Any:
    return card.closes_at if card.is_open else card.opens_at


def tick() -> None:
    """End and begin the hours of chat to the second, whatever the pages do; store how far they came."""
    now = clock.now()
    for pair_id in presence.due(now):
        look_again(pair_id)
    for pair_id in presence.closing(now, SOON):
        _warn(pair_id)
    _ticks[0] += 1
    sweep(_ticks[0] % ROUND)
    if _ticks[0] % STORE_EVERY == 0:
        store_marks()


def _warn(pair_id: int) -> None:
    for seat in presence.seats(pair_id):
        try:
            actor = sockets.who(seat.socket_id)
            with force_locale(live.language_of(seat.socket_id)):
                wire = opening.card(room_of(pair_id, actor), by=actor).wire
                wire["words"] = _("聊天室 %(closes)s 关门，还有几分钟。", closes=wire["closes"])
        except NotFound:
            continue
        live.say(seat.socket_id, "chat.room", {"pair": pair_id} | wire)


def store_marks() -> None:
    """Safe to run at any time. What cannot be stored now is kept for the next."""
    marks = presence.take_marks()
    if not marks:
        return
    try:
        marking.store(marks)
    except Exception:
        presence.put_back(marks)
        raise


def sweep(part: int) -> None:
    """Look at some rooms again: an order can be lost, and commands of the operator give none."""
    due = [pair_id for pair_id in presence.pairs() if pair_id % ROUND == part]
    catch_up(due)
    for pair_id in due:
        look_again(pair_id)
        db.let_go()
