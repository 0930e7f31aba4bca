"""The ways in which people hide words: each a function of the words, their language and its turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import opencc
import pypinyin

from tests.screening.labelled import digits

Disguise = Callable[[str, int], str]

BOLD_LETTERS = {chr(97 + n): chr(0x1D41A + n) for n in range(26)} | {
    chr(65 + n): chr(0x1D400 + n) for n in range(26)
}
CIRCLED_LETTERS = {chr(97 + n): chr(0x24D0 + n) for n in range(26)} | {
    chr(65 + n): chr(0x24B6 + n) for n in range(26)
}
LEET = {"a": "4", "e": "3", "i": "1", "o": "0"}
CYRILLIC = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "x": "х", "y": "у"}
# Letters of neighbouring alphabets that look alike; keyboards of old phones lack the right ones.
ARABIC_LOOKALIKES = {"ك": "ک", "ى": "ی", "ە": "ه"}
# Only these letters join to the next one, so only after them a stroke can be drawn out.
JOINING = set("بپتسشچجخغفقكگلمنھىي")


@cache
def converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(words: str, turn: int) -> str:
    return str(converter().convert(words))


def full_width(words: str, turn: int) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in words)


def zero_width(words: str, turn: int) -> str:
    return digits.ZERO_WIDTH[turn % len(digits.ZERO_WIDTH)].join(words)


def spaced(words: str, turn: int) -> str:
    return " ".join(words.replace(" ", ""))


def between(sign: str) -> Disguise:
    """The sign stands between any two signs, never beside a blank."""

    def disguise(words: str, turn: int) -> str:
        return " ".join(sign.join(word) for word in words.split(" "))

    return disguise


def table(signs: dict[str, str]) -> Disguise:
    return lambda words, turn: "".join(signs.get(sign, sign) for sign in words)


def some_of(signs: dict[str, str]) -> Disguise:
    """Every second chance is taken, as somebody does who still wants to be read."""

    def disguise(words: str, turn: int) -> str:
        said, chances = "", turn
        for sign in words:
            chances += sign in signs
            said += signs[sign] if sign in signs and chances % 2 else sign
        return said

    return disguise


def marked(words: str, turn: int) -> str:
    """A combining mark on each third letter."""
    return "".join(
        sign + "\u0335" if at % 3 == 1 and sign.isalpha() else sign for at, sign in enumerate(words)
    )


def drawn_out(words: str, turn: int) -> str:
    return "".join(sign + "ـ" if sign in JOINING else sign for sign in words)


def pinyin(words: str, turn: int) -> str:
    return " ".join(pypinyin.lazy_pinyin(words))


def halved(words: str, turn: int) -> str:
    """Two lines, or two messages where the case has several; words of an alphabet stay whole."""
    middle = len(words) // 2
    if " " in words:
        gap = min(
            (at for at, sign in enumerate(words) if sign == " "), key=lambda at: abs(at - middle)
        )
        return words[:gap] + "\n" + words[gap + 1 :]
    return words[:middle] + "\n" + words[middle:]


COMMON: dict[str, Disguise] = {
    "zero_width": zero_width,
    "lines": halved,
    "messages": halved,
}
DISGUISES: dict[str, dict[str, Disguise]] = {
    "zh": COMMON
    | {
        "traditional": traditional,
        "spaced": spaced,
        "dotted": between("."),
        "middle_dots": between("·"),
        "starred": between("*"),
        "slashed": between("/"),
        "pinyin": pinyin,
        "emoji_between": between("🌸"),
    },
    "en": COMMON
    | {
        "capitals": lambda words, turn: words.upper(),
        "spaced": between(" "),
        "dotted": between("."),
        "full_width": full_width,
        "bold": table(BOLD_LETTERS),
        "circled": table(CIRCLED_LETTERS),
        "cyrillic": some_of(CYRILLIC),
        "leet": some_of(LEET),
        "marked": marked,
    },
    "ug": COMMON
    | {
        "drawn_out": drawn_out,
        "lookalikes": table(ARABIC_LOOKALIKES),
        "dotted": between("."),
        "spaced": between(" "),
    },
    "mixed": COMMON
    | {"traditional": traditional, "full_width": full_width, "dotted": between(".")},
}
