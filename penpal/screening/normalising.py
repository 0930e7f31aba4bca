"""A text without its disguises, and the way back to the positions of the text as it was given."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from penpal.screening import characters, numerals
from penpal.screening.numerals import Edit


@dataclass(frozen=True, slots=True)
class Layer:
    """One round of edits: where each stands in the new text, and what it replaced in the old one."""

    edits: tuple[tuple[int, int, int, int], ...]
    starts: tuple[int, ...]

    def back(self, position: int, *, is_end: bool) -> int:
        """The position in the old text; inside of what was replaced, that of its nearer edge."""
        at = bisect_right(self.starts, position - 1 if is_end else position) - 1
        if at < 0:
            return position
        _, new_end, old_start, old_end = self.edits[at]
        if is_end:
            return old_end if position <= new_end else old_end + position - new_end
        return old_start if position < new_end else old_end + position - new_end


@dataclass(slots=True)
class Plain:
    """The text to look at: lower case, simplified, without what cannot be seen, numerals as digits."""

    text: str
    layers: list[Layer] = field(default_factory=list)

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make these edits, which are in order and do not overlap."""
        parts: list[str] = []
        made: list[tuple[int, int, int, int]] = []
        last, length = 0, 0
        text = self.text
        for start, end, word in edits:
            parts.append(text[last:start])
            length += start - last
            made.append((length, length + len(word), start, end))
            parts.append(word)
            length += len(word)
            last = end
        if not made:
            return
        parts.append(text[last:])
        self.text = "".join(parts)
        self.layers.append(Layer(tuple(made), tuple(each[0] for each in made)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where that part of the plain text stands in the text as it was given."""
        for layer in reversed(self.layers):
            start, end = layer.back(start, is_end=False), layer.back(end, is_end=True)
        return start, max(end, start)


Breaks = Literal["soft", "kept", "none"]
"""What a line break in the middle of a sentence is: a space, a break, or nothing at all."""


def normalise(text: str, *, breaks: Breaks = "soft") -> Plain:
    """Take every disguise off that leaves the words themselves in place."""
    one, several = characters.tables()
    plain = Plain(text.translate(one))
    if breaks == "soft":
        plain.text = _SOFT_BREAK.sub(" ", plain.text)
    elif breaks == "none":
        plain.apply((found.start(), found.end(), "") for found in _BROKEN.finditer(plain.text))
    if present := several.keys() & set(plain.text):
        signs = re.compile(f"[{re.escape(''.join(sorted(present)))}]")
        plain.apply(
            (found.start(), found.end(), several[found[0]]) for found in signs.finditer(plain.text)
        )
    # A heart between digits is an ornament; everywhere else it may stand for a syllable.
    plain.text = _HEART.sub(" ", plain.text)
    if _LOOKALIKE.search(plain.text):
        plain.text = _MIXED_WORD.sub(_unmixed, plain.text)
    plain.apply(_squeezed(plain.text))
    plain.apply(_joined_letters(plain.text))
    plain.apply(numerals.spelled_out(plain.text))
    plain.text = numerals.as_digits(plain.text)
    return plain


_SOFT_BREAK = re.compile(r"\n(?<=[^\s。.!?;:…]\n)(?=\S)")
_BROKEN = re.compile(r"(?<=[^\s。!?;:])[ \t]*\n[ \t]*(?=\S)")
_HEART = re.compile(r"心(?<=\d心)(?=\d)")
_LOOKALIKE = re.compile(r"[\u0370-\u052f]")
_MIXED_WORD = re.compile(
    r"[a-z0-9\u0370-\u052f]*(?:[a-z0-9][\u0370-\u052f]|[\u0370-\u052f][a-z0-9])[a-z0-9\u0370-\u052f]*"
)


def _unmixed(word: re.Match[str]) -> str:
    return word[0].translate(characters.LOOKALIKES)


# Between two ideographs stand no spaces, no ornaments and no line breaks, nor around the punctuation
# that they share with others; punctuation that ends a clause stays.
_IDEOGRAPH = r"\u3007\u3400-\u9fff"
_NOISE = re.compile(
    rf"(?:[^\w\s,.。!?;:、\"'《》~…@+/\\]|[/\\](?![/\\])|[_ \t.'~·+]){{1,4}}(?=[{_IDEOGRAPH}。!?,、])"
    rf"|[ \t]*\n\s*(?=[{_IDEOGRAPH}])"
)
_BEFORE_NOISE = re.compile(rf"[{_IDEOGRAPH},.。!?;:、]")
_BEFORE_BREAK = re.compile(rf"[{_IDEOGRAPH}]")


def _squeezed(text: str) -> Iterable[Edit]:
    for found in _NOISE.finditer(text):
        before = text[found.start() - 1 : found.start()]
        wanted = _BEFORE_BREAK if "\n" in found[0] else _BEFORE_NOISE
        if wanted.match(before):
            yield found.start(), found.end(), ""


_LETTER_OR_DIGIT = r"a-z0-9\u0620-\u06ff"
_LONE_LETTERS = re.compile(
    rf"[{_LETTER_OR_DIGIT}](?<![{_LETTER_OR_DIGIT}][{_LETTER_OR_DIGIT}])(?:(?:[\W_]{{1,3}}[{_LETTER_OR_DIGIT}](?![{_LETTER_OR_DIGIT}])){{2,120}}|(?<=[a-z])[\W_]{{1,3}}[a-z](?![a-z0-9]))"
)
_LONE_SEPARATOR = re.compile(rf"[\W_]{{1,3}}(?=[{_LETTER_OR_DIGIT}])")


def _joined_letters(text: str) -> Iterable[Edit]:
    """``w e c h a t`` and ``v.x``: letters that stand alone, one after the other, are one word.

    Where most are apart by spaces, a dot or stroke between two of them is part of the word.
    """
    for found in _LONE_LETTERS.finditer(text):
        if not _LETTER.search(found[0]):
            continue
        gaps = list(_LONE_SEPARATOR.finditer(text, found.start(), found.end()))
        spaced = sum(not gap[0].strip() for gap in gaps) * 2 > len(gaps)
        for gap in gaps:
            # Between letters apart by dots, a space is one between two words.
            sign = gap[0].strip() if spaced else "" if gap[0].strip() else " "
            if len(gaps) == 1 and gap[0] in _PLAIN_GAPS:
                sign = ""
            if sign != gap[0] and (spaced or gap[0] in _PLAIN_GAPS or len(gaps) > 2):
                yield gap.start(), gap.end(), sign


_LETTER = re.compile(r"[a-z\u0620-\u06ff]")
_PLAIN_GAPS = frozenset((" ", ".", "_", "-", "*", "~", "|", "/", "'", "+", "  "))
