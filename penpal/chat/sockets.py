"""What a page in a room says: that it comes in, a line, that it has got or seen lines, that somebody types."""

from __future__ import annotations

from flask import request
from pydantic import Field

from penpal.accounts.hearing import Said, on
from penpal.chat import (
    answers,
    delivery,
    doors,
    opening,
    pages,
    presence,
    queries,
    services,
    showing,
)
from penpal.chat.answers import Answer
from penpal.chat.models import ChatLine
from penpal.chat.presence import Seat
from penpal.kernel import access, db, live, numbers
from penpal.kernel.access import Actor
from penpal.kernel.errors import NotFound, PenpalError
from penpal.permissions import Permission
from penpal.twinning.models import Pair

CATCH_UP = 200
"""Lines that a page which was away is handed at once; it fetches what is beyond."""
_LONGEST = 4000
"""Signs that are looked at at all; how long a line may be is for the room to say."""


class InRoom(Said):
    pair: int = Field(ge=1, le=numbers.LARGEST)


class Enter(InRoom):
    after: int = Field(0, ge=0, le=numbers.LARGEST)


class Say(InRoom):
    key: str = Field(max_length=64)
    body: str | None = Field("", max_length=_LONGEST)
    sticker: str | None = Field(None, max_length=32)
    quotes: int | None = Field(None, ge=1, le=numbers.LARGEST)


class Upto(InRoom):
    sequence: int = Field(ge=0, le=numbers.LARGEST)


class Typing(InRoom):
    on: bool


class Unsend(InRoom):
    line: int = Field(ge=1, le=numbers.LARGEST)


@on("chat.enter", Permission.Chat.READ, Enter, at_most="60 per minute")
def enter(said: Enter, by: Actor) -> Answer:
    """Take a seat, and catch up. Outside its hours the room is read, and one hears when it opens."""
    pair = delivery.room_of(said.pair, by)
    assert by.person_id is not None
    card = opening.card(pair, by=by)
    seats = queries.seats(pair, by)
    seat = Seat(
        socket_id=request.sid,  # type: ignore[attr-defined]
        pair_id=pair.id,
        person_id=by.person_id,
        zone=card.zone,
        shows_typing=seats.shows_typing,
        is_in=card.is_open,
        told=card.wire,
    )
    delivery.sit(seat, card, last=seats.last)
    # Read anew from here on: what was said since the first question is told to nobody by the event.
    db.let_go()
    return _state_of(pair, said.after, card, by)


def _state_of(pair: Pair, after: int, card: opening.RoomCard, by: Actor) -> Answer:
    assert by.person_id is not None
    partner_id = pair.partner_id_of(by.person_id)
    missed = queries.after(pair, after, size=CATCH_UP)
    found = pages.in_order(pair, missed, by, with_kept_back=True)
    return {
        "room": card.wire,
        "lines": showing.wires(found, by.person_id, card.zone, answers=pages.said_to(found)),
        "more": missed.more,
        "here": card.is_open and presence.is_here(pair.id, partner_id),
        "got": max(queries.seats(pair, by).partner_got, presence.got_by(pair.id, partner_id)),
    }


@on("chat.say", Permission.Chat.SAY, Say, at_most="40 per minute")
def say(said: Say, by: Actor) -> Answer:
    """Say a line. The answer comes when it is kept for good."""
    pair = doors.remembered(said.pair, by)
    seat = _seat(pair.id)
    if seat is not None:
        seat.saying = said.key
    body = said.body or ""
    try:
        kept = services.send(
            pair, key=said.key, body=body, sticker=said.sticker, quotes=said.quotes, by=by
        )
    except PenpalError as why:
        return answers.refused(why, body)
    language = live.language_of(request.sid)  # type: ignore[attr-defined]
    return answers.said(kept, by=by, language=language)


@on("chat.unsend", Permission.ChatLine.UNSEND, Unsend, at_most="30 per minute")
def unsend(said: Unsend, by: Actor) -> None:
    """Take one's own line back; the event tells both."""
    line = access.load(ChatLine, by, said.line)
    if line.pair_id != said.pair:
        raise NotFound
    services.unsend(line, by=by)


@on("chat.got", Permission.Chat.READ, Upto, at_most="200 per minute")
def got(said: Upto, by: Actor) -> None:
    """The page holds the lines up to this one."""
    delivery.mark(_taken(said.pair, by), said.sequence, is_seen=False)


@on("chat.seen", Permission.Chat.READ, Upto, at_most="200 per minute")
def seen(said: Upto, by: Actor) -> None:
    """Somebody looked at the lines up to this one."""
    delivery.mark(_taken(said.pair, by), said.sequence, is_seen=True)


@on("chat.typing", Permission.Chat.SAY, Typing, at_most="60 per minute")
def typing(said: Typing, by: Actor) -> None:
    """Somebody writes, or stopped."""
    delivery.typing(_taken(said.pair, by), said.on)


def _seat(pair_id: int) -> Seat | None:
    return presence.seat_of(request.sid, pair_id)  # type: ignore[attr-defined]


def _taken(pair_id: int, by: Actor) -> Seat:
    """The seat of this page, which was given after the rulebook had been asked. Raises ``NotFound``."""
    seat = _seat(pair_id)
    if seat is None or seat.person_id != by.person_id:
        raise NotFound
    return seat
