"""A mailbox as one looks through it: by month, by who wrote, by what waits for an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from penpal.kernel import access, calendar, clock, numbers, paging
from penpal.kernel.access import Actor
from penpal.kernel.db import rows
from penpal.letters import queries
from penpal.letters.models import Letter
from penpal.letters.queries import LETTER, ME, PAGE, LetterRow
from penpal.permissions import Permission
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair, Two
from penpal.twinning.queries import PairCard

_IN_SIGHT = 5
"""Letters that stand open at least, where there are so many: months unfold until then."""


class Show(StrEnum):
    """Which letters one looks at."""

    ALL = "all"
    THEIRS = "theirs"
    MINE = "mine"
    UNANSWERED = "unanswered"
    """Of the partner's, after which one has sent none."""
    DRAFTS = "drafts"


def whose(asking: Actor, asked: Mapping[str, str]) -> PairCard | None:
    """The pair that an address names, else the active one; None for all the pairs of the past."""
    pair_id = numbers.typed(asked.get("pair"))
    if pair_id is None:
        return None if "past" in asked else pairs.card_of(asking)
    chosen = access.load(Pair, asking, pair_id)
    access.authorize(asking, Permission.Pair.SEE, chosen)
    return pairs.card(chosen, asking)


def show_of(typed: str | None) -> Show:
    return Show(typed) if typed in set(Show) else Show.ALL


@dataclass(frozen=True, slots=True)
class Month:
    """A fold of the mailbox. ``count`` is of the whole month, ``letters`` what of it is on the page."""

    first: date
    count: int
    letters: Sequence[LetterRow]
    open: bool


@dataclass(frozen=True, slots=True)
class IndexMonth:
    first: date
    count: int
    here: bool


class Counts(NamedTuple):
    """How many letters each choice of ``Show`` has."""

    all: int
    theirs: int
    mine: int
    unanswered: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Box:
    """``posted`` is on its way still. ``index`` has all months of what is shown, by year, where not all of
    them are on the page.

    ``older`` is the sequence number to ask the next page with.
    """

    drafts: Sequence[LetterRow]
    posted: Sequence[LetterRow]
    months: Sequence[Month]
    counts: Counts
    index: Sequence[tuple[int, Sequence[IndexMonth]]]
    older: int | None


def look(
    pair: Two,
    actor: Actor,
    *,
    show: Show = Show.ALL,
    month: date | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> Box:
    """A page of the pair's letters, newest first, from a month on or from where the last page ended.

    The actor's drafts and what they have on the way lie on top of the first page: however many there
    are, they push no letter out of reach. What has not been opened yet has no words here.
    """
    start = "before" if before else "until" if month else "newest"
    found = rows(
        _page(show, start),
        pair=pair.id,
        me=actor.person_id,
        size=size + 1,
        before=before,
        until=calendar.month_ends(month) if month else None,
    )
    told = next(row.start for row in found if row.id is None)
    letters = [
        queries.row_of(row, queries.excerpt(row.start)) for row in found if row.id is not None
    ]
    drafts = tuple(row for row in letters if row.is_draft)
    posted = tuple(row for row in letters if row.is_posted)
    page = paging.cut(
        [row for row in letters if row.is_delivered], size, key=lambda row: row.sequence
    )
    counts, months = _tally(told or "", show)
    folds = tuple(_folds(page.rows, months))
    return Box(
        drafts,
        posted,
        folds,
        Counts(*(counts[each] for each in Show)),
        _index(months, folds),
        page.older,
    )


def _last_of_mine(pair_id: Any) -> Any:
    """The place of my last letter in the exchange; 0 before the first."""
    own = sa.inspect(Letter).local_table.alias("own").c
    last = (
        sa.select(own.sequence)
        .where(own.pair_id == pair_id, own.author_id == ME, own.sequence.is_not(None))
        .order_by(own.sequence.desc())
        .limit(1)
    )
    return sa.func.coalesce(last.scalar_subquery(), 0)


@cache
def _page(show: Show, start: str) -> Any:
    """Letters, drafts and, in one more row without an id, all counts: one query instead of many."""
    parts = []
    if show is not Show.DRAFTS:
        begin = {
            "newest": sa.true(),
            "before": queries.before(),
            "until": LETTER.delivered_at < sa.bindparam("until", type_=LETTER.delivered_at.type),
        }
        parts.append(queries.delivered(kept(show), begin[start]))
    if show in (Show.ALL, Show.MINE) and start == "newest":
        parts.append(queries.posted())
    if show in (Show.ALL, Show.DRAFTS) and start == "newest":
        parts.append(queries.drafts())
    counts = sa.select(*[sa.null()] * 7, _counts(), *[sa.null()] * 3)
    return sa.union_all(*(sa.select(*part.subquery().c) for part in parts), counts)


def kept(show: Show, pair_id: Any = queries.PAIR) -> Any:
    """Which of the delivered letters of a pair are shown."""
    theirs = LETTER.author_id != ME
    unanswered = sa.and_(theirs, LETTER.sequence > _last_of_mine(pair_id))
    return {Show.THEIRS: theirs, Show.MINE: ~theirs, Show.UNANSWERED: unanswered}.get(
        show, sa.true()
    )


_COUNTED_AS = {
    "d": {Show.DRAFTS},
    "m": {Show.ALL, Show.MINE},
    "t": {Show.ALL, Show.THEIRS},
    "u": {Show.ALL, Show.THEIRS, Show.UNANSWERED},
}


def _counts() -> Any:
    """How many letters of which kind lie in which month, in one text: ``2026-09m3 2026-09t2 d1``."""
    mine = LETTER.author_id == ME
    kind = sa.case(
        (queries.is_draft, "d"),
        # What is on its way is counted with what one wrote, and lies in no month yet.
        (mine, "m"),
        (LETTER.sequence > _last_of_mine(queries.PAIR), "u"),
        else_="t",
    )
    groups = (
        sa.select(
            sa.func.coalesce(calendar.LocalMonth(LETTER.delivered_at), "").label("month"),
            kind.label("kind"),
            sa.func.count().label("number"),
        )
        .where(queries.of_pair, sa.or_(queries.is_delivered, mine))
        .group_by("month", "kind")
        .subquery()
    )
    told = groups.c.month + groups.c.kind + sa.cast(groups.c.number, sa.String)
    return sa.select(sa.func.aggregate_strings(told, " ")).scalar_subquery()


def _tally(told: str, show: Show) -> tuple[Counter[Show], Counter[date]]:
    """The letters of each kind, and how many of those shown lie in each month."""
    counts: Counter[Show] = Counter()
    months: Counter[date] = Counter()
    for month, letter, number in re.findall(r"(\S*)([dmtu])([0-9]+)", told):
        kinds = _COUNTED_AS[letter]
        for one in kinds:
            counts[one] += int(number)
        first = calendar.month_typed(month)
        if first and show in kinds:
            months[first] += int(number)
    return counts, months


def _folds(letters: Sequence[LetterRow], months: Counter[date]) -> Iterator[Month]:
    seen = 0
    for first, group in groupby(letters, key=lambda row: clock.local(row.at).date().replace(day=1)):
        held = tuple(group)
        yield Month(first, max(months[first], len(held)), held, seen < _IN_SIGHT)
        seen += len(held)


def _index(
    months: Counter[date], folds: Sequence[Month]
) -> Sequence[tuple[int, Sequence[IndexMonth]]]:
    here = {fold.first for fold in folds}
    if here >= months.keys():
        return ()
    entries = [
        IndexMonth(first, months[first], first in here) for first in sorted(months, reverse=True)
    ]
    by_year = groupby(entries, key=lambda one: one.first.year)
    return tuple((year, tuple(group)) for year, group in by_year)
