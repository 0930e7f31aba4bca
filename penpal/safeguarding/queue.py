"""What waits for a member of staff, of whatever kind: the register, the list, the one way to decide.

A room says of its kind what waits, how it is drawn and what can be done. This floor knows no names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, numbers
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import NotFound, PenpalError, Text
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.safeguarding import queue_predicates
from penpal.safeguarding.hold_models import HOLD_WORDS_MAX
from penpal.safeguarding.queue_events import ItemDecided
from penpal.twinning import queries as pairs

MOST = 100
"""Rows of one kind on the page; the count beside it tells when there are more."""


@dataclass(frozen=True)
class Tab:
    """A part of the list. What has the lowest ``rank`` waits on top."""

    key: str
    label: Text
    rank: int


HELP = Tab("help", _l("求助"), 0)
RELEASE = Tab("release", _l("等放行"), 1)
AGAIN = Tab("again", _l("改过再来"), 2)
ALONG = Tab("along", _l("一起读"), 3)


@dataclass(frozen=True)
class Chip:
    """A state in a word; ``manner`` is ok, wait, warn or info."""

    manner: str
    icon: str
    word: Text


@dataclass(frozen=True)
class Row:
    """A line of the list: whose it is and what it is, never its words.

    ``quotes`` are the passages that the guard found, for whoever decides about several at once;
    ``with_name`` is the partner to whom it goes.
    """

    kind: str
    id: int
    name: str
    title: str
    place: str
    since: datetime
    tab: Tab
    icon: str
    chip: Chip | None = None
    due: datetime | None = None
    quotes: Sequence[str] = ()
    with_name: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Action:
    """A button below an item. ``key`` is the single key that presses it; ``manner`` its colour."""

    name: str
    label: Text
    key: str
    icon: str
    manner: str = ""
    needs_words: bool = False


@dataclass(frozen=True)
class Item:
    """An item as it is shown: its line, a partial with what that takes, and what can be done.

    ``words`` labels the field for a word to the child; without it there is none. ``settled`` says
    what became of an item that waits no more. ``fields`` is a partial with further fields.
    """

    row: Row
    template: str
    data: Mapping[str, object] = field(default_factory=dict)
    actions: Sequence[Action] = ()
    words: Text = ""
    words_max: int = HOLD_WORDS_MAX
    fields: str = ""
    settled: Text = ""


@dataclass(frozen=True)
class Together:
    """What can be done with several items of a kind at once, and what then happens, in words."""

    action: str
    happens: Text


def _nothing(_number: int, _by: Actor) -> None:
    """Looking at most things leaves no trace."""


def _of_a_school(actor: Actor) -> bool:
    """Most of what waits is for those who answer for children themselves."""
    return queue_predicates.answers_for_children(actor, None)


@dataclass(frozen=True)
class Source:
    """What a room says of one kind.

    ``waiting`` selects what waits for somebody, one row each; its statement is kept, so the time in
    it is ``db.moment``. ``rows`` gives its lines, the longest waiting first. ``show`` and ``path``
    (of the class it belongs to) raise ``NotFound`` for whoever may not see it; ``show`` is told how
    the page is to be drawn. ``decide`` does what a button of
    that name says, with what was filled in, and gives a sentence about it. ``shown`` records that
    the words of an item were on somebody's page. What is not ``is_shared`` waits for each by
    themselves, so nobody needs to see who else looks. ``for_whom`` says whose list has it at all: what
    is for the staff of a school is not there for whoever sits above it.
    """

    tabs: Sequence[Tab]
    waiting: Callable[[Actor], sa.Select[Any]]
    rows: Callable[[Actor], Sequence[Row]]
    show: Callable[[int, Actor, Mapping[str, str]], Item]
    path: Callable[[int, Actor], str]
    decide: Callable[[int, str, Mapping[str, str], Actor], Text]
    shown: Callable[[int, Actor], None] = _nothing
    together: Together | None = None
    is_shared: bool = True
    for_whom: Callable[[Actor], bool] = _of_a_school


_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    _sources[kind] = source


def forget(kind: str) -> None:
    """Take a kind out again."""
    _sources.pop(kind, None)


def source_of(kind: str) -> Source:
    if kind not in _sources:
        raise NotFound
    return _sources[kind]


def _sources_of(actor: Actor) -> list[Source]:
    return [source for source in _sources.values() if source.for_whom(actor)]


def _source_for(kind: str, actor: Actor) -> Source:
    source = source_of(kind)
    if not source.for_whom(actor):
        raise NotFound
    return source


def tabs() -> list[Tab]:
    """The parts of the list, of all kinds that are registered."""
    found = {tab.key: tab for source in _sources.values() for tab in source.tabs}
    return sorted(found.values(), key=lambda tab: tab.rank)


def count(actor: Actor) -> int:
    """How much waits for somebody, asked in one question whatever the number of kinds."""
    waiting = tuple(source.waiting for source in _sources_of(actor))
    if not access.may(actor, Permission.Queue.SEE) or not waiting:
        return 0
    return sum(session().execute(_counting(actor.standing, waiting)).one())


@lru_cache(maxsize=256)
def _counting(actor: Actor, waiting: tuple[Callable[[Actor], sa.Select[Any]], ...]) -> Any:
    """Every page of staff asks; to build the statement takes ten times what the database needs."""
    return sa.select(
        *(
            sa.select(sa.func.count()).select_from(select(actor).subquery()).scalar_subquery()
            for select in waiting
        )
    )


def rows(actor: Actor) -> list[Row]:
    """Everything that waits for somebody: cries for help first, then the longest waiting."""
    access.authorize(actor, Permission.Queue.SEE)
    found = [row for source in _sources_of(actor) for row in source.rows(actor)]
    return sorted(found, key=lambda row: (row.tab.rank, row.due or row.since, row.kind, row.id))


def show(kind: str, number: int, how: Mapping[str, str], *, by: Actor) -> Item:
    access.authorize(by, Permission.Queue.SEE)
    return _source_for(kind, by).show(_within(number), by, how)


def path(kind: str, number: int, *, by: Actor) -> str:
    """Of the class that an item belongs to. Raises ``NotFound`` for whoever may not see it."""
    access.authorize(by, Permission.Queue.SEE)
    return _source_for(kind, by).path(_within(number), by)


def shown(kind: str, number: int, *, by: Actor) -> None:
    """The words of an item were on somebody's page."""
    source_of(kind).shown(number, by)


def decide(kind: str, number: int, action: str, fields: Mapping[str, str], *, by: Actor) -> Text:
    """Do what a button says, once. Raises ``IllegalMove`` with words where somebody was faster."""
    access.authorize(by, Permission.Queue.CLEAR)
    source = _source_for(kind, by)
    with transaction() as current:
        said = source.decide(_within(number), action, fields, by)
        announce(current, ItemDecided(kind, number, by))
    return said


@dataclass(frozen=True)
class Outcome:
    """How a decision about several went: how many were done, and what is told of the others."""

    done: int
    left: Sequence[tuple[Row, Text]]


def decide_several(chosen: Iterable[Row], *, by: Actor) -> Outcome:
    """Decide about each by itself: what cannot be done leaves the others as they are."""
    done = 0
    left: list[tuple[Row, Text]] = []
    for row in chosen:
        together = source_of(row.kind).together
        try:
            if together is None:
                left.append((row, _l("这一件要单独看。")))
                continue
            decide(row.kind, row.id, together.action, {}, by=by)
        except PenpalError as problem:
            left.append((row, problem.message))
        else:
            done += 1
    return Outcome(done, left)


def partner_names(author_ids: Sequence[int]) -> dict[int, str]:
    """With whom each of these students is paired now, by the name that partners read."""
    names = {}
    for pair in pairs.active_pairs_of(author_ids):
        names[pair.supported_student_id] = pair.supporting_student.name_for_partners
        names[pair.supporting_student_id] = pair.supported_student.name_for_partners
    return names


def pointer(written: str) -> tuple[str, int] | None:
    """Kind and number of ``hold:7``; None where it says something else."""
    kind, _, said = written.partition(":")
    number = numbers.typed(said)
    return (kind, number) if kind in _sources and number is not None else None


def _within(number: int) -> int:
    if not 0 < number <= numbers.LARGEST:
        raise NotFound
    return number
