"""Whether a room is open: in the hours of both schools, told on the clock of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from penpal.chat import queries, wording
from penpal.chat.doors import Door, Room
from penpal.chat.refusals import RoomClosed
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.places import rest
from penpal.places.rest import Opening, Rest, Why
from penpal.safeguarding import block_queries
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A room as one of the two finds it. ``state`` is open, closed, off, paused or ended.

    ``closes_at`` and ``opens_at`` are the next such moments, in UTC; ``zone`` is that of the
    reader's own school, on whose clock they are told.
    """

    pair_id: int
    state: str
    words: str
    closes_at: datetime | None
    opens_at: datetime | None
    zone: ZoneInfo

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def wire(self) -> dict[str, str]:
        """What goes to the page, its times as texts."""
        now = clock.now()
        closes, opens = (
            wording.moment(at, now, self.zone) if at else ""
            for at in (self.closes_at, self.opens_at)
        )
        return {"state": self.state, "words": self.words, "closes": closes, "opens": opens}


def of(pair_id: int) -> Opening:
    """What the hours of the two schools say of a room at this moment."""
    first, second = queries.schools_of(pair_id)
    return rest.together(rest.of(first), rest.of(second), clock.now())


def card(pair: Pair, *, by: Actor) -> RoomCard:
    """The room as one of the two finds it; whoever asks was let in to the pair."""
    mine, theirs = _rests(pair, by)
    hours = rest.together(mine, theirs, clock.now())
    state = _state(pair, hours)
    is_hours = state in ("open", "closed")
    opens_at = hours.opens_at if state == "closed" else None
    return RoomCard(
        pair_id=pair.id,
        state=state,
        words=wording.state(state, hours.why, opens_at, mine.zone),
        closes_at=hours.closes_at if is_hours else None,
        opens_at=opens_at,
        zone=mine.zone,
    )


def _state(pair: Pair, hours: Opening) -> str:
    if pair.state is not PairState.ACTIVE:
        return "ended"
    if block_queries.is_paused(pair.id):
        return "paused"
    if hours.is_open:
        return "open"
    return "closed" if hours.is_on else "off"


def zone_of(pair: Room, *, by: Actor) -> ZoneInfo:
    """The clock of the reader's own school."""
    return _rests(pair, by)[0].zone


def insist(pair: Room, *, by: Actor, whatever_hour: bool = False) -> ZoneInfo:
    """Raise ``RoomClosed`` where nothing can be said now; gives the clock of the speaker's school.

    ``whatever_hour`` asks only whether chat is switched on.
    """
    mine, theirs = _rests(pair, by)
    hours = rest.together(mine, theirs, clock.now())
    if hours.is_open or (whatever_hour and hours.is_on):
        return mine.zone
    raise RoomClosed(hours.opens_at, wording.OFF if hours.why is Why.OFF else None)


def _rests(pair: Room, by: Actor) -> tuple[Rest, Rest]:
    """The hours of the reader's school and those of the partner's."""
    schools = pair.schools if isinstance(pair, Door) else queries.schools_of(pair.id)
    first, second = (rest.of(school_id) for school_id in schools)
    return (first, second) if by.person_id == pair.supported_student_id else (second, first)
