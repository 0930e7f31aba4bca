"""What print takes that a letter did not: no name of anybody, no school; found with what may stand instead.

The guard of letters looks for what endangers a child among two. What anybody can read must besides
not tell who and where they are: so names of the rosters and of the teachers, the names by which
the two call each other, and the schools of the tree are found here. Whoever writes it mends the copy
at these places; their own letter stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Enrolment, Person, RoleGrant
from penpal.kernel import html
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.publishing.pieces import naming
from penpal.screening import guidance
from penpal.screening.findings import Context, Finding
from penpal.screening.screen import screen


class Kind(StrEnum):
    NAME = "name"
    SCHOOL = "school"
    DANGER = "danger"


@dataclass(frozen=True)
class Found:
    """``suggestion`` is what stands in the field to mend it before anybody typed; empty takes it out."""

    kind: Kind
    start: int
    end: int
    quote: str
    why: object
    suggestion: str = ""
    may_be_kept: bool = False
    """A word that is also somebody's name: its author may say that it is none here."""

    @property
    def field(self) -> str:
        return f"mend-{self.start}-{self.end}"


@dataclass(frozen=True)
class Circle:
    """The names around a piece, each with what may stand in its place, and the names of its schools."""

    names: Mapping[str, str]
    schools: frozenset[str] = field(default=frozenset())
    own: frozenset[str] = field(default=frozenset())
    """The names of the children in it, folded: where somebody is greeted or signs, they are names."""
    pen_names: frozenset[str] = field(default=frozenset())
    """What stands inside of one of these is nobody's name."""


REPLACEMENT_MAX = 40
_OFFICES = frozenset({"老师", "班主任", "书记", "校长", "团委书记", "编辑", "同学", "新同学"})
"""What somebody is called by everybody tells of nobody."""
_SCHOOL = re.compile(
    r"[\u3400-\u9fffA-Za-z0-9()()·]{1,20}?"
    r"(?:中学|小学|学校|附中|附小|高中|初中|[一二三四五六七八九十百]中)"
)
_LONGEST_SCHOOL = 24
_LINES_OF_A_SIGNATURE = 3
_AROUND_A_NAME = 6
"""Characters beside a name in a line that is nothing but a greeting or a signature."""
_NAME_WHY = _l("这是一个人的名字。印出来谁都看得到，换成笔名或者别的称呼。")
_SCHOOL_WHY = _l("这是学校的名字，印出来就知道你在哪里。写“我们学校”就好。")


def circle_of(people: Collection[Person]) -> Circle:
    """The children who stand in a piece, under their pen names, and everybody of their schools."""
    ids = [person.id for person in people]
    schools = {
        row[0]: row[1]
        for row in session().execute(
            sa.select(Unit.id, Unit.path).where(
                Unit.id.in_(sa.select(Enrolment.school_id).where(Enrolment.person_id.in_(ids)))
            )
        )
    }
    return _circle(people, schools)


def circle_of_unit(unit: Unit, people: Collection[Person]) -> Circle:
    """For a story of staff: everybody of the school, or of none where it is told from above the schools."""
    schools = {unit.id: unit.path} if unit.level is Level.SCHOOL else {}
    return _circle(people, schools)


def _circle(people: Collection[Person], schools: Mapping[int, str]) -> Circle:
    names: dict[str, str] = {}
    for name, shown in _teachers(schools.values()):
        for one in (name, shown):
            _put(names, one, _("一位老师"))
    pupils = session().scalars(
        sa.select(Person.name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.school_id.in_(schools), Enrolment.until.is_(None))
    )
    for name in pupils:
        _put(names, name, _("一位同学"))
    pen_names = naming.names_of([person.id for person in people])
    known: dict[str, str] = {}
    for person in people:
        for one in (person.name, person.display_name):
            _put(known, one, pen_names.get(person.id, _("一位同学")))
    names |= known
    own = session().execute(
        sa.select(Unit.name, Unit.name_en, Unit.short_name).where(Unit.id.in_(schools))
    )
    schools_named = frozenset(word for row in own for word in row if len(word) > 1)
    return Circle(
        names,
        schools_named,
        frozenset(name.casefold() for name in known),
        frozenset(pen_names.values()),
    )


def _put(names: dict[str, str], name: str, instead: str) -> None:
    """The whole name and, of one with a dot, each half: 古丽·买买提 is called 古丽."""
    for one in {name, *re.split("[·•・]", name)}:
        word = html.line(one)
        if len(word) > 1 and word not in _OFFICES:
            names[word] = instead


def _teachers(paths: Iterable[str]) -> list[tuple[str, str]]:
    asked = list(paths)
    if not asked:
        return []
    rows = session().execute(
        sa.select(Person.name, Person.display_name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(sa.or_(*(Unit.path.startswith(path, autoescape=True) for path in asked)))
    )
    return [(row[0], row[1]) for row in rows]


def look(
    text: str,
    circle: Circle,
    context: Context = Context.LETTER,
    *,
    keeps: Collection[str] = (),
) -> tuple[Found, ...]:
    """What has to be mended, in order and without overlaps; what overlaps is mended as one.

    ``keeps`` are words of which the author says that they are nobody's name here.
    """
    kept = {word.casefold() for word in keeps}
    pen_names = _places(text, circle.pen_names)
    names = [
        one
        for one in _names(text, circle)
        if not (one.may_be_kept and one.quote.casefold() in kept)
        and not any(begin <= one.start and one.end <= end for begin, end in pen_names)
    ]
    dangers = [_danger(text, one) for one in guidance.in_the_way(screen(text, context))]
    found = [*names, *_schools(text, circle.schools), *dangers]
    merged: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if merged and one.start < merged[-1].end:
            merged[-1] = _joined(merged[-1], one, text)
        else:
            merged.append(one)
    return tuple(merged)


def _danger(text: str, found: Finding) -> Found:
    words = guidance.WORDS[found.kind]
    why = _l("%(name)s。%(mend)s", name=words.name, mend=words.mend)
    return Found(Kind.DANGER, found.start, found.end, text[found.start : found.end], why)


def _places(text: str, words: Iterable[str]) -> set[tuple[int, int]]:
    return {
        (match.start(), match.end())
        for word in words
        for match in re.finditer(re.escape(word), text, re.IGNORECASE)
    }


def _joined(first: Found, second: Found, text: str) -> Found:
    if second.end <= first.end:
        return first
    quote = text[first.start : second.end]
    # Of two that run into each other neither is kept: it is mended as one.
    return Found(first.kind, first.start, second.end, quote, first.why, first.suggestion)


def _names(text: str, circle: Circle) -> list[Found]:
    names = circle.names
    folded = text.casefold()
    there = sorted((name for name in names if name.casefold() in folded), key=len, reverse=True)
    if not there:
        return []
    # A name in letters does not begin or end inside of a longer word; Chinese knows no such edges.
    pattern = "|".join(
        rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])" if _is_spelled(name) else re.escape(name)
        for name in there
    )
    by_fold = {name.casefold(): names[name] for name in there}
    return [
        Found(
            Kind.NAME,
            match.start(),
            match.end(),
            match[0],
            _NAME_WHY,
            by_fold.get(match[0].casefold(), _("一位同学")),
            match[0].casefold() not in circle.own or not _is_address(text, match),
        )
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


def _is_address(text: str, match: re.Match[str]) -> bool:
    """In the first line or the last ones, or in a line that holds little else: a greeting, a signature."""
    begin = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    line = text[begin : end if end >= 0 else len(text)].strip()
    after = [each for each in text[end if end >= 0 else len(text) :].split("\n") if each.strip()]
    is_short = len(line) <= len(match[0]) + _AROUND_A_NAME
    return not text[:begin].strip() or len(after) < _LINES_OF_A_SIGNATURE or is_short


def _is_spelled(name: str) -> bool:
    """Written with an alphabet."""
    return not re.search(r"[\u3400-\u9fff]", name)


def _schools(text: str, own: Collection[str]) -> list[Found]:
    """Those of the piece in any script, and every other school that the tree knows."""
    places = _places(text, own)
    ends: dict[str, list[tuple[int, int]]] = {}
    for match in _SCHOOL.finditer(text):
        for start in range(max(0, match.end() - _LONGEST_SCHOOL), match.end() - 2):
            ends.setdefault(text[start : match.end()], []).append((start, match.end()))
    if ends:
        known = session().scalars(
            sa.select(Unit.name).where(Unit.level == Level.SCHOOL, Unit.name.in_(ends))
        )
        places |= {place for name in known for place in ends[name]}
    return [
        Found(Kind.SCHOOL, start, end, text[start:end], _SCHOOL_WHY, _("我们学校"))
        for start, end in sorted(places)
    ]


@dataclass(frozen=True)
class Mended:
    """The copy, and what of the mending has to be done again: by the field in which it was typed."""

    text: str
    problems: Mapping[str, object]


def mend(
    text: str,
    circle: Circle,
    said: Callable[[str], str | None],
    *,
    keeps: Collection[str] = (),
) -> Mended:
    """The text with each place replaced by what was said for it; where nothing was said it is a problem.

    What replaces it is looked at as well: a name does not come in by way of mending a name.
    """
    problems: dict[str, object] = {}
    pieces: list[str] = []
    typed: list[tuple[int, int, str]] = []
    last = length = 0
    for one in look(text, circle, keeps=keeps):
        instead = said(one.field)
        if instead is None:
            problems[one.field] = _l("“%(quote)s”这一处还没有改。", quote=one.quote)
            instead = one.quote
        instead = html.line(instead)[:REPLACEMENT_MAX]
        pieces += [text[last : one.start], instead]
        begin = length + one.start - last
        length = begin + len(instead)
        typed.append((begin, length, one.field))
        last = one.end
    copy = "".join([*pieces, text[last:]])
    if not problems:
        problems = dict(_left(look(copy, circle, keeps=keeps), typed))
    return Mended(copy, problems)


def _left(
    found: Iterable[Found], typed: Sequence[tuple[int, int, str]]
) -> Iterable[tuple[str, object]]:
    for one in found:
        where = next(
            (f for begin, end, f in typed if one.start <= end and one.end >= begin), "body"
        )
        yield where, _l("“%(quote)s”印出来也不合适，换一个说法。", quote=one.quote)


def kept_in(text: str, circle: Circle, keeps: Collection[str]) -> list[str]:
    """Of the words that an author keeps those that stand in this text and are somebody's name elsewhere."""
    kept = {word.casefold() for word in keeps}
    found = [one.quote for one in _names(text, circle) if one.may_be_kept]
    return [word for word in dict.fromkeys(found) if word.casefold() in kept]


def keepable(text: str, circle: Circle) -> list[str]:
    """Words that look like names and may be none."""
    return list(dict.fromkeys(one.quote for one in look(text, circle) if one.may_be_kept))


def objection(text: str, circle: Circle, keeps: Collection[str] = ()) -> object | None:
    """What is said of a short field: a title, the words below a photo."""
    first = next(iter(look(text, circle, Context.TITLE, keeps=keeps)), None)
    if first is None:
        return None
    return _l("“%(quote)s”：%(why)s", quote=first.quote, why=first.why)
