"""Whether a row can be taken as it is written, cell by cell, or the reason why not; pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum

from penpal.kernel import html
from penpal.rosters import classnames
from penpal.rosters.classnames import ClassName
from penpal.rosters.sheets import AGREED, MISREAD, Row

NAME_MAX = 60
NUMBER_MAX = 32
YOUNGEST, OLDEST = 9, 22
"""Years of age that a student of these grades can plausibly have."""


class Reason(StrEnum):
    """Why a row is refused. None of them repeats what the cell held."""

    NO_NUMBER = "no_number"
    NUMBER_UNREADABLE = "number_unreadable"
    NUMBER_TWICE = "number_twice"
    NUMBER_CUT = "number_cut"
    NUMBER_WITHOUT_ZEROS = "number_without_zeros"
    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    NAME_UNREADABLE = "name_unreadable"
    NAME_WITH_A_GAP = "name_with_a_gap"
    NO_CLASS = "no_class"
    CLASS_UNREADABLE = "class_unreadable"
    GRADE_OUT_OF_RANGE = "grade_out_of_range"
    GRADE_DISAGREES = "grade_disagrees"
    BIRTH_UNREADABLE = "birth_unreadable"
    BIRTH_IMPLAUSIBLE = "birth_implausible"
    CONSENT_UNREADABLE = "consent_unreadable"
    CONSENT_IN_FUTURE = "consent_in_future"
    ANOTHER_CHILD = "another_child"
    WAS_HERE = "was_here"
    MERGED = "merged"
    FORMULA_FAILED = "formula_failed"


class Refused(Exception):
    """Ends the reading of a row with a reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


_FAILED = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
"""What a spreadsheet shows where a formula came to nothing."""


def check_formulas(row: Row) -> None:
    if _FAILED.intersection((row.name, row.number, row.class_name)):
        raise Refused(Reason.FORMULA_FAILED)


NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_MORE_THAN_FIFTEEN = re.compile(r"\d{16,}\.0")


def check_number(row: Row) -> None:
    if not row.number:
        raise Refused(Reason.NO_NUMBER)
    if _SCIENTIFIC.fullmatch(row.number) or _MORE_THAN_FIFTEEN.fullmatch(row.number):
        raise Refused(Reason.NUMBER_CUT)
    if len(row.number) > NUMBER_MAX or not NUMBER.fullmatch(row.number):
        raise Refused(Reason.NUMBER_UNREADABLE)


_WITHIN_NAMES = frozenset(" ·.-'’ʼ་\u200c\u200d")
"""Dots and dashes of names, the tsheg of Tibetan ones, the joiners of Uyghur ones."""
_DOTS = re.compile(r"\s*[·•‧・∙⋅･●・．]\s*")
_HAN = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_DOT_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\s*\.\s*(?={_HAN})")
_SPACE_BETWEEN_HAN = re.compile(rf"(?<={_HAN}) (?={_HAN})")
_GAP = re.compile("[?？\ufffd□■*＊\ue000-\uf8ff]")
"""What stands where a rare character was lost on the way, or only one computer can show it."""


def tidy_name(written: str) -> str:
    """One way to write a name: one dot of those that look alike, no spaces that only align."""
    name = _DOTS.sub("·", html.line(written))
    return _SPACE_BETWEEN_HAN.sub("", _DOT_BETWEEN_HAN.sub("·", name))


def name(row: Row) -> str:
    name = tidy_name(row.name)
    if not name:
        raise Refused(Reason.NO_NAME)
    if len(name) > NAME_MAX:
        raise Refused(Reason.NAME_TOO_LONG)
    if _GAP.search(name):
        raise Refused(Reason.NAME_WITH_A_GAP)
    # Digits and brackets are where remarks about a child hide; no name needs them.
    if not any(sign.isalpha() for sign in name) or not all(map(_belongs_in_a_name, name)):
        raise Refused(Reason.NAME_UNREADABLE)
    return name


def _belongs_in_a_name(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" or sign in _WITHIN_NAMES


def class_name(row: Row, today: date) -> ClassName | Reason:
    if not row.class_name:
        return Reason.NO_CLASS
    try:
        return classnames.parse(row.class_name, row.grade, today=today)
    except classnames.OutOfRange:
        return Reason.GRADE_OUT_OF_RANGE
    except classnames.Disagreement:
        return Reason.GRADE_DISAGREES
    except classnames.Unreadable:
        return Reason.CLASS_UNREADABLE


def birth(row: Row, today: date) -> tuple[int, int] | None:
    if not row.birth:
        return None
    if row.birth == MISREAD:
        raise Refused(Reason.BIRTH_UNREADABLE)
    year, month = (int(part) for part in row.birth.split("-"))
    if not YOUNGEST <= today.year - year <= OLDEST:
        raise Refused(Reason.BIRTH_IMPLAUSIBLE)
    return year, month


def consent(row: Row, today: date) -> tuple[bool, date | None]:
    if row.consent == MISREAD:
        raise Refused(Reason.CONSENT_UNREADABLE)
    if not row.consent or row.consent == AGREED:
        return bool(row.consent), None
    signed_on = date.fromisoformat(row.consent)
    if signed_on > today:
        raise Refused(Reason.CONSENT_IN_FUTURE)
    return True, signed_on
