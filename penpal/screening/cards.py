"""Numbers of identity cards: of a place and a day of birth, or called so; nobody asks the check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from penpal.screening import cues

_CARD = re.compile(r"[\dx](?<!\d[\dx])(?:[\W_]{0,3}\d){16}(?:[\W_]{0,3}(?:\d|x|叉|艾克斯))(?!\d)")
_CALLED_SO = re.compile(r"(?<!\d)[\dx](?:(?:[\W_]{0,4}| {5,24})[\dx]){14,17}(?!\d)")
_PIECE = re.compile(r"\d{2,}x?")
_OLD = re.compile(r"[1-9](?<!\d\d)\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_BIRTH = re.compile(r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# The first digits of codes of provinces: six regions of the country, and what lies in each.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]")


def found(text: str) -> Iterator[tuple[int, int]]:
    """Where they stand in a normalised text."""
    for card in _CARD.finditer(text):
        digits = re.sub(r"[^\dx]", "", card[0].replace("叉", "x").replace("艾克斯", "x"))
        if cues.near(cues.BACKWARDS, text, card.start(), card.end()):
            digits = digits[::-1]
        if is_likely(digits):
            yield card.span()
    for cue in cues.CARD.finditer(text):
        yield from _told(text, cue.start(), cue.end())
    for card in _OLD.finditer(text):
        if _has_place(card[0]) and not cues.is_serial(text, card.start()):
            yield card.span()


def is_likely(digits: str) -> bool:
    """Eighteen digits that begin with a place and a day; the check digit may be a slip (GB 11643)."""
    return len(digits) == 18 and _BIRTH.match(digits) is not None and _has_place(digits)


def _told(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What somebody calls the number of a card, right or wrong, after these words or before them."""
    after = _CALLED_SO.search(text, end, end + 70)
    if after:
        yield after.span()
        return
    pieces = list(_PIECE.finditer(text, end, end + 70))
    if len(pieces) > 1 and 15 <= sum(len(piece[0]) for piece in pieces) <= 20:
        yield pieces[0].start(), pieces[-1].end()
        return
    before = _CALLED_SO.search(text, max(0, start - 60), start)
    if before:
        yield before.span()


@lru_cache(maxsize=1024)
def _has_place(digits: str) -> bool:
    """The county, or at least the province: counties are renumbered faster than lists of them."""
    try:
        return bool(ric.get_birth_place(digits))
    except (ValidationError, KeyError):
        # KeyError: the list has the province, and nothing of what should lie in it.
        return len(digits) == 18 and _PROVINCE.match(digits) is not None
