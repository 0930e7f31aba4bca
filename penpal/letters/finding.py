"""Finding letters by the words in them: among one's own, and by reading, not by an index (ADR 0012)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Person, name_for_partners
from penpal.kernel import html, numbers, paging, search
from penpal.kernel.access import Actor
from penpal.kernel.db import rows
from penpal.letters import box, queries
from penpal.letters.box import Show
from penpal.letters.models import Letter
from penpal.letters.queries import LETTER, ME, PAGE, LetterRow
from penpal.letters.states import LetterState
from penpal.twinning.models import Pair, Two


@dataclass(frozen=True, slots=True)
class Found:
    """A page of letters by pair; their excerpts have the words marked.

    ``total`` counts from this page on. ``older`` is the id to ask the next page with.
    """

    pairs: Sequence[tuple[int, Sequence[LetterRow]]]
    total: int
    older: int | None


def find(
    words: Sequence[str],
    actor: Actor,
    *,
    pair: Two | None,
    show: Show = Show.ALL,
    after: int | None = None,
    size: int = PAGE,
) -> Found:
    """The letters in which all the words stand, newest first; without a pair those of all partners.

    One's own and those received and opened: to find an unopened one would be to read it.
    """
    if not words:
        return Found([], 0, None)
    hits = rows(
        _hits(len(words), show, pair is None, after is not None),
        me=actor.person_id,
        pair=pair.id if pair else None,
        after=after,
        size=size + 1,
        **{f"word_{number}": search.pattern(word) for number, word in enumerate(words)},
    )
    page = paging.cut(hits, size, key=lambda row: row.id)
    grouped = groupby(page.rows, key=lambda row: row.pair_id)
    return Found(
        [(pair_id, [_marked(row, words) for row in group]) for pair_id, group in grouped],
        hits[0].total if hits else 0,
        page.older,
    )


def partner_names(actor: Actor) -> dict[int, str]:
    """By pair, the names of all with whom the actor is or was paired."""
    found = rows(_partners(), me=actor.person_id)
    return {row.id: name_for_partners(row.display_name) for row in found}


@cache
def _partners() -> Any:
    partner = sa.and_(
        Person.id.in_([Pair.supported_student_id, Pair.supporting_student_id]), Person.id != ME
    )
    return sa.select(Pair.id, Person.display_name).join(Person, partner).where(_own_pair())


def _marked(row: Any, words: Sequence[str]) -> LetterRow:
    around = search.extract(row.start, words)
    return replace(queries.row_of(row, around.marked), direction=html.direction(around.text))


@cache
def _hits(words: int, show: Show, everywhere: bool, further: bool) -> Any:
    mine = LETTER.author_id == ME
    opened = sa.and_(LETTER.recipient_id == ME, LETTER.state == LetterState.OPENED)
    kept = {
        Show.ALL: sa.true(),
        Show.DRAFTS: queries.is_draft,
    }.get(show, sa.and_(_sent(show), box.kept(show, LETTER.pair_id)))
    statement = queries.columns(
        sa.func.coalesce(LETTER.delivered_at, LETTER.saved_at),
        LETTER.body,
        LETTER.pair_id,
        sa.func.count().over().label("total"),
    ).where(
        LETTER.pair_id.in_(sa.select(Pair.id).where(_own_pair()))
        if everywhere
        else queries.of_pair,
        sa.or_(mine, opened),
        kept,
        *(
            LETTER.folded.like(sa.bindparam(f"word_{number}", type_=sa.String), escape="\\")
            for number in range(words)
        ),
    )
    here = _place(LETTER)
    if further:
        last = sa.inspect(Letter).local_table.alias("last").c
        there = sa.select(*_place(last)).where(
            last.id == sa.bindparam("after", type_=sa.Integer),
            sa.or_(last.author_id == ME, last.recipient_id == ME),
        )
        statement = statement.where(sa.tuple_(*here) < there.scalar_subquery())
    return statement.order_by(*(part.desc() for part in here)).limit(
        sa.bindparam("size", type_=sa.Integer)
    )


def _sent(show: Show) -> Any:
    """What is on its way is among what one wrote."""
    if show is Show.MINE:
        return sa.or_(queries.is_delivered, queries.is_posted)
    return queries.is_delivered


def _own_pair() -> Any:
    return sa.or_(Pair.supported_student_id == ME, Pair.supporting_student_id == ME)


def _place(letter: Any) -> tuple[Any, ...]:
    """Where a letter stands in the order of time: partner after partner; what has not come yet is newest."""
    return letter.pair_id, sa.func.coalesce(letter.sequence, numbers.LARGEST), letter.id
