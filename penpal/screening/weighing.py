"""What a whole sentence sounds like, weighed by its letters: learnt from the labelled set, beside the rules.

A rule knows words. What says the same in other words is found by how near it is to what was labelled:
each run of one to four letters has a weight as each of the dangers, and a sentence is the sum of them
(ADR 0029). The weights are made by ``make weights`` from hand-written texts of ours alone.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from operator import add, itemgetter, mul
from pathlib import Path
from typing import Any

from penpal.screening.findings import DETAILS, Kind

FILE = Path(__file__).parent / "data" / "weights.json.gz"
LONGEST_GRAM = 4
LONGEST_TEXT = 4_000
"""Characters: beyond it weighing would take longer than a letter may wait."""
SHORTEST, LONGEST = 4, 240
"""Signs of a sentence that is weighed, three letters of an alphabet being one: a few words say too little."""
DETAILED = 7
"""Signs of a sentence that details are weighed in: a name or a number alone is the rules' matter."""
ORDINARY, UNLIKELY = 1.5, -6.5
"""Where a sentence of prose weighs no more than the first, or any sentence no more than the second, what a
rule found in it is not believed: there its words came together by chance."""
DOUBTED = frozenset(
    {Kind.MEETING_PLAN, Kind.BULLYING, Kind.THREAT, Kind.SECRECY_REQUEST, Kind.MONEY_REQUEST}
)
"""In prose only these: better one asked for nothing than one left alone with a worry."""
TRUSTED = DETAILS | {Kind.SEXUAL_APPROACH}
"""What is always believed."""
LEANING = -1.5
"""In a short text a sentence that weighs more goes with the danger that was found beside it."""
LIKELY = 0.3
"""How likely a further kind must be in order to be named beside the likeliest."""
FEW = 4
"""A text of more sentences than these is prose, where each must weigh more to be a finding."""
_DIGITS = re.compile(r"\d+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """The grams of a sentence that have weights: their rows, and what part each has in the sentence."""

    rows: Sequence[int]
    parts: Sequence[float]


@dataclass(frozen=True, slots=True)
class Scale:
    """A sum for each of several things that a sentence may be: a bias, and what each gram adds to it."""

    biases: tuple[float, ...]
    columns: tuple[Sequence[float], ...]
    """They may end where grams are too rare to tell these things apart."""

    def sums(self, sentence: Sentence) -> list[float]:
        rows, parts = sentence.rows, sentence.parts
        reach = len(self.columns[0])
        if max(rows, default=0) >= reach:
            known = [each for each in zip(rows, parts, strict=True) if each[0] < reach]
            rows, parts = [row for row, _ in known], [part for _, part in known]
        return [
            bias + sum(map(mul, parts, map(column.__getitem__, rows)))
            for bias, column in zip(self.biases, self.columns, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are weighed together; ``bars`` are the least weights in a short text and in prose.

    ``sounds`` tells how much likelier than ordinary the sentence is in each of the ways to be of the
    group, in logarithms, and ``names`` of which kind it is then; without it, the ways are the kinds.
    """

    kinds: tuple[Kind, ...]
    bars: tuple[float, float]
    sounds: Scale
    names: Scale | None


@dataclass(frozen=True, slots=True)
class Weights:
    """``rows`` tells for a gram at which place of each column its weight stands; the frequent come first."""

    rows: dict[str, int]
    rarity: Sequence[float]
    groups: tuple[Group, ...]


def grams(sentence: str) -> Counter[str]:
    """The runs of letters of a sentence, with its edges; a number is as many noughts as a run may have."""
    text = _edged(sentence)
    return Counter(
        text[start : start + length]
        for length in range(1, LONGEST_GRAM + 1)
        for start in range(len(text) - length + 1)
    )


def _edged(sentence: str) -> str:
    return f"^{_DIGITS.sub(_noughts, sentence.strip())}$"


def _noughts(number: re.Match[str]) -> str:
    return "0" * min(len(number[0]), LONGEST_GRAM)


def _weighed_grams(sentence: str, rows: dict[str, int]) -> Counter[int]:
    """Those of its grams that have a weight, by their rows, in the order of ``grams``.

    A gram was learnt where it stands in several texts, and then so do the shorter ones that it begins with:
    where those are unknown it is not looked for.
    """
    text, row_of = _edged(sentence), rows.get
    found = [row for row in map(row_of, text) if row is not None]
    hits = [
        (start, row)
        for start, row in enumerate(map(row_of, map(add, text, text[1:])))
        if row is not None
    ]
    found += [row for _start, row in hits]
    for length in range(3, LONGEST_GRAM + 1):
        last = len(text) - length
        hits = [
            (start, row)
            for start, _row in hits
            if start <= last and (row := row_of(text[start : start + length])) is not None
        ]
        found += [row for _start, row in hits]
    return Counter(found)


def size(sentence: str) -> float:
    """How much a sentence says: a sign for each ideograph, a third for what else is written."""
    ideographs = len(sentence) - len(_IDEOGRAPH.sub("", sentence))
    return ideographs + (len(sentence) - ideographs) / 3


def sentences(text: str, stops: Sequence[int]) -> list[tuple[int, int]]:
    """Where the sentences of a text stand that can be weighed; ``stops`` are the ends of their marks."""
    found, since = [], 0
    for stop in (*stops, len(text)):
        until = stop
        while since < until and not text[since].isalnum():
            since += 1
        while until > since and text[until - 1].isspace():
            until -= 1
        if until - since <= LONGEST and size(text[since:until]) >= SHORTEST:
            found.append((since, until))
        since = stop
    return found


def weighed(
    text: str, stops: Sequence[int], by_rules: Sequence[tuple[Kind, int, int]]
) -> Iterator[tuple[Kind, int, int]]:
    """Sentences of a normalised text that weigh enough, with a kind that no rule found in them."""
    if len(text) > LONGEST_TEXT:
        return
    places = sentences(text, stops)
    is_prose = len(places) > FEW
    asked = [
        (place, DETAILS if size(text[slice(*place)]) < DETAILED else frozenset[Kind]())
        for place in places
    ]
    if not is_prose and len(places) > 1 and len(text) <= LONGEST:
        # What one sentence only begins, the next may say; numbers in pieces the rules put together.
        asked.append(((places[0][0], places[-1][1]), DETAILS))
    found, before = list(by_rules), 0
    for (since, until), left_to_rules in asked:
        there = {kind for kind, start, end in found if start < until and since < end}
        told = text[min(before, since) : until]
        before = since
        for kind in _kinds_of(text[since:until], told=told, is_prose=is_prose):
            if kind in there | left_to_rules or _is_told_already(kind, there & DETAILS):
                continue
            there.add(kind)
            found.append((kind, since, until))
            yield kind, since, until
    if not is_prose and len(places) > 1:
        yield from _beside(text, places, found)


def _beside(
    text: str, places: Sequence[tuple[int, int]], found: Sequence[tuple[Kind, int, int]]
) -> Iterator[tuple[Kind, int, int]]:
    """Sentences side by side that may all belong to a danger which was found in one of them."""
    for kind in {kind for kind, _, _ in found} - DETAILS:
        leans = [_is_heavy(text, kind, [place], least=LEANING) for place in places]
        for is_heavy, group in groupby(zip(leans, places, strict=True), key=itemgetter(0)):
            stretch = [place for _, place in group]
            since, until = stretch[0][0], stretch[-1][1]
            if is_heavy and any(
                each is kind and start < until and since < end for each, start, end in found
            ):
                yield kind, since, until


def _is_told_already(kind: Kind, details: Set[Kind]) -> bool:
    """Of which kind a detail is, a rule says better than its weight does, but for a name without a place."""
    if kind not in DETAILS or not details:
        return False
    return details != {Kind.OTHER_HANDLE} or kind not in {Kind.WECHAT, Kind.QQ}


def reads_as_prose(text: str, stops: Sequence[int]) -> bool:
    """Whether a normalised text has so many sentences that words come together in them by chance."""
    return len(sentences(text, stops)) > FEW


def believed(
    text: str,
    stops: Sequence[int],
    by_rules: Sequence[tuple[Kind, int, int]],
    *,
    of_prose: bool = False,
) -> list[tuple[Kind, int, int]]:
    """What rules found, but for sentences that weigh too little. A short text may be ``of_prose``, too."""
    if len(text) > LONGEST_TEXT or all(kind in TRUSTED for kind, _, _ in by_rules):
        return list(by_rules)
    places = sentences(text, stops)
    doubts = of_prose or len(places) > FEW
    return [
        (kind, start, end)
        for kind, start, end in by_rules
        if kind in TRUSTED
        or _is_heavy(
            text,
            kind,
            [place for place in places if place[0] < end and start < place[1]],
            least=ORDINARY if doubts and kind in DOUBTED else UNLIKELY,
        )
    ]


def _is_heavy(text: str, kind: Kind, places: Sequence[tuple[int, int]], *, least: float) -> bool:
    """Whether one of these sentences, if there are any, may well be of the kind."""
    group = next(each for each in weights().groups if kind in each.kinds)
    return not places or any(
        _together(group.sounds.sums(_sentence(text[since:until]))) > least
        for since, until in places
    )


def _kinds_of(text: str, *, told: str, is_prose: bool) -> list[Kind]:
    """Of each group that the sentence weighs enough for, the kinds that it is likely of.

    Where an account is to be found may be ``told`` in the sentence before.
    """
    sentence = _sentence(text)
    kinds: list[Kind] = []
    for group in weights().groups:
        sums = group.sounds.sums(sentence)
        if _together(sums) <= group.bars[is_prose]:
            continue
        named = group.names.sums(_sentence(told)) if group.names else sums
        shares = [math.exp(each) for each in named]
        least = min(max(shares), LIKELY * sum(shares))
        ordered = sorted(zip(shares, group.kinds, strict=True), reverse=True)
        kinds += [kind for share, kind in ordered if share >= least]
    return kinds


def _sentence(text: str) -> Sentence:
    scale = weights()
    counts = _weighed_grams(text, scale.rows)
    rarity = scale.rarity
    values = [
        rarity[row] if count == 1 else (1 + math.log(count)) * rarity[row]
        for row, count in counts.items()
    ]
    # All sentences are of one length, however much they say; where no gram is known it is of none.
    length = math.hypot(*values) or 1.0
    return Sentence(list(counts), [value / length for value in values])


def _together(sums: Sequence[float]) -> float:
    """How much likelier than ordinary a sentence is of any of these: the logarithm of the ratio."""
    return math.log(sum(map(math.exp, sums)))


def weights() -> Weights:
    """Read once. Raises FileNotFoundError where ``make weights`` was never run."""
    return _kept[0] if _kept else keep(read(json.loads(gzip.decompress(FILE.read_bytes()))))


_kept: list[Weights] = []


def keep(scale: Weights) -> Weights:
    """Weigh with these from now on."""
    _kept[:] = [scale]
    return scale


def read(told: dict[str, Any]) -> Weights:
    """What ``tools/weigh.py`` has learnt, made ready."""
    groups = tuple(
        Group(
            kinds=tuple(Kind(name) for name in each["kinds"]),
            bars=(each["bars"][0], each["bars"][1]),
            sounds=_scale(each["sounds"]),
            names=_scale(each["names"]) if each["names"] else None,
        )
        for each in told["groups"]
    )
    rows = {gram: row for row, gram in enumerate(told["grams"])}
    return Weights(rows, _column(told["rarity"]), groups)


def _scale(told: dict[str, Any]) -> Scale:
    return Scale(tuple(told["biases"]), tuple(_column(column) for column in told["columns"]))


def _column(told: dict[str, Any]) -> array[float]:
    """Numbers whose roots are kept in bytes, each so many times ``step``: small ones exactly enough."""
    roots = array("b", base64.b64decode(told["roots"]))
    step = told["step"]
    return array("f", (math.copysign((root * step) ** 2, root) for root in roots))
