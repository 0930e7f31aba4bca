"""Several offices at once: a pasted list of names and places, judged line by line, given all or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts import appointing, office_queries
from penpal.config import Settings
from penpal.desk import staffing
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.rosters import classnames

LINES_MAX = 200
SIGNS_MAX = 20_000

_CELLS = re.compile(r"\t+|[,，;；|]+")
_WORDS = re.compile(r"[ \u3000]+")
_SEVERAL = re.compile(r"[、/／]+")
_HEADINGS = frozenset(
    {"姓名", "名字", "老师", "教师", "班主任", "教师姓名", "老师姓名", "书记", "name"}
)


class Outcome(StrEnum):
    NEW = "new"
    HELD = "held"
    REFUSED = "refused"


OUTCOMES = {Outcome.NEW: _l("新任命"), Outcome.HELD: _l("已经是了"), Outcome.REFUSED: _l("要改")}


@dataclass(frozen=True)
class Line:
    """One person of the list: which places they are to hold, or why not."""

    number: int
    name: str
    places: tuple[Unit, ...]
    outcome: Outcome
    words: str = ""


@dataclass(frozen=True)
class Judged:
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[Outcome, int]:
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def is_ready(self) -> bool:
        """Whether something is to be given and nothing is left to mend."""
        counts = self.counts
        return counts[Outcome.NEW] > 0 and counts[Outcome.REFUSED] == 0


def judge(unit: Unit, typed: str, *, by: Actor) -> Judged:
    """Say of each line what would become of it; nothing is written.

    Raises ``Invalid`` for a list that is empty or too long.
    """
    access.authorize(by, Permission.Office.SEE, unit)
    rows = _rows(typed)
    known = _Known(unit)
    names = Counter(name for _number, name, _places in rows)
    return Judged(
        tuple(
            known.line(number, name, wanted, is_double=names[name] > 1)
            for number, name, wanted in rows
        )
    )


def invite(unit: Unit, typed: str, *, settings: Settings, by: Actor) -> int:
    """Give every office of the list, or none; returns how many people were taken on.

    It is judged anew: what was given meanwhile, by a colleague or a second press of the button, is
    not given twice. Raises ``Invalid`` when a line is left to mend.
    """
    with transaction():
        # Of two who send one list at once the second waits here, and finds it given.
        lock(unit)
        judged = judge(unit, typed, by=by)
        if judged.counts[Outcome.REFUSED]:
            raise Invalid(_l("名单里还有要改的行，一个都没有任命。"))
        wanted = [line for line in judged.lines if line.outcome is Outcome.NEW]
        for line in wanted:
            first, *more = line.places
            role = staffing.role_at(unit, first)
            held = appointing.invite(line.name, role, first, settings=settings, by=by)
            for place in more:
                appointing.grant(held.person, staffing.role_at(unit, place), place, by=by)
        return len(wanted)


def _rows(typed: str) -> list[tuple[int, str, str]]:
    """Number, name and places of each line that says something. Tabs come from spreadsheets."""
    if len(typed) > SIGNS_MAX:
        raise Invalid(fields={"list": _l("一次最多 200 行。分成几次来。")})
    rows: list[tuple[int, str, str]] = []
    for number, text in enumerate(html.normal(typed).split("\n"), start=1):
        first, rest = _parted(text)
        if first.casefold() in _HEADINGS and not rows:
            continue
        if first or rest:
            rows.append((number, first, rest))
    if not rows:
        raise Invalid(fields={"list": _l("名单还是空的。一行一位，先写名字，再写地方。")})
    if len(rows) > LINES_MAX:
        raise Invalid(fields={"list": _l("一次最多 200 行。分成几次来。")})
    return rows


def _parted(text: str) -> tuple[str, str]:
    """A name and the rest: by a tab, a comma or, where there is neither, by the first space."""
    cells = _CELLS.split(text) if _CELLS.search(text) else _WORDS.split(text.strip(" \u3000"), 1)
    first, *rest = (html.line(cell) for cell in cells)
    return first, "、".join(cell for cell in rest if cell)


class _Known:
    """What there is at a place: where an office may be given, and who holds one."""

    def __init__(self, unit: Unit) -> None:
        self.places: dict[object, list[Unit]] = {}
        for place in office_queries.places_below(unit):
            self.places.setdefault(_key(place), []).append(place)
        self.held: dict[str, set[int]] = {}
        for each in office_queries.given_at(unit, limit=2000):
            for name in {each.person.name, each.person.shown_name}:
                self.held.setdefault(name, set()).add(each.unit_id)

    def line(self, number: int, name: str, wanted: str, *, is_double: bool) -> Line:
        places, trouble = self._found(wanted)
        ids = {place.id for place in places}
        held = self.held.get(name, set())
        if not name:
            trouble = _("这一行没有名字。")
        elif len(name) > appointing.NAME_MAX:
            trouble = _("名字太长了，最多 24 个字。")
        elif is_double:
            trouble = _(
                "这个名字写了不止一行。同一位老师写在一行，几个班用顿号隔开；"
                "两位同名的，在名字后面加上学科。"
            )
        elif not trouble and held and not ids <= held:
            trouble = _(
                "这里已经有一位叫这个名字的老师。给同一位再加一个地方，用“任命一位”；"
                "是另一位，在名字后面加上学科。"
            )
        if trouble:
            return Line(number, name, tuple(places), Outcome.REFUSED, trouble)
        outcome = Outcome.HELD if ids <= held else Outcome.NEW
        return Line(number, name, tuple(places), outcome)

    def _found(self, wanted: str) -> tuple[Sequence[Unit], str]:
        named = [each for part in _SEVERAL.split(wanted) for each in self._apart(part.strip())]
        if not named:
            return (), _("名字后面还要写地方，比如：若云，初二(3)班。")
        found: dict[int, Unit] = {}
        for text in named:
            there = self._called(text)
            if not there:
                return list(found.values()), _("这里没有“%(name)s”。", name=text[:24])
            if len(there) > 1:
                return list(found.values()), _(
                    "有几个地方都叫“%(name)s”，请用“任命一位”选。", name=text[:24]
                )
            found[there[0].id] = there[0]
        return list(found.values()), ""

    def _apart(self, text: str) -> list[str]:
        """Spaces part two places, unless they belong to the name of one."""
        return [text] if self._called(text) else text.split()

    def _called(self, text: str) -> list[Unit]:
        return self.places.get(_read(text)) or self.places.get(text) or []


def _key(place: Unit) -> object:
    """Classes are told apart however one writes them: 八年级2班 is 初二(2)班."""
    return _read(place.name) if place.level is Level.CLASS else place.name


def _read(text: str) -> object:
    try:
        return classnames.parse(text).key
    except (classnames.Unreadable, classnames.OutOfRange, classnames.Disagreement):
        return text
