"""Sentences written in pinyin: text and rules are both turned into sounds, and meet there.

Each syllable becomes one sign of a private range, in the text and in the patterns, so that every
rule for Chinese holds for pinyin too. Only what is written in pinyin is read so: by its sound alone,
ordinary Chinese would mean too many things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from pypinyin import lazy_pinyin

from penpal.screening.numerals import Edit

_FIRST = 0xE000
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
_RANGE = re.compile(r"[\u4e00-\u9fff]-[\u4e00-\u9fff]")
_ANY_SOUND = "\ue000-\ue3ff"
_LEAST = 5
"""Syllables in a row that make a sentence in pinyin and not a name."""


@cache
def _sounds() -> dict[str, str]:
    """The sign of each syllable, and of each ideograph by its commonest reading."""
    ideographs = [chr(point) for point in range(0x4E00, 0x9FA6)]
    readings = lazy_pinyin(ideographs, errors=lambda sign: sign, v_to_u=False)
    signs: dict[str, str] = {}
    for reading in readings:
        if reading and reading.isascii():
            signs.setdefault(reading, chr(_FIRST + len(signs)))
    of_ideographs = {
        ideograph: signs[reading]
        for ideograph, reading in zip(ideographs, readings, strict=True)
        if reading in signs
    }
    return signs | of_ideographs


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word of the alphabet that is all syllables, and one syllable of it, the longest first."""
    syllables = sorted((sound for sound in _sounds() if sound.isascii()), key=len, reverse=True)
    one = "|".join(syllables)
    return re.compile(rf"(?:{one})+"), re.compile(one)


_RUN = re.compile(r"[a-z]+(?:[ ,.!?'\-]{0,3}[a-z]+)*")
_WORD = re.compile(r"[a-z]+")


def edits(text: str) -> list[Edit]:
    """What turns the pinyin of a normalised text into sounds; nothing where it has none."""
    made: list[Edit] = []
    for run in _RUN.finditer(text):
        # Quick, for English has no three such words in a row either.
        words = _WORD.findall(run[0])
        if len(run[0]) >= 2 * _LEAST and "111" in "".join(map(_as_digit, words)):
            made.extend(_of_run(text, run.start(), run.end()))
    return made


def _of_run(text: str, start: int, end: int) -> Iterator[Edit]:
    _, one = _words()
    signs = _sounds()
    waiting: list[Edit] = []
    for word in [*_WORD.finditer(text, start, end), None]:
        if word is not None and _is_pinyin(word[0]):
            if waiting and not text[waiting[-1][1] : word.start()].strip():
                waiting.append((waiting[-1][1], word.start(), ""))
            waiting.extend(
                (word.start() + part.start(), word.start() + part.end(), signs[part[0]])
                for part in one.finditer(word[0])
            )
            continue
        if sum(bool(edit[2]) for edit in waiting) >= _LEAST:
            yield from waiting
        waiting = []


@lru_cache(maxsize=16384)
def _as_digit(word: str) -> str:
    return "1" if _is_pinyin(word) else "0"


def _is_pinyin(word: str) -> bool:
    whole, _ = _words()
    return whole.fullmatch(word) is not None


def sounded(text: str) -> str:
    """The same text, as long as before, with the sound of each ideograph in its place."""
    return text.translate(_by_point())


@cache
def _by_point() -> dict[int, str]:
    return {ord(sign): sound for sign, sound in _sounds().items() if len(sign) == 1 and sign > "z"}


def sounded_pattern(pattern: str) -> str:
    """A pattern for sounds: every ideograph in it stands for its syllable, a range of them for any."""
    return sounded(_RANGE.sub(_ANY_SOUND, pattern))


def has_ideographs(text: str) -> bool:
    """Whether there is anything in it that has a sound of its own."""
    return _IDEOGRAPH.search(text) is not None
