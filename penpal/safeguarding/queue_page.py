"""What the page of the queue is drawn from: the list, one item, its neighbours, who else looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_timedelta, lazy_gettext
from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.errors import Text
from penpal.safeguarding import looking, phrases, queue
from penpal.safeguarding.queue import Item, Row, Tab

ALL = Tab("all", lazy_gettext("全部"), -1)


@dataclass(frozen=True)
class Line:
    """A row as the list shows it: how long it has waited, or whether its time is over, in words."""

    row: Row
    waited: str
    is_current: bool
    is_overdue: bool
    can_be_chosen: bool


@dataclass(frozen=True)
class Page:
    """``item`` is None when nothing waits, or nothing is chosen."""

    tabs: Sequence[tuple[Tab, int]]
    tab: Tab
    lines: Sequence[Line]
    place: int
    item: Item | None
    before: Row | None
    after: Row | None
    others: Sequence[str]
    phrases: Sequence[tuple[int, str]]
    is_shared: bool = False

    @property
    def can_choose(self) -> bool:
        return any(line.can_be_chosen for line in self.lines)


def tab_of(key: str) -> Tab:
    return next((tab for tab in queue.tabs() if tab.key == key), ALL)


def in_tab(rows: Sequence[Row], tab: Tab) -> list[Row]:
    return [row for row in rows if tab is ALL or row.tab.key == tab.key]


def of(
    actor: Actor,
    *,
    tab: Tab,
    chosen: tuple[str, int] | None,
    how: Mapping[str, str],
    only_list: bool = False,
) -> Page:
    """The page with an item, or with the first that waits when none is named; ``only_list`` shows none.

    Raises ``NotFound`` when the item is not there for this person.
    """
    every = queue.rows(actor)
    rows = in_tab(every, tab)
    if chosen is None and rows and not only_list:
        chosen = (rows[0].kind, rows[0].id)
    item = queue.show(*chosen, how, by=actor) if chosen else None
    key = item.row.key if item else ""
    place = next((index for index, row in enumerate(rows) if row.key == key), -1)
    return Page(
        tabs=[(each, len(in_tab(every, each))) for each in (ALL, *queue.tabs())],
        tab=tab,
        lines=[_line(row, key) for row in rows],
        place=place + 1,
        item=item,
        before=rows[place - 1] if place > 0 else None,
        after=rows[place + 1] if 0 <= place < len(rows) - 1 else None,
        others=_others(item, actor),
        phrases=_phrases(actor) if item and item.words else (),
        is_shared=item is not None and queue.source_of(item.row.kind).is_shared,
    )


def next_after(row_key: str, before: Sequence[Row], now: Sequence[Row]) -> Row | None:
    """What comes next once an item is done: the one that stood below it, else the first that is left."""
    left = {row.key: row for row in now}
    keys = [row.key for row in before]
    start = keys.index(row_key) + 1 if row_key in keys else 0
    below = (left[key] for key in keys[start:] if key in left)
    return next(below, None) or next((row for row in now if row.key != row_key), left.get(row_key))


def _others(item: Item | None, actor: Actor) -> list[str]:
    if item is None or not queue.source_of(item.row.kind).is_shared:
        return []
    names = looking.others(item.row.kind, item.row.id, actor)
    looking.note(item.row.kind, item.row.id, actor)
    return names


def _line(row: Row, current: str) -> Line:
    now = clock.now()
    overdue = row.due is not None and row.due < now
    return Line(
        row=row,
        waited=str(format_timedelta(now - row.since, granularity="minute", threshold=1.2)),
        is_current=row.key == current,
        is_overdue=overdue,
        can_be_chosen=queue.source_of(row.kind).together is not None,
    )


def _phrases(actor: Actor) -> list[tuple[int, str]]:
    """The number and words of one's own sentences; number 0 is a suggestion that nobody kept."""
    kept = [(phrase.id, phrase.words) for phrase in phrases.of(actor)]
    return kept or [(0, str(words)) for words in phrases.SUGGESTED]


def told_of(done: int, left: Sequence[tuple[Row, Text]]) -> list[tuple[str, str]]:
    """How a decision about several went, as (manner, sentence)."""
    said = [("ok", _("办好了 %(number)s 件。", number=done))] if done else []
    return said + [
        ("wait", _("%(name)s的没有动：%(why)s", name=row.name, why=str(why))) for row, why in left
    ]
