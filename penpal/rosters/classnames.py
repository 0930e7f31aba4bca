"""Class names as schools write them, brought to one form: 初二(3)班, 八年级(2)班, 高一宏志班."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from penpal.kernel import clock
from penpal.places.models import HIGHEST_GRADE, LOWEST_GRADE, Unit

_ONES = "零一二三四五六七八九"
_NUMERAL = "[0-9一二三四五六七八九十]"
_SPOKEN = {
    7: "七年级", 8: "八年级", 9: "九年级", 10: "高一", 11: "高二", 12: "高三",
}  # fmt: skip
LONGEST_LABEL = 12
GRADES = range(LOWEST_GRADE, HIGHEST_GRADE + 1)


class Unreadable(ValueError):
    """It does not read as the name of a class."""


class OutOfRange(ValueError):
    """It names a grade below 初一 or above 高三."""


class Disagreement(ValueError):
    """The name of the class says one grade and the column of grades another."""


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class: its grade (7 to 12), what tells it from others of that grade, its name."""

    grade: int
    label: str
    name: str

    @property
    def key(self) -> tuple[int, str]:
        """The same for 初二(3)班 and 八年级3班: one class, however it is said."""
        return self.grade, self.label


@dataclass(frozen=True, slots=True)
class _Grade:
    number: int
    spoken: str


# Grades that count within a stage, with how many lie below it, and grades that count through.
_STAGES = (
    (re.compile(rf"初中?({_NUMERAL})(?:年级)?"), 6, "初"),
    (re.compile(rf"高中?({_NUMERAL})(?:年级)?"), 9, "高"),
)
_YEARS = (
    re.compile(rf"({_NUMERAL}{{1,3}})年级"),
    re.compile(r"(?:grade|year|g|y)(\d{1,2})(?!\d)"),
    re.compile(rf"([789七八九]|1[0-2]|十[一二]?)(?=\({_NUMERAL}{{1,3}}\)班?$)"),
    # A bare 8.1 is no class: Excel shows the number 8.10 so, and nobody can tell the two apart.
    re.compile(
        rf"([789七八九]|1[0-2]|十[一二]?)(?=(?:[-·、]{_NUMERAL}{{1,3}}班?|\.{_NUMERAL}{{1,3}}班)$)"
    ),
    re.compile(r"([七八九])(?=\d{1,2}班?$)"),
)
_BARE = re.compile(rf"({_NUMERAL}{{1,3}})")
_COHORT = re.compile(r"([初高])?中?(20\d\d|\d\d)([级届])")
_PACKED = re.compile(r"([789]|1[0-2])(\d\d)班?")
_STAGELESS = re.compile(rf"([123一二三])[(\[]?({_NUMERAL}{{1,3}})[)\]]?班")

_BRACKETS = str.maketrans("【〔［｛{[】〕］｝}]", "(((((())))))")
_JOINTS = "-_.·•・/、,:"
_CLASS_NUMBER = re.compile(rf"\(?第?({_NUMERAL}{{1,3}})班?\)?班?")
_CLASS_WORD = re.compile(r"(?:class|cl|c)\.?\(?(\w{1,12})\)?")
_LABEL = re.compile(r"[^\W_]+")
_WORD_AND_NUMBER = re.compile(r"([^\W\d_]+)\((\d{1,3})\)班?")
_ENTRY = {"初": 7, "高": 10}
_FIRST_MONTH = 8
"""In August schools already write the lists of the year that begins in September."""


def parse(text: str, grade_text: str = "", *, today: date | None = None) -> ClassName:
    """Read the name of a class, with the help of a column of grades where the name does not say it.

    ``today`` tells in which grade those are who came in the year of a name such as 初2024级3班.
    Raises ``Unreadable``, ``OutOfRange`` or ``Disagreement``.
    """
    folded = _folded(text)
    if not folded:
        raise Unreadable
    column = _grade_of_column(_folded(grade_text))
    if cohort := _COHORT.match(folded):
        return _of_cohort(cohort, folded[cohort.end() :], column, today or clock.today())
    own, rest = _split(folded, column)
    if own and column and own.number != column.number:
        raise Disagreement
    grade = own or column
    if grade is None:
        raise Unreadable
    label = _label(rest)
    return ClassName(grade.number, label, f"{grade.spoken}{_ending(label)}")


def key_of(unit: Unit) -> tuple[int, str] | None:
    """The key of a stored class; None for a name that schools would not write in a roster."""
    try:
        return parse(unit.name, str(unit.grade)).key
    except (Unreadable, OutOfRange, Disagreement):
        return None


def says_a_grade(text: str) -> bool:
    """Whether a name says by itself in which grade a class is."""
    folded = _folded(text)
    return _COHORT.match(folded) is not None or _split(folded, None)[0] is not None


def ways_to_write(grade: int) -> tuple[str, str]:
    """A grade as counted within its stage, and as schools write it that count through: 初二, 八年级."""
    stage = "初" if grade < _ENTRY["高"] else "高"
    return f"{stage}{_ONES[grade - _ENTRY[stage] + 1]}", _SPOKEN[grade]


def _of_cohort(found: re.Match[str], rest: str, column: _Grade | None, today: date) -> ClassName:
    """A class that is named for the year in which it came (级) or will leave (届)."""
    stage, digits, kind = found[1] or "", found[2], found[3]
    year = int(digits) if len(digits) == 4 else 2000 + int(digits)
    if column is not None:
        grade = column.number
    elif stage:
        school_year = today.year - (today.month < _FIRST_MONTH)
        came = year if kind == "级" else year - 3
        grade = _ENTRY[stage] + school_year - came
        if not _ENTRY[stage] <= grade <= _ENTRY[stage] + 2:
            raise OutOfRange
    else:
        # 2024级 is in 初三 or in 高三: without a stage or a column of grades nobody knows.
        raise Unreadable
    label = _label(rest)
    return ClassName(grade, f"{year}{kind}{label}", f"{stage}{year}{kind}{_ending(label)}")


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_BRACKETS)
    return "".join(plain.split())


def _split(folded: str, column: _Grade | None) -> tuple[_Grade | None, str]:
    """The grade that a name begins with, and the rest of the name."""
    for pattern, below, word in _STAGES:
        if found := pattern.match(folded):
            number = _number(found[1])
            if not 1 <= number <= 3:
                raise OutOfRange
            return _Grade(number + below, f"{word}{_ONES[number]}"), folded[found.end() :]
    for pattern in _YEARS:
        if found := pattern.match(folded):
            return _in_years(_number(found[1])), folded[found.end() :]
    if packed := _PACKED.fullmatch(folded):
        return _in_years(int(packed[1])), packed[2]
    # 二(3)班 may be of 初二 or of 高二: the column of grades says which.
    stageless = _STAGELESS.fullmatch(folded)
    if stageless and column and (column.number - LOWEST_GRADE) % 3 + 1 == _number(stageless[1]):
        return None, stageless[2]
    return None, folded


def _grade_of_column(folded: str) -> _Grade | None:
    if not folded:
        return None
    own, rest = _split(folded, None)
    if own and not rest:
        return own
    bare = _BARE.fullmatch(folded)
    if bare:
        return _in_years(_number(bare[1]))
    raise Unreadable


def _in_years(number: int) -> _Grade:
    if not LOWEST_GRADE <= number <= HIGHEST_GRADE:
        raise OutOfRange
    return _Grade(number, _SPOKEN[number])


def _label(rest: str) -> str:
    """What stands after the grade: a number in digits, or a word such as 宏志."""
    rest = rest.strip(_JOINTS)
    numbered = _CLASS_NUMBER.fullmatch(rest)
    if numbered:
        return str(_number(numbered[1]))
    english = _CLASS_WORD.fullmatch(rest)
    if english and (rest.startswith("cl") or english[1].isdecimal()):
        rest = english[1]
        if rest.isdecimal():
            return str(_number(rest))
    if numbered := _WORD_AND_NUMBER.fullmatch(rest):
        rest = f"{numbered[1]}{int(numbered[2])}"
    word = rest.removesuffix("班").strip("()").upper()
    if not _LABEL.fullmatch(word) or len(word) > LONGEST_LABEL:
        raise Unreadable
    return word


def _ending(label: str) -> str:
    return f"({label})班" if label.isdecimal() else f"{label}班"


def _number(numeral: str) -> int:
    """A numeral up to 999 in digits, or up to 99 in Chinese. Raises ``Unreadable``."""
    if numeral.isdecimal():
        number = int(numeral)
    else:
        tens, ten, ones = numeral.rpartition("十")
        digits = tens + ones
        if len(tens) > 1 or len(ones) > 1 or not set(digits) <= set(_ONES):
            raise Unreadable
        number = (_ONES.index(tens) if tens else 1) * 10 * bool(ten)
        number += _ONES.index(ones) if ones else 0
    if number == 0:
        raise Unreadable
    return number
