"""The home of a pair: who we are, what is next, what has passed between us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from penpal.desk import looking_back, pair_lines
from penpal.desk.pair_lines import Month, Thumb
from penpal.kernel import calendar, clock
from penpal.kernel.access import Actor
from penpal.letters import together as letters
from penpal.letters import wording
from penpal.places import sky
from penpal.twinning import queries as pairs
from penpal.twinning import reminding, steps, timeline
from penpal.twinning.queries import PairCard, Side
from penpal.twinning.steps import Known, Standing, Step

_SHOWN = 30


@dataclass(frozen=True)
class Place:
    """One end of the band across the top: a person, a town, its sky."""

    display_name: str
    place: str
    stamp: str
    stamp_name: str
    foot: str
    sunset: str
    is_day: bool


@dataclass(frozen=True)
class StudentHome:
    card: PairCard
    left: Place
    right: Place
    kilometres: int | None
    days: int
    exchanged: int
    step: Step | None
    standings: tuple[Standing, ...]
    months: tuple[Month, ...]
    older: date | None
    """The month in which the timeline goes on."""
    face: Thumb | None
    """The partner's own picture."""
    looks_back: bool
    """A term ends these days: the way to 'our year' stands open."""
    reminded: str
    """What a teacher reminded them of, kindly; empty where nothing stands."""


def of(actor: Actor) -> StudentHome | None:
    """The home page of a student; None while they wait for a partner."""
    card = pairs.card_of(actor)
    if card is None:
        return None
    page = timeline.page(card, size=_SHOWN)
    ahead = steps.ahead(card)
    shown, face = pair_lines.with_thumbs(page.lines, pair_lines.face_among(ahead.known))
    moment = clock.now()
    return StudentHome(
        card=card,
        left=_place(card.me, ahead.known, moment),
        right=_place(card.partner, ahead.known, moment),
        kilometres=pair_lines.kilometres(card),
        days=(clock.today() - card.pair.since).days + 1,
        exchanged=letters.exchanged(ahead.known),
        step=ahead.step,
        standings=ahead.standings,
        months=pair_lines.by_month(shown),
        older=calendar.month_of(page.older.at) if page.older else None,
        face=face,
        looks_back=looking_back.is_time(ahead.known),
        reminded=reminding.standing(ahead.known) or "",
    )


def _place(side: Side, known: Sequence[Known], moment: datetime) -> Place:
    own = letters.number_of(known, side.person_id)
    sets = sky.sunset_at(side.spot, clock.today()) if side.spot else None
    return Place(
        display_name=side.display_name,
        place=side.place,
        stamp=side.stamp,
        stamp_name=side.stamp_name,
        foot=wording.formal(own) if own else "",
        sunset=f"{sets:%H:%M}" if sets else "",
        is_day=sky.is_day(side.spot, moment) if side.spot else True,
    )
