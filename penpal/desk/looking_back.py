"""Our year: what two have done together, for the two alone, when a term ends or whenever they like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from penpal.desk import pair_lines
from penpal.desk.pair_lines import Shown, Thumb
from penpal.kernel import clock
from penpal.kernel.db import rows, session
from penpal.letters import queries as letters
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from penpal.programmes.models import Round
from penpal.twinning import steps, timeline
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.participation import Kind
from penpal.twinning.queries import PairCard
from penpal.twinning.steps import Known
from penpal.twinning.timeline import PAIR

ROOM = "years"
TERM_ENDS = (((1, 1), (2, 20)), ((6, 20), (8, 31)))
"""When terms end in most schools, as days of the year, the last one included."""
_YEAR_BEGINS = (9, 1)
_BEFORE, _AFTER = timedelta(days=20), timedelta(days=50)
"""Around the end of the programme's year: then, too, one looks back."""
_MOST_LINES = 600
_MOST_PICTURES = 24


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first lines of somebody's first letter, which both have read."""

    letter_id: int
    name: str
    side: str
    words: str
    direction: str
    at: datetime


@dataclass(frozen=True)
class Year:
    """``last`` is included. ``travelled`` is how far all letters went, in kilometres."""

    card: PairCard
    first: date
    last: date
    letters: int
    travelled: int | None
    kilometres: int | None
    beginnings: tuple[Beginning, ...]
    books: tuple[Shown, ...]
    things: tuple[Shown, ...]
    pictures: tuple[tuple[Thumb, str], ...]
    """Photos, each with the title of what it belongs to."""


def of(card: PairCard) -> Year:
    """The year of a pair that is going on; of a pair that has ended, its last one."""
    first, last = _span(card)
    page = timeline.page(card, size=_MOST_LINES, within=(_midnight(first), _after(last)))
    shown, _face = pair_lines.with_thumbs(page.lines)
    number = sum(line.kind == "letter" for line in page.lines)
    distance = pair_lines.kilometres(card)
    pictures = ((thumb, line.title) for line, thumbs in shown for thumb in thumbs)
    return Year(
        card,
        first,
        last,
        number,
        number * distance if distance is not None else None,
        distance,
        _beginnings(card, first, last),
        _kept(shown, Kind.BOOK),
        _kept(shown, Kind.THING),
        tuple(pictures)[:_MOST_PICTURES],
    )


def is_time(known: tuple[Known, ...]) -> bool:
    """Whether a term ends these days, by the programme's own calendar or else by that of most schools."""
    today = clock.today()
    ends = next((date.fromisoformat(fact.title) for fact in known if fact.room == ROOM), None)
    if ends is not None and ends - _BEFORE <= today <= ends + _AFTER:
        return True
    day = (today.month, today.day)
    return any(first <= day <= last for first, last in TERM_ENDS)


def register() -> None:
    steps.know(ROOM, lambda: [_round_ends()])


def _round_ends() -> sa.Select[Any]:
    return (
        steps.part(ROOM, "ends", title=Round.ends)
        .join(Twinning, Twinning.round_id == Round.id)
        .join(Pair, Pair.twinning_id == Twinning.id)
        .where(Pair.id == PAIR)
    )


def _span(card: PairCard) -> tuple[date, date]:
    """The programme's year that is running, or else the school year, from September on."""
    pair = session().get_one(Pair, card.pair.id)
    day = pair.closed_on or clock.today()
    round_ = session().scalar(
        sa.select(Round)
        .where(Round.programme_id == pair.programme_id, Round.begins <= day)
        .order_by(Round.begins.desc())
        .limit(1)
    )
    if round_ is not None and day <= round_.ends + _AFTER:
        return round_.begins, round_.ends
    year = day.year - ((day.month, day.day) < _YEAR_BEGINS)
    return date(year, *_YEAR_BEGINS), date(year + 1, *_YEAR_BEGINS) - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.CHINA)


def _after(day: date) -> datetime:
    return _midnight(day + timedelta(days=1))


def _kept(shown: tuple[Shown, ...], kind: Kind) -> tuple[Shown, ...]:
    return tuple(one for one in reversed(shown) if one[0].keepsake is kind)


def _beginnings(card: PairCard, first: date, last: date) -> tuple[Beginning, ...]:
    found = rows(_first_letters(), pair_id=card.pair.id)
    sides = {card.me.person_id: ("a", card.me), card.partner.person_id: ("b", card.partner)}
    told = []
    for row in found:
        if not first <= clock.local(row.delivered_at).date() <= last:
            continue
        side, author = sides[row.author_id]
        words = letters.excerpt(row.words)
        told.append(
            Beginning(row.id, author.display_name, side, words, row.direction, row.delivered_at)
        )
    return tuple(told)


@cache
def _first_letters() -> Any:
    letter = sa.inspect(Letter).local_table.c
    return (
        sa.select(
            letter.id,
            letter.author_id,
            letter.direction,
            letter.delivered_at,
            sa.func.substr(letter.body, 1, 240).label("words"),
        )
        .where(letter.pair_id == PAIR, letter.number == 1, letter.state == LetterState.OPENED)
        .order_by(letter.sequence)
    )
