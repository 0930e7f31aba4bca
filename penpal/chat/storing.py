"""Lines stored within one transaction: numbered in their rooms, each once for its key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import sqlalchemy as sa

from penpal.chat import recalling, rooms
from penpal.chat.events import LineSent, Words
from penpal.chat.lines import Answer, Kept, Name, NewLine, Refused
from penpal.chat.models import ChatLine, ChatRoom
from penpal.chat.states import LineState
from penpal.kernel import clock, html
from penpal.kernel.db import Moment, rows, session
from penpal.safeguarding import block_queries
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState


def store(
    lines: Sequence[NewLine], *, unsure: Collection[Name] = ()
) -> tuple[list[Answer], list[LineSent]]:
    """Keep these lines, in this order, in the transaction of the caller.

    Gives the answers in the order of the lines, and what is to be told after the commit: of each new
    line, and of those of ``unsure`` that turn out to be there already.
    """
    first: dict[Name, NewLine] = {}
    for line in lines:
        first.setdefault(line.name, line)
    # Numbers first: that holds the rooms and pairs, so that what is looked at next stays so.
    counts = Counter(line.pair_id for line in first.values())
    last = _count_up(counts)
    if len(last) < len(counts):
        rooms.furnish([pair_id for pair_id in counts if pair_id not in last])
        last |= _count_up({pair_id: counts[pair_id] for pair_id in counts if pair_id not in last})
    found = _look(first.values())
    behind = _behind(first.values(), {pair_id: last[pair_id] - counts[pair_id] for pair_id in last})
    settled = {
        name: _settled(line, found[name], is_behind=name in behind) for name, line in first.items()
    }
    fresh = [line for name, line in first.items() if settled[name] is None]
    spare = counts - Counter(line.pair_id for line in fresh)
    if spare:
        # In no room a number stays away: those of lines that are not stored are given back.
        last |= _count_up({pair_id: -spare[pair_id] for pair_id in spare if pair_id in last})
    kept = _insert(fresh, last) if fresh else {}
    answers: list[Answer] = []
    news = []
    for line in lines:
        answer = settled[line.name] or kept[line.name]
        if first[line.name] is not line:
            answer = _again(line, first[line.name], answer)
        answers.append(answer)
        if isinstance(answer, Kept) and (answer.is_new or line.name in unsure):
            news.append(_news(line, answer, found[line.name]))
    return answers, sorted(news, key=lambda event: (event.pair_id, event.sequence))


def _behind(lines: Iterable[NewLine], last: Mapping[int, int]) -> set[Name]:
    """Those whose author said something that the guard did not see beside them; ``last`` was before all."""
    said: set[tuple[int, int]] = set()
    found: set[Name] = set()
    for line in lines:
        author = (line.pair_id, line.author_id)
        if line.after is not None and (
            author in said or not recalling.is_all(line, last.get(line.pair_id, 0))
        ):
            found.add(line.name)
        elif line.body:
            said.add(author)
    return found


def _settled(line: NewLine, found: Any, *, is_behind: bool) -> Answer | None:
    """The answer for a line that is not to be stored; None for one that is."""
    if found.line_id is not None:
        is_same = all(getattr(found, name) == getattr(line, name) for name in _SAID)
        if not is_same or found.home_id != line.pair_id or found.sequence is None:
            return Refused.DIFFERENT
        return Kept(found.line_id, line.key, found.sequence, found.sent_at, is_new=False)
    if found.state is not PairState.ACTIVE or line.author_id not in (found.one_id, found.other_id):
        return Refused.CLOSED
    if found.is_paused:
        return Refused.PAUSED
    return Refused.BEHIND if is_behind else None


def _again(line: NewLine, first: NewLine, answer: Answer) -> Answer:
    """For a line that came twice in one batch, as when a page sends it again over a connection that broke."""
    if isinstance(answer, Kept):
        return replace(answer, is_new=False) if line == first else Refused.DIFFERENT
    return answer


def _insert(lines: Sequence[NewLine], last: dict[int, int]) -> dict[Name, Kept]:
    """Store them in one statement, each under its number; ``last`` is that of the last in each room."""
    following = dict(last)
    for pair_id, count in Counter(line.pair_id for line in lines).items():
        following[pair_id] -= count
    rows_of_it = []
    for line in lines:
        following[line.pair_id] += 1
        rows_of_it.append(
            (
                line.pair_id, following[line.pair_id], line.author_id, line.key, line.body,
                line.body_html, line.direction, line.folded, line.sticker, line.photos, line.quotes_id,
            )
        )  # fmt: skip
    now = clock.now()
    stored = rows(_INSERT[_dialect()], rows=json.dumps(rows_of_it), now=now)
    return {
        (row.author_id, row.key): Kept(row.id, row.key, row.sequence, now, is_new=True)
        for row in stored
    }


def _count_up(counts: Mapping[int, int]) -> dict[int, int]:
    """The last number of each room after so many more lines; a room that is not there yet is left out.

    Holds the pairs until the end, as does whoever closes or pauses one; in the order of their numbers,
    so that two batches never wait for each other in a circle.
    """
    counted = rows(_COUNT_UP[_dialect()], rows=json.dumps(list(counts.items())))
    return {row.pair_id: row.last_sequence for row in counted}


def _look(lines: Iterable[NewLine]) -> dict[Name, Any]:
    """How things stand for each line: its pair, and the line that has its key, if there is one."""
    names = json.dumps([(line.author_id, line.key, line.pair_id) for line in lines])
    looked = rows(_LOOK[_dialect()], rows=names)
    return {(row.author_id, row.key): row for row in looked}


def _dialect() -> str:
    return session().get_bind().dialect.name


def _news(line: NewLine, kept: Kept, found: Any) -> LineSent:
    partner_id = found.one_id if line.author_id == found.other_id else found.other_id
    words = Words(
        line.key, line.body, line.direction, line.sticker, line.photos, line.quotes_id, kept.sent_at
    )
    return LineSent(kept.id, line.pair_id, kept.sequence, line.author_id, partner_id, words)


_ROOM, _LINE = cast(sa.Table, ChatRoom.__table__), cast(sa.Table, ChatLine.__table__)
_PAIR = cast(sa.Table, Pair.__table__)

_SAID = ("body", "sticker", "quotes_id", "photos")
"""What makes a line that comes again the same one."""
_COLUMNS = (
    "pair_id",
    "sequence",
    "author_id",
    "key",
    "body",
    "body_html",
    "direction",
    "folded",
    "sticker",
    "photos",
    "quotes_id",
)
"""Of a line, in the order in which its values are handed over."""

Cell = Callable[[int, sa.types.TypeEngine[Any]], sa.ColumnElement[Any]]


def _given(dialect: str) -> tuple[sa.TableValuedAlias, Cell]:
    """A JSON array of arrays as rows, and the value at a place of such a row.

    One value of text, whatever the number of lines: handing over each column costs ten times that.
    """
    handed = sa.bindparam("rows", type_=sa.Text())
    if dialect == "sqlite":
        each = sa.func.json_each(handed).table_valued("value", name="given")
        return each, lambda place, kind: sa.type_coerce(
            sa.func.json_extract(each.c.value, f"$[{place}]"), kind
        )
    each = sa.func.json_array_elements(sa.cast(handed, sa.JSON)).table_valued("value", name="given")
    return each, lambda place, kind: sa.cast(
        each.c.value.op("->>")(sa.literal_column(str(place))), kind
    )


def _looking(dialect: str) -> sa.Select[Any]:
    each, cell = _given(dialect)
    author_id, key = cell(0, sa.Integer()), cell(1, sa.Text())
    return sa.select(
        author_id.label("author_id"),
        key.label("key"),
        _PAIR.c.state,
        _PAIR.c.supported_student_id.label("one_id"),
        _PAIR.c.supporting_student_id.label("other_id"),
        block_queries.running(_PAIR.c.id).label("is_paused"),
        _LINE.c.id.label("line_id"),
        _LINE.c.pair_id.label("home_id"),
        _LINE.c.sequence,
        _LINE.c.sent_at,
        *(_LINE.c[name] for name in _SAID),
    ).select_from(
        each.outerjoin(_PAIR, _PAIR.c.id == cell(2, sa.Integer())).outerjoin(
            _LINE, sa.and_(_LINE.c.author_id == author_id, _LINE.c.key == key)
        )
    )


def _counting_up(dialect: str) -> sa.Update:
    _each, cell = _given(dialect)
    more = sa.select(cell(0, sa.Integer()).label("pair_id"), cell(1, sa.Integer()).label("count"))
    if dialect == "postgresql":
        counts = more.subquery()
        more = (
            sa.select(_PAIR.c.id.label("pair_id"), counts.c.count)
            .join_from(_PAIR, counts, counts.c.pair_id == _PAIR.c.id)
            .order_by(_PAIR.c.id)
            .with_for_update(of=_PAIR, key_share=True)
        )
    held = more.cte("held")
    return (
        sa.update(_ROOM)
        .where(_ROOM.c.pair_id == held.c.pair_id)
        .values(last_sequence=_ROOM.c.last_sequence + held.c.count)
        .returning(_ROOM.c.pair_id, _ROOM.c.last_sequence)
    )


def _inserting(dialect: str) -> sa.Insert:
    each, cell = _given(dialect)
    now = sa.bindparam("now", type_=Moment())
    chosen = {name: cell(place, _LINE.c[name].type) for place, name in enumerate(_COLUMNS)} | {
        # Where a line begins: said at once, it has no state before.
        "state": sa.literal(LineState.SENT, _LINE.c.state.type),
        "is_open": sa.false(),
        "sanitiser": sa.literal(html.VERSION),
        "written_at": now,
        "sent_at": now,
    }
    return (
        sa.insert(_LINE)
        .from_select(
            list(chosen),
            sa.select(*(column.label(name) for name, column in chosen.items()))
            .select_from(each)
            .order_by(sa.literal_column("1"), sa.literal_column("2")),
            include_defaults=False,
        )
        .returning(_LINE.c.id, _LINE.c.author_id, _LINE.c.key, _LINE.c.sequence)
    )


_LOOK = {dialect: _looking(dialect) for dialect in ("sqlite", "postgresql")}
_COUNT_UP = {dialect: _counting_up(dialect) for dialect in ("sqlite", "postgresql")}
_INSERT = {dialect: _inserting(dialect) for dialect in ("sqlite", "postgresql")}
