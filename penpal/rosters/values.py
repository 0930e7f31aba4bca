"""What a cell says: a number, a month of birth, a consent, however the school wrote it; pure.

A birthday becomes a year and a month here, so that no day ever reaches a row.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from penpal.rosters.sheets import AGREED, MISREAD


def _narrow(text: str) -> str:
    """Full-width digits and letters as plain ones, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


_WITH_A_POINT = re.compile(r"(\d{1,15})\.0+")


def number(text: str) -> str:
    """A student number; 2023010203.0 is one that a program took for a quantity."""
    plain = _narrow(text)
    pointed = _WITH_A_POINT.fullmatch(plain)
    return pointed[1] if pointed else plain


_DATE = re.compile(
    r"((?:19|20)\d\d)"
    r"(?:[-/.年](\d\d?)(?:[-/.月](\d\d?))?|(\d\d)(\d\d)?)[月日号]?"
)
_HOUR = re.compile(r"[ T]\d\d?:\d\d(?::\d\d)?$")
# Excel shows the number 2012.10, October, as 2012.1: nobody can tell it from January.
_JANUARY_OR_OCTOBER = re.compile(r"\d{4}\.1")


def month(text: str) -> str:
    """Year and month of a birth; the day, if there is one, ends here."""
    if not text:
        return ""
    year, month, _day = _date(text)
    if not 1 <= month <= 12 or _JANUARY_OR_OCTOBER.fullmatch(text):
        return MISREAD
    return f"{year}-{month:02}"


def _date(text: str) -> tuple[int, int, int]:
    """Year, month and day; zero where there is none."""
    found = _DATE.fullmatch(_narrow(_HOUR.sub("", text)))
    if found is None:
        return 0, 0, 0
    return int(found[1]), int(found[2] or found[4]), int(found[3] or found[5] or 0)


_YES = frozenset(
    "是 有 同意 已同意 已签 已签字 已交 已收 √ ✓ ✔ ☑ ✅ v y yes true 1 ok agreed signed".split()  # noqa: SIM905
)
_NO = frozenset(
    "否 无 没有 未 未签 未交 不同意 不 × ✗ ✘ x - — / n no false 0".split()  # noqa: SIM905
)


def consent(text: str) -> str:
    """Whether and when a guardian signed; an empty cell says no."""
    word = _narrow(text).casefold()
    if not word or word in _NO:
        return ""
    if word in _YES:
        return AGREED
    try:
        return date(*_date(text)).isoformat()
    except ValueError:
        return MISREAD
