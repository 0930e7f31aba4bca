"""Days and numbers as the page's language writes them; each is worked out once and then remembered."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from penpal.kernel import clock

_SHAPES = {
    "zh_Hans": {"MMMd": "M月d日", "yMMMd": "y年M月d日", "yMMMM": "y年M月", "MMMM": "LLLL"},
    "en": {"MMMd": "d MMM", "yMMMd": "d MMM y", "yMMMM": "MMMM y", "MMMM": "LLLL"},
}
_NAMED = frozenset(_SHAPES["en"])
"""What may stand on a page in any language; all other shapes are patterns that are the same in all."""


def day(of: date, shape: str, language: str) -> str:
    """A day; of a moment, the one on our schools' calendars.

    ``shape`` is one of CLDR's skeletons MMMd, yMMMd, yMMMM and MMMM, or a pattern for the marks on
    stamps, which are the same in every language.
    """
    if isinstance(of, datetime):
        of = clock.local(of).date()
    return _day(of, shape, language)


def month(of: date, language: str) -> str:
    """The month that a day lies in, with its year unless that is the present one."""
    return _day(of, "MMMM" if of.year == clock.today().year else "yMMMM", language)


@lru_cache(maxsize=4096)
def number(value: int, language: str) -> str:
    """A count, its thousands set apart."""
    return str(format_decimal(value, locale=language))


@lru_cache(maxsize=8192)
def _day(of: date, shape: str, language: str) -> str:
    if shape in _NAMED and language not in _SHAPES:
        return str(format_skeleton(shape, of, locale=language))
    pattern = _SHAPES.get(language, {}).get(shape, shape)
    return str(format_date(of, pattern, locale=language))
