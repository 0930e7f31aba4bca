"""Words in what people wrote: how texts are compared in any script, and where the words stand in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from penpal.kernel import html

LONGEST, MOST_WORDS = 60, 8
"""Of what is looked for: characters as typed, and words. The rest is left out."""

_BEFORE, _AFTER, _NEAR = 18, 60, 10
"""Signs shown before and after the first hit, and how far a cut moves to find a gap between words."""

_JOINERS = "\u200c\u200d"
_ESCAPE = "\\"


def folded(text: str) -> str:
    """The form in which texts are compared: full and half width, and large and small letters, alike.

    Compatibility forms (NFKC) and case go; accents and vowel signs stay, for they make other words.
    """
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: as typed, and the words to compare. ``shortened`` when there were more."""

    typed: str
    words: Sequence[str]
    shortened: bool


def asked(typed: str) -> Asked:
    whole = html.line(typed)
    kept = whole[:LONGEST].rstrip()
    words = list(dict.fromkeys(folded(kept).split()))
    return Asked(kept, words[:MOST_WORDS], kept != whole or len(words) > MOST_WORDS)


def pattern(word: str) -> str:
    """A word as SQL's LIKE finds it anywhere; what LIKE takes for a wildcard stands for itself."""
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    return f"%{word}%"


@dataclass(frozen=True, slots=True)
class Extract:
    """A piece of a text around a word, with the places of all words in it, as in a slice."""

    text: str
    spans: Sequence[tuple[int, int]]

    @property
    def marked(self) -> Markup:
        return html.marked(self.text, self.spans)


def extract(body: str, wanted: Sequence[str]) -> Extract:
    """The line of a text in which most of the words stand, cut around the first of them."""
    signs = list(_signs(_line(body, wanted).strip(" \t\u3000")))
    hits = _hits(signs, wanted)
    first, last = hits[0] if hits else (0, 0)
    begin, end = _start(signs, first), _end(signs, max(last, first + _AFTER))
    head, tail = "…" if begin else "", "…" if end < len(signs) else ""
    starts = [len(head)]
    for sign in signs[begin:end]:
        starts.append(starts[-1] + len(sign))
    spans = [
        (starts[max(one, begin) - begin], starts[min(other, end) - begin])
        for one, other in hits
        if one < end and other > begin
    ]
    return Extract(head + "".join(signs[begin:end]) + tail, spans)


def _line(body: str, wanted: Sequence[str]) -> str:
    """The first line with all the words, else with most of them."""
    best, most = "", 0
    for line in body.split("\n"):
        compared = folded(line)
        distinct = sum(word in compared for word in wanted)
        if distinct > most:
            best, most = line, distinct
        if most == len(wanted):
            break
    return best


def _hits(signs: Sequence[str], wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand, counted in signs, in order, what touches or overlaps made one.

    Folding changes lengths (ﬁ becomes two letters, two signs of a syllable become one), so each
    letter of the folded text remembers the sign that it came from.
    """
    pieces = [_folded_sign(sign) for sign in signs]
    compared = "".join(pieces)
    owners = [number for number, piece in enumerate(pieces) for _letter in piece]
    found = []
    for word in wanted:
        at = compared.find(word)
        while at >= 0:
            found.append((owners[at], owners[at + len(word) - 1] + 1))
            at = compared.find(word, at + 1)
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


_folded_sign = lru_cache(maxsize=8192)(folded)


def _signs(text: str) -> Iterator[str]:
    """A text in the smallest pieces that fold alone as they fold together: a letter with its marks."""
    start = 0
    for at in range(1, len(text)):
        if not _goes_on(text[at - 1], text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _goes_on(before: str, sign: str) -> bool:
    """Whether a character belongs to what stands before it."""
    if sign < "\u0300" or "\u4e00" <= sign <= "\u9fff":
        return before == "\u200d"
    first = unicodedata.normalize("NFKD", sign)[0]
    return (
        unicodedata.category(first).startswith("M")
        or "\u1160" <= first <= "\u11ff"  # Vowels and finals of a Korean syllable.
        or "\U0001f3fb" <= sign <= "\U0001f3ff"  # The tones of a face or a hand.
        or sign in _JOINERS
        or before == "\u200d"
    )


def _start(signs: Sequence[str], first: int) -> int:
    """Where an extract begins: after a gap between words, if one is near.

    A word of joined letters would look like another one when it is cut.
    """
    at = max(0, first - _BEFORE)
    gaps = (place + 1 for place in range(at, min(at + _NEAR, first)) if signs[place].isspace())
    return next(gaps, at) if at else 0


def _end(signs: Sequence[str], at: int) -> int:
    """Where an extract ends: before such a gap; a short rest is not cut off."""
    if len(signs) - at <= _NEAR:
        return len(signs)
    gaps = (place for place in range(at, at + _NEAR) if signs[place].isspace())
    return next(gaps, at)
