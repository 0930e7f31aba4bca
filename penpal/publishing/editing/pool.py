"""The pool of the desk: which pieces are there, in the order in which they have waited, and finding among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from penpal.kernel import access, clock, numbers, search
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.publishing.editing.models import PieceVersion, ShortlistPiece
from penpal.publishing.pieces import naming, themes
from penpal.publishing.pieces.models import PieceKind, Submission, SubmissionPart
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.twinning.models import Pair, Twinning

PAGE = 40
_MOST = 5000
"""So many of what was printed long ago are looked through; the rest is found by narrowing."""
_REGIONS = (Level.PREFECTURE, Level.PROVINCE)


class Tab(StrEnum):
    """Where pieces are on their way over the desk."""

    NEW = "new"
    WITH_AUTHOR = "author"
    READY = "ready"
    PRINTED = "printed"


STATES: Mapping[Tab, tuple[S, ...]] = {
    Tab.NEW: (S.WITH_EDITOR,),
    Tab.WITH_AUTHOR: (S.WITH_AUTHOR,),
    Tab.READY: (S.READY,),
    Tab.PRINTED: (S.PUBLISHED, S.TAKEN_DOWN),
}
TABS: Mapping[Tab, object] = {
    Tab.NEW: _l("来稿"),
    Tab.WITH_AUTHOR: _l("等作者"),
    Tab.READY: _l("可以用"),
    Tab.PRINTED: _l("刊出过的"),
}
KINDS: Mapping[PieceKind, object] = {
    PieceKind.LETTER: _l("一封信"),
    PieceKind.LETTERS: _l("一来一回两封信"),
    PieceKind.REFLECTION: _l("读书心得"),
    PieceKind.REFLECTIONS: _l("两个人的读书心得"),
    PieceKind.RECORD: _l("同做一件事"),
    PieceKind.RECORDS: _l("两个人同做一件事"),
    PieceKind.DRAWING: _l("画"),
    PieceKind.STORY: _l("感人事例"),
    PieceKind.PRACTICE: _l("好做法"),
}
LENGTHS: Mapping[str, tuple[int, int, object]] = {
    "short": (0, 300, _l("300 字以内")),
    "middle": (300, 800, _l("300 到 800 字")),
    "long": (800, 10**9, _l("800 字以上")),
}
WAITS: Mapping[str, tuple[int, object]] = {
    "3": (3, _l("等了 3 天以上")),
    "7": (7, _l("等了 7 天以上")),
    "14": (14, _l("等了 14 天以上")),
}


@dataclass(frozen=True)
class Filters:
    """What the pool is narrowed by; '' and None are no limit. ``after`` is the piece after which a page begins."""

    tab: Tab = Tab.NEW
    region: int | None = None
    kind: str = ""
    length: str = ""
    theme: str = ""
    waited: str = ""
    printed: str = ""
    list_id: int | None = None
    q: str = ""

    @property
    def is_narrow(self) -> bool:
        return self != Filters(tab=self.tab)

    def as_query(self) -> dict[str, str]:
        """For an address that leads back to the same pool."""
        said = {
            "tab": self.tab.value,
            "region": str(self.region or ""),
            "kind": self.kind,
            "length": self.length,
            "theme": self.theme,
            "waited": self.waited,
            "printed": self.printed,
            "list": str(self.list_id or ""),
            "q": self.q,
        }
        return {key: value for key, value in said.items() if value}


def filters(typed: Mapping[str, str]) -> Filters:
    """What stands in an address; what nobody offers is no limit."""

    def one_of(name: str, offered: Iterable[str]) -> str:
        return typed.get(name, "") if typed.get(name) in set(offered) else ""

    tab = one_of("tab", [tab.value for tab in Tab])
    return Filters(
        tab=Tab(tab) if tab else Tab.NEW,
        region=numbers.typed(typed.get("region")),
        kind=one_of("kind", [kind.value for kind in PieceKind]),
        length=one_of("length", LENGTHS),
        theme=one_of("theme", themes.every()),
        waited=one_of("waited", WAITS),
        printed=one_of("printed", ("yes", "no")),
        list_id=numbers.typed(typed.get("list")),
        q=search.asked(typed.get("q", "")).typed,
    )


def tab_of(state: S) -> Tab:
    """Where a piece of that state is found; what is gone is found nowhere."""
    return next((tab for tab, states in STATES.items() if state in states), Tab.NEW)


def kinds() -> list[tuple[str, object]]:
    return [(kind.value, words) for kind, words in KINDS.items()]


def lengths() -> list[tuple[str, object]]:
    return [(key, words) for key, (_least, _most, words) in LENGTHS.items()]


def waits() -> list[tuple[str, object]]:
    return [(key, words) for key, (_days, words) in WAITS.items()]


def all_themes() -> list[tuple[str, object]]:
    return [(theme.key, theme.name) for theme in themes.every().values()]


def ids(chosen: Filters, actor: Actor) -> list[int]:
    """The pieces in their order: who has waited longest first, of what is printed the newest first."""
    statement = _narrowed(chosen, actor).with_only_columns(Submission.id)
    if chosen.tab is Tab.PRINTED:
        statement = statement.order_by(Submission.published_at.desc(), Submission.id.desc())
    else:
        statement = statement.order_by(Submission.moved_at, Submission.id)
    found = list(session().scalars(statement.limit(_MOST)))
    words = search.asked(chosen.q).words
    return _with(words, found) if words else found


def counts(actor: Actor) -> dict[Tab, int]:
    """How many pieces are at each place of the desk."""
    statement = (
        access.visible(Submission, actor)
        .with_only_columns(Submission.state, sa.func.count())
        .group_by(Submission.state)
    )
    of_state = {row[0]: row[1] for row in session().execute(statement)}
    return {tab: sum(of_state.get(state, 0) for state in STATES[tab]) for tab in Tab}


def count_new(actor: Actor) -> int:
    """How many wait for an editor."""
    statement = access.visible(Submission, actor).where(Submission.state == S.WITH_EDITOR)
    narrowed = statement.with_only_columns(sa.func.count()).order_by(None)
    return session().scalar(narrowed) or 0


def regions(actor: Actor) -> list[tuple[int, str]]:
    """The places that pieces at the desk come from, no finer than what is printed of them."""
    paths = access.visible(Submission, actor).with_only_columns(Submission.unit_id).distinct()
    units = list(session().scalars(sa.select(Unit).where(Unit.id.in_(paths))))
    shown = {unit.path for unit in naming.place_units(units).values()}
    above = places.along(shown)
    found = {}
    for path in shown:
        chain = [above[one] for one in reversed(places.ids_on(path))]
        region = next((unit for unit in chain if unit.level in _REGIONS), None)
        if region is not None:
            found[region.id] = region.name
    return sorted(found.items(), key=lambda row: row[1])


def _narrowed(chosen: Filters, actor: Actor) -> sa.Select[Submission]:
    statement = access.visible(Submission, actor).where(Submission.state.in_(STATES[chosen.tab]))
    if chosen.region is not None:
        statement = statement.where(_comes_from(chosen.region, actor))
    if chosen.kind:
        statement = statement.where(Submission.kind == PieceKind(chosen.kind))
    if chosen.theme:
        statement = statement.where(Submission.theme == chosen.theme)
    if chosen.length:
        least, most, _words = LENGTHS[chosen.length]
        statement = statement.where(_length() >= least, _length() < most)
    if chosen.waited:
        days, _words = WAITS[chosen.waited]
        statement = statement.where(Submission.moved_at <= clock.now() - timedelta(days=days))
    if chosen.printed:
        statement = statement.where(
            _was_printed() if chosen.printed == "yes" else sa.not_(_was_printed())
        )
    if chosen.list_id is not None:
        on_it = sa.select(ShortlistPiece.submission_id).where(
            ShortlistPiece.shortlist_id == chosen.list_id
        )
        statement = statement.where(Submission.id.in_(on_it))
    return statement


def _comes_from(region_id: int, actor: Actor) -> sa.ColumnElement[bool]:
    """Either side of a pair, or the place of a story. A region that is not offered is nobody's.

    Else an address with the number of a school would tell which child goes there.
    """
    if region_id not in dict(regions(actor)):
        return sa.false()
    path = session().get_one(Unit, region_id).path
    within = sa.select(Unit.id).where(Unit.path.startswith(path, autoescape=True))
    pairs = (
        sa.select(Pair.id)
        .join(Twinning, Twinning.id == Pair.twinning_id)
        .where(sa.or_(Twinning.supported_id.in_(within), Twinning.supporting_id.in_(within)))
    )
    return sa.or_(Submission.unit_id.in_(within), Submission.pair_id.in_(pairs))


def _length() -> sa.ColumnElement[int]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(SubmissionPart.body)), 0))
        .where(
            SubmissionPart.submission_id == Submission.id,
            SubmissionPart.revision == Submission.revision,
        )
        .scalar_subquery()
    )


def _was_printed() -> sa.ColumnElement[bool]:
    """Something else by the same author came out before."""
    other = aliased(Submission)
    return sa.exists().where(
        other.author_id == Submission.author_id,
        other.id != Submission.id,
        other.published_at.is_not(None),
    )


def _with(words: Sequence[str], found: Sequence[int]) -> list[int]:
    """Those in whose title or words all of these stand: the frozen ones, or those that an editor wrote."""
    texts: defaultdict[int, list[str]] = defaultdict(list)
    frozen = (
        sa.select(Submission.id, Submission.title, SubmissionPart.body)
        .join(
            SubmissionPart,
            sa.and_(
                SubmissionPart.submission_id == Submission.id,
                SubmissionPart.revision == Submission.revision,
            ),
        )
        .where(Submission.id.in_(found))
    )
    for row in session().execute(frozen):
        texts[row.id] += [row.title, row.body]
    titles = sa.select(PieceVersion.submission_id, PieceVersion.title, PieceVersion.standfirst)
    for row in session().execute(titles.where(PieceVersion.submission_id.in_(found))):
        texts[row.submission_id] += [row.title, row.standfirst]
    compared = {number: search.folded("\n".join(said)) for number, said in texts.items()}
    return [one for one in found if all(word in compared.get(one, "") for word in words)]
