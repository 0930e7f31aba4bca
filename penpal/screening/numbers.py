"""Numbers that reach or name a person: mobile, landline, identity card; checked by kept libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from stdnum import isbn

from penpal.screening import cards, cues
from penpal.screening.findings import Kind

Found = tuple[Kind, int, int]

_FILLER = (
    r"然后是?|接着是?|接下来是?|后面是?|前面是?|中间是?|最后是?|开头是?|结尾是?|再来|再加|再是|再|之后是?|跟着|加上|和|是"
    r"|嗯|呃|额|哈+|啦|呀|and then|then|and|next|dash|杠|横杠|空格|点"
)
_GAP = rf"(?:(?:[\W_]|{_FILLER}){{0,4}}| {{5,24}})"
_RUN = re.compile(rf"\d(?:(?:{_GAP})\d)*")
_GROUP = re.compile(r"\d+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_STANDARD = {
    (3, 4, 4),
    (3, 3, 5),
    (4, 3, 4),
    (3, 8),
    (4, 4, 3),
    (7, 4),
    (3, 2, 2, 4),
    (3, 2, 3, 3),
    (5, 6),
    (6, 5),
    (4, 7),
    (5, 3, 3),
    (1, 10),
}

_CONSTANTS = ("1414213562", "1732050807", "1618033988", "1644934066", "1772453850", "1587401051")
_LEET = str.maketrans("oilzsbgqv|!", "01125899511")
_LEET_SIGN = "[0-9oilzsbgqv|!]"
_LEET_RUN = re.compile(
    rf"(?![a-z|!]+\s){_LEET_SIGN}(?<![a-z0-9].)(?:[\W_]{{0,2}}{_LEET_SIGN}){{9,16}}"
    r"[\W_]{0,2}[0-9oilzsbgqv|!x](?![a-z0-9])"
)
_STEADY = re.compile(r"(1)(?<!\d1)([^\d]{1,3})([3-9])(?:\2(?:\d)){9}(?!\d)")
# What textbooks and films dial: these belong to nobody.
_INVENTED = re.compile(r"55501\d\d4?")  # "for" behind it was read as a four
_FOREIGN = re.compile(r"(?:\+|0(?<!\w0)0)[\W_]{0,2}([1-9](?:[\W_]{0,3}\d){7,14})")


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits that stand together, with where each unbroken group of them stands."""

    groups: tuple[tuple[int, int, str], ...]

    def joined(self, first: int, last: int) -> str:
        return "".join(group[2] for group in self.groups[first:last])

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self.groups[first][0], self.groups[last - 1][1]


def found(text: str) -> Iterator[Found]:
    """Every number in a normalised text that is a telephone or an identity card."""
    taken: list[tuple[int, int]] = []
    for kind, start, end in _all(text):
        if kind is Kind.ID_CARD:
            taken.append((start, end))
        elif any(start < until and end > since for since, until in taken):
            continue
        yield kind, start, end


def _all(text: str) -> Iterator[Found]:
    for start, end in cards.found(text):
        yield Kind.ID_CARD, start, end
    for run in _runs(text):
        yield from _telephones(text, run)
    yield from _abroad(text)
    yield from _disguised(text)
    yield from _gathered(text)


def _runs(text: str) -> Iterator[_Run]:
    for run in _RUN.finditer(text):
        if run.end() - run.start() < 7:
            continue
        groups = tuple(
            (run.start() + group.start(), run.start() + group.end(), group[0])
            for group in _GROUP.finditer(run[0])
        )
        if sum(len(group[2]) for group in groups) >= 7:
            yield _Run(groups)


def _telephones(text: str, run: _Run) -> Iterator[Found]:
    count = len(run.groups)
    at = 0
    while at < count:
        step = 1
        for last in range(at + 1, min(at + 14, count) + 1):
            digits = run.joined(at, last)
            if len(digits) > 17:
                break
            kind = _kind(text, run, at, last, digits)
            if kind:
                yield (kind, *run.span(at, last))
                step = last - at
                break
        at += step


def _kind(text: str, run: _Run, first: int, last: int, digits: str) -> Kind | None:
    if len(digits) < 7:
        return None
    start, end = run.span(first, last)
    has_cue = cues.near(cues.TELEPHONE, text, start, end)
    sizes = tuple(len(group[2]) for group in run.groups[first:last])
    if _MOBILE.fullmatch(_without_prefix(digits)):
        if _is_excused(text, start, end, digits):
            return None
        if has_cue:
            return Kind.PHONE_MOBILE
        # Not every number that somebody invents for a test of patience is in service.
        if len(sizes) > 1 and not _is_mobile(_without_prefix(digits)):
            return None
        if _looks_dialled(text, run, first, last, sizes):
            return Kind.PHONE_MOBILE
        return None
    if 10 <= len(digits) <= 12 and cues.near(cues.BACKWARDS, text, start, end):
        return _kind_alone(digits[::-1])
    if digits[0] == "0" or digits.startswith("86"):
        national = digits.removeprefix("0086").removeprefix("86")
        national = national if national.startswith("0") else "0" + national
        # Ten digits are the least of an area and a number.
        if 10 <= len(national) <= 12 and _is_landline(national):
            if _is_excused(text, start, end, digits) or not (has_cue or _landline_shape(sizes)):
                return None
            if set(text[start:end]) & set("=×÷<>|"):
                return None
            return Kind.PHONE_LANDLINE
        return None
    if first == 0 and last == len(run.groups):
        return _kind_by_cue(text, start, end, digits, groups=len(sizes))
    return None


def _kind_by_cue(text: str, start: int, end: int, digits: str, *, groups: int) -> Kind | None:
    """What only the words around say of a whole run: a number without its area, its nought, or reversed."""
    if (
        10 <= len(digits) <= 11
        and cues.near(cues.WITHOUT_ZERO, text, start, end)
        and _is_landline("0" + digits)
        and not _is_excused(text, start, end, digits)
    ):
        return Kind.PHONE_LANDLINE
    if len(digits) == 11 and _is_mobile(digits[::-1]) and digits[0] != "1":
        return Kind.PHONE_MOBILE if cues.near(cues.TELEPHONE, text, start, end) else None
    if (
        len(digits) in (7, 8)
        and digits[0] in "2345678"
        and groups <= 8
        and cues.near(cues.LANDLINE, text, start, end, before=16, after=8)
        and not cues.COUNTED.match(text, end)
        and not _INVENTED.fullmatch(digits)
        and not re.match(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$", digits)
    ):
        return Kind.PHONE_LANDLINE
    return None


def _without_prefix(digits: str) -> str:
    for prefix in ("0086", "86", "0"):
        if digits.startswith(prefix) and len(digits) == 11 + len(prefix):
            return digits[len(prefix) :]
    return digits


def _looks_dialled(text: str, run: _Run, first: int, last: int, sizes: Sequence[int]) -> bool:
    """Whether the way the digits are grouped is one of a number told, not of a list of numbers."""
    prefixed = tuple(sizes[1:]) if run.groups[first][2] in ("86", "0086") else tuple(sizes)
    if set(prefixed) == {1} and len(run.groups) > 13:
        # Rows of single digits: music in figures, a square of numbers.
        return False
    if len(prefixed) == 1 or prefixed in _STANDARD or set(prefixed) == {1}:
        return not _is_rising(run, first, last)
    start, end = run.span(first, last)
    if first or last != len(run.groups) or _is_rising(run, first, last):
        return False
    # Lists are separated by commas, sums by signs, times by colons, dates by dots or strokes.
    between = set(re.sub(r"\d", "", text[start:end]))
    if len(between) == 1 and len(prefixed) >= 4 and max(prefixed) > 2:
        return True
    return not between & set(",、:/+=x*÷<>~%;。") or (max(prefixed) <= 3 and len(prefixed) >= 6)


def _is_rising(run: _Run, first: int, last: int) -> bool:
    """1, 3, 5, 7, 9, 11, 13, 15 are eleven digits too."""
    values = [int(group[2]) for group in run.groups[first:last]]
    if len(values) < 4:
        return False
    steps = {after - before for before, after in pairwise(values)}
    return all(step > 0 for step in steps) or all(step < 0 for step in steps) or len(steps) == 1


def _is_excused(text: str, start: int, end: int, digits: str) -> bool:
    if digits.startswith(_CONSTANTS):
        return True
    if cues.is_serial(text, start):
        return True
    # The digits behind the point of a decimal number.
    if re.search(r"\d\.$", text[max(0, start - 2) : start]) and "." not in text[end : end + 1]:
        return True
    return len(digits) in (10, 13) and isbn.is_valid(digits)


@lru_cache(maxsize=4096)
def _is_mobile(digits: str) -> bool:
    return _type(digits, "CN") == PhoneNumberType.MOBILE


@lru_cache(maxsize=4096)
def _is_landline(digits: str) -> bool:
    return _type(digits, "CN") == PhoneNumberType.FIXED_LINE


def _landline_shape(sizes: Sequence[int]) -> bool:
    return len(sizes) <= 4 or set(sizes) == {1}


def _type(digits: str, region: str | None) -> int | None:
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    kind: int = phonenumbers.number_type(number)
    return kind


def _abroad(text: str) -> Iterator[Found]:
    for number in _FOREIGN.finditer(text):
        digits = re.sub(r"\D", "", number[1])
        if digits.startswith("86"):
            continue
        kind = _type("+" + digits, None)
        if kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
            yield Kind.PHONE_MOBILE, number.start(), number.end()
        elif kind == PhoneNumberType.FIXED_LINE:
            yield Kind.PHONE_LANDLINE, number.start(), number.end()


def _disguised(text: str) -> Iterator[Found]:
    """Letters in the place of digits, and one and the same word between all of them."""
    for run in _LEET_RUN.finditer(text):
        if sum(sign.isdigit() for sign in run[0]) < 2 or not any(sign.isalpha() for sign in run[0]):
            continue
        for b in "86":
            digits = re.sub(r"[^\dx]", "", run[0].replace("b", b).translate(_LEET))
            kind = _kind_alone(digits)
            if kind is Kind.PHONE_LANDLINE and not cues.near(
                cues.TELEPHONE, text, run.start(), run.end()
            ):
                kind = None
            if kind:
                yield kind, run.start(), run.end()
                break
    for run in _STEADY.finditer(text):
        yield Kind.PHONE_MOBILE, run.start(), run.end()


def _kind_alone(digits: str) -> Kind | None:
    """What these digits are wherever they stand."""
    if _MOBILE.fullmatch(_without_prefix(digits)):
        return Kind.PHONE_MOBILE
    if digits[:1] == "0" and 10 <= len(digits) <= 12 and _is_landline(digits):
        return Kind.PHONE_LANDLINE
    if cards.is_likely(digits):
        return Kind.ID_CARD
    return None


def _gathered(text: str) -> Iterator[Found]:
    """A number told in pieces with words between: 'it begins with 138, then 0013, 8000 at the end'."""
    last_end = 0
    for cue in cues.IN_PIECES.finditer(text):
        if cue.start() < last_end:
            continue
        pieces = list(
            _GROUP.finditer(text, max(0, cue.start() - 12), min(len(text), cue.end() + 90))
        )
        for at in range(len(pieces)):
            digits, end = "", 0
            for piece in pieces[at : at + 11]:
                if end and piece.start() - end > 14:
                    break
                digits, end = digits + piece[0], piece.end()
                if len(digits) >= 11:
                    break
            if len(digits) == 11 and _is_mobile(digits):
                yield Kind.PHONE_MOBILE, pieces[at].start(), end
                last_end = end
                break


def over_messages(text: str) -> Iterator[Found]:
    """A number of which each message, on a line of its own, holds a piece; other messages may stand between."""
    pieces: list[tuple[int, int, str, int]] = []
    at = 0
    for number, line in enumerate(text.split("\n")):
        groups = list(_GROUP.finditer(line))
        digits = "".join(group[0] for group in groups)
        if line.endswith(groups[-1][0] + "x" if groups else "x"):
            digits += "x"
        words = sum(sign.isalpha() for sign in line)
        if groups and words <= 14:
            pieces.append((at + groups[0].start(), at + groups[-1].end(), digits, number))
        at += len(line) + 1
    for first in range(len(pieces)):
        digits = ""
        for last in range(first, min(first + 12, len(pieces))):
            if last > first and pieces[last][3] - pieces[last - 1][3] > 4:
                break
            digits += pieces[last][2]
            if len(digits) > 18:
                break
            if last == first:
                continue
            kind = _kind_alone(digits)
            if kind:
                yield kind, pieces[first][0], pieces[last][1]
                break
