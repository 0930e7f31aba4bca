"""Which column of a spreadsheet is which, by its heading in Chinese or English, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from penpal.rosters import forbidden


class Column(StrEnum):
    CLASS = "class"
    GRADE = "grade"
    NUMBER = "number"
    NAME = "name"
    BIRTH = "birth"
    CONSENT = "consent"


REQUIRED = (Column.CLASS, Column.NUMBER, Column.NAME)

TITLES = {
    Column.CLASS: _l("班级"),
    Column.GRADE: _l("年级"),
    Column.NUMBER: _l("学号"),
    Column.NAME: _l("姓名"),
    Column.BIRTH: _l("出生年月"),
    Column.CONSENT: _l("监护人同意"),
}
"""The headings of our own templates, which must read back as what they are."""

# Of several columns that could be the same, the one named first here is taken: a school's own
# number before the 学籍号, which often is an identity number.
_SYNONYMS = {
    Column.CLASS: "班级 班 所在班级 行政班级 行政班 班级名称 班别 class classname homeroom banji bj",
    Column.GRADE: "年级 所在年级 年级名称 grade gradelevel yeargroup nianji nj",
    Column.NUMBER: (
        "学号 校内学号 学生编号 学生号 studentnumber studentno studentid studentcode number 编号 "
        "xuehao xh 学籍辅号 学籍号 全国学籍号 xjh"
    ),
    Column.NAME: "姓名 学生姓名 名字 学生 name studentname fullname xingming xm",
    Column.BIRTH: (
        "出生年月 出生日期 出生年月日 出生 生日 "
        "birth birthmonth birthdate birthday dateofbirth monthofbirth yearandmonthofbirth dob csny csrq"
    ),
    Column.CONSENT: (
        "监护人同意 监护人是否同意 监护人同意书 监护人签字 "
        "家长同意 家长是否同意 家长同意书 家长签字 "
        "guardianconsent guardiansconsent guardianconsents parentconsent parentsconsent "
        "parentalconsent consent"
    ),
}
_RANKS = {
    word: (column, rank)
    for column, words in _SYNONYMS.items()
    for rank, word in enumerate(words.split())
}
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_SHOWN = 20
"""Characters of a heading that a message repeats."""
_FROM_ABOVE = 100
"""What a heading that only the row above names ranks behind one that names itself."""

Remembered = Mapping[str, Column]
"""Headings that a school once explained, folded, and what they are."""


@dataclass(frozen=True)
class Layout:
    """Where the known columns stand, which are forbidden, and which mean nothing to us."""

    places: dict[Column, int]
    headings: tuple[str, ...]
    forbidden: dict[int, str]
    ignored: tuple[str, ...]

    @property
    def missing(self) -> tuple[Column, ...]:
        return tuple(column for column in REQUIRED if column not in self.places)


def locate(
    cells: Sequence[str], *, above: Sequence[str] = (), remembered: Remembered | None = None
) -> Layout:
    """Read one row as a row of headings, with the row above it where headings take two.

    What the school said itself goes before what we guess, but not before what is forbidden.
    """
    known = remembered or {}
    upper = [*above, *[""] * (len(cells) - len(above))]
    over = _spread(upper)
    dropped = {
        place: _shown(text or upper[place])
        for place, text in enumerate(cells)
        if any(map(forbidden.is_heading, (text, upper[place], over[place] + text)))
    }
    ranked: dict[Column, tuple[int, int]] = {}
    for place, text in enumerate(cells):
        found = _meaning(text, upper[place], over[place], known)
        if place in dropped or found is None:
            continue
        column, rank = found
        ranked[column] = min((rank, place), ranked.get(column, (rank, place)))
    places = {column: place for column, (_rank, place) in ranked.items()}
    taken = set(places.values())
    return Layout(
        places,
        headings=tuple(_shown(cells[place] or upper[place]) for place in sorted(taken)),
        forbidden=dropped,
        ignored=tuple(
            _shown(text)
            for place, text in enumerate(cells)
            if text and place not in taken and place not in dropped and not forbidden.is_value(text)
        ),
    )


def _meaning(text: str, upper: str, over: str, known: Remembered) -> tuple[Column, int] | None:
    """What a column is and how sure that is: the less, the surer."""
    own = folded(text)
    if own in known:
        return known[own], -1
    if own in _RANKS:
        return _RANKS[own]
    # 监护人 above 同意 is one heading; 姓名 above nothing is one cell that takes two rows.
    both = folded(over + text) if text else folded(upper)
    if (text and not over) or both not in _RANKS:
        return None
    column, rank = _RANKS[both]
    return column, rank + _FROM_ABOVE


def _spread(cells: Sequence[str]) -> list[str]:
    """Each heading over the empty cells behind it: what a wide cell stands above."""
    last = ""
    return [last := cell or last for cell in cells]


def folded(text: str) -> str:
    """A heading without what does not tell it from another: brackets, spaces, case, marks."""
    plain = _IN_BRACKETS.sub("", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _shown(text: str) -> str:
    # The heading of a forbidden column may itself hold what is forbidden.
    if forbidden.holds_identity_number(text):
        return "…"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
