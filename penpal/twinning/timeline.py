"""What has passed between two, newest first: each room registers its part, and one query gathers them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import get_locale

from penpal.kernel import calendar
from penpal.kernel.db import Moment, rows
from penpal.media.models import Photo
from penpal.twinning.participation import Kind
from penpal.twinning.queries import PairCard

PAIR = sa.bindparam("pair_id", type_=sa.Integer)
READER = sa.bindparam("reader_id", type_=sa.Integer)
"""What stands in each part for the pair and for whoever of the two looks."""

_ORDER = ("at", "kind", "id")
_BEFORE = (
    sa.bindparam("before_at", type_=Moment),
    sa.bindparam("before_kind", type_=sa.String),
    sa.bindparam("before_id", type_=sa.Integer),
)


class Row(NamedTuple):
    """One line as the database tells it. Without an author it belongs to both."""

    at: datetime
    kind: str
    id: int
    author_id: int | None
    title: str
    excerpt: str
    state: str
    has_photos: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands beside a line: tone is that of a status pill (ok, wait, info, warn, or empty)."""

    tone: str
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is drawn. ``side`` is a (own), b (partner's) or c (shared).

    ``who`` is the author's name, or for a line of both what happened ('约好了'). ``is_closed``
    tells that nothing of it may be shown yet, its photos included; ``keepsake`` that a book was read
    or a thing done, for the page that looks back on a year.
    """

    icon: str
    title: str
    excerpt: str = ""
    url: str = ""
    mark: Mark | None = None
    who: str = ""
    is_closed: bool = False
    keepsake: Kind | None = None
    has_photos: bool = False
    at: datetime | None = None
    kind: str = ""
    id: int = 0
    side: str = "c"

    def __hash__(self) -> int:
        # Pages are remembered by value and looked up often: what differs in a word differs in few keys.
        return hash((self.kind, self.id, self.at))


class Place(NamedTuple):
    """Where a page ended: what comes next is older than this."""

    at: datetime
    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Lines:
    """``last`` is where the page ended and ``older`` the first line that found no room; None at the end."""

    lines: tuple[Line, ...]
    last: Place | None
    older: Place | None


Draw = Callable[[Row, PairCard], Line]
_parts: dict[str, sa.Select[Any]] = {}
_draws: dict[str, Draw] = {}


def part(
    *,
    at: Any,
    kind: str,
    id: Any,
    author_id: Any = None,
    title: Any = "",
    excerpt: Any = "",
    state: Any = "",
) -> sa.Select[Any]:
    """The columns of a part, each with the type that the other parts have too; to be narrowed with ``where``."""
    return sa.select(
        at.label("at"),
        sa.cast(sa.literal(kind), sa.String).label("kind"),
        id.label("id"),
        (sa.cast(sa.null(), sa.Integer) if author_id is None else author_id).label("author_id"),
        _text(title).label("title"),
        _text(excerpt).label("excerpt"),
        _text(state).label("state"),
    )


def register(select: sa.Select[Any], **draw: Draw) -> None:
    """Add a part, made with ``part``, and how its kind is drawn.

    The select is narrowed with ``PAIR`` and ``READER``, and holds nothing that this reader must
    not see yet. It has neither order nor limit. A line is drawn from its row and the card alone.
    """
    ((kind, drawn),) = draw.items()
    _draws[kind] = drawn
    _parts[kind] = select
    _newest.cache_clear()
    _by_month.cache_clear()
    _draw.cache_clear()


def page(
    card: PairCard,
    *,
    size: int,
    before: Place | None = None,
    within: tuple[datetime, datetime] | None = None,
) -> Lines:
    """The newest lines, from where the last page ended, or within a span of time; in one query."""
    bounds: dict[str, object] = {}
    if before is not None:
        bounds |= {f"before_{name}": value for name, value in zip(_ORDER, before, strict=True)}
    if within is not None:
        bounds |= zip(("begin", "end"), within, strict=True)
    found = rows(
        _newest(before is not None, within is not None),
        pair_id=card.pair.id,
        reader_id=card.me.person_id,
        size=size + 1,
        **bounds,
    )
    last, older = (
        (Place(*row[:3]) for row in found[size - 1 : size + 1])
        if len(found) > size
        else (None, None)
    )
    return Lines(_draw(tuple(found[:size]), card, str(get_locale())), last, older)


def by_month(card: PairCard) -> dict[date, int]:
    """How many lines each month has, the newest month first."""
    found = rows(_by_month(), pair_id=card.pair.id, reader_id=card.me.person_id)
    named = ((calendar.month_typed(row.month), row.number) for row in found)
    return {first: number for first, number in named if first is not None}


@lru_cache(maxsize=1024)
def _draw(found: tuple[Any, ...], card: PairCard, _language: str) -> tuple[Line, ...]:
    """Words and addresses of thirty lines cost more than finding them: the same rows read the same."""
    return tuple(_drawn(Row(*row), card) for row in found)


def _drawn(row: Row, card: PairCard) -> Line:
    line = _draws[row.kind](row, card)
    mine = row.author_id == card.me.person_id
    author = card.me if mine else card.partner
    return replace(
        line,
        at=row.at,
        kind=row.kind,
        id=row.id,
        has_photos=bool(row.has_photos) and not line.is_closed,
        side="c" if row.author_id is None else "a" if mine else "b",
        who=line.who or ("" if row.author_id is None else author.display_name),
    )


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return sa.cast(sa.literal(value), sa.String)
    if isinstance(value.type, sa.String) and not isinstance(value.type, sa.Enum):
        return sa.func.coalesce(value, "")
    return sa.cast(value, sa.String)


@cache
def _newest(further: bool, bounded: bool) -> Any:
    """Each part is cut first, by its own index of time, and then all of them together."""
    size = sa.bindparam("size", type_=sa.Integer)
    cut = []
    for each in _parts.values():
        columns = each.subquery().c
        statement = sa.select(*columns)
        if further:
            here = sa.tuple_(*(columns[name] for name in _ORDER))
            # The first bound alone is what an index of time can use.
            statement = statement.where(columns["at"] <= _BEFORE[0], here < sa.tuple_(*_BEFORE))
        if bounded:
            statement = statement.where(
                columns["at"] >= sa.bindparam("begin", type_=Moment),
                columns["at"] < sa.bindparam("end", type_=Moment),
            )
        # Within a part the kind is one and the same: to name it would cost the order of the index.
        last = [columns[name].desc() for name in ("at", "id")]
        cut.append(sa.select(*statement.order_by(*last).limit(size).subquery().c))
    gathered = sa.union_all(*cut).subquery().c
    last = [gathered[name].desc() for name in _ORDER]
    newest = sa.select(*gathered).order_by(*last).limit(size).subquery().c
    photo = sa.inspect(Photo).local_table.c
    pictured = sa.exists().where(photo.about_kind == newest["kind"], photo.about_id == newest["id"])
    last = [newest[name].desc() for name in _ORDER]
    return sa.select(*newest, pictured.label("has_photos")).order_by(*last)


@cache
def _by_month() -> Any:
    moments = sa.union_all(
        *(sa.select(each.subquery().c["at"]) for each in _parts.values())
    ).subquery()
    month = calendar.LocalMonth(moments.c["at"]).label("month")
    return (
        sa.select(month, sa.func.count().label("number"))
        .group_by("month")
        .order_by(sa.desc("month"))
    )
