"""Finding what was said: words in one room, by reading its lines, and lines picked for a letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup

from penpal.chat import wording
from penpal.chat.queries import LINE, PAIR, LineRow
from penpal.chat.states import LineState
from penpal.kernel import clock, paging, search
from penpal.kernel.db import rows
from penpal.kernel.paging import Page
from penpal.twinning.models import Two

PAGE = 20
_AROUND = 20
"""Lines after a hit on the page where it is shown in its place."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that was found. ``place`` is what to ask the room's page for, to see it among the others."""

    id: int
    sequence: int
    author_id: int
    day: str
    time: str
    marked: Markup
    place: int


def find(
    pair: Two, words: Sequence[str], zone: ZoneInfo, *, before: int | None = None, size: int = PAGE
) -> Page[Hit]:
    """Lines in which all the words stand, the newest first. What was unsent is not among them."""
    if not words:
        return Page((), None)
    values = {f"word{number}": search.pattern(word) for number, word in enumerate(words)}
    found = rows(
        _with_words(len(words), before is not None),
        pair=pair.id,
        size=size + 1,
        before=before,
        **values,
    )
    today = clock.now().astimezone(zone).date()
    hits = [_hit(row, words, today, zone) for row in found]
    return paging.cut(hits, size, key=lambda hit: hit.sequence)


@cache
def _with_words(count: int, further: bool) -> Any:
    """LIKE, not an index: it finds single characters in any script, within the lines of one room."""
    statement = (
        sa.select(LINE.id, LINE.sequence, LINE.author_id, LINE.body, LINE.sent_at)
        .where(
            LINE.pair_id == PAIR,
            LINE.sequence.is_not(None),
            LINE.state == LineState.SENT,
            *(
                LINE.folded.like(sa.bindparam(f"word{number}", type_=sa.String), escape="\\")
                for number in range(count)
            ),
        )
        .order_by(LINE.sequence.desc())
        .limit(sa.bindparam("size", type_=sa.Integer))
    )
    if further:
        statement = statement.where(LINE.sequence < sa.bindparam("before", type_=sa.Integer))
    return statement


def _hit(row: Any, words: Sequence[str], today: Any, zone: ZoneInfo) -> Hit:
    here = row.sent_at.astimezone(zone)
    return Hit(
        row.id,
        row.sequence,
        row.author_id,
        wording.day(here.date(), today),
        f"{here:%H:%M}",
        search.extract(row.body, words).marked,
        row.sequence + _AROUND,
    )


def as_letter(lines: Sequence[LineRow], names: Mapping[int, str], me: int | None) -> str:
    """Picked lines as the first words of a letter: who said what, each in a paragraph of its own."""
    said = [
        _("我说：%(words)s", words=line.body)
        if line.author_id == me
        else _("%(name)s说：%(words)s", name=names[line.author_id], words=line.body)
        for line in lines
    ]
    return "\n\n".join([*said, ""])
