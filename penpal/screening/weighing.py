"""What a whole sentence sounds like, weighed by its letters: learnt from the labelled set, beside the rules.

A rule knows words. What says the same in other words is found by how near it is to what was labelled:
each run of one to four letters has a weight, a sentence is the sum of them (ADR 0029). The weights
are made by ``make weights`` from hand-written texts of ours alone.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
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
ORDINARY = 0.0
"""Where a sentence of prose weighs no more, what a rule found in it is not believed."""
DOUBTED = frozenset(
    {Kind.MEETING_PLAN, Kind.BULLYING, Kind.THREAT, Kind.SECRECY_REQUEST, Kind.MONEY_REQUEST}
)
"""Worries and approaches are always believed: better one asked for nothing than one left alone."""
LIKELY = 0.3
"""How likely a further kind must be in order to be named beside the likeliest."""
FEW = 4
"""A text of more sentences than these is prose, where each must weigh more to be a finding."""
_DIGITS = re.compile(r"\d+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are weighed together; ``bars`` are the least weights in a short text and in prose."""

    kinds: tuple[Kind, ...]
    bias: float
    bars: tuple[float, float]
    column: Sequence[float]
    kind_biases: tuple[float, ...]
    kind_columns: tuple[Sequence[float], ...]


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

    A gram was learnt where it stands in two texts, and then so do the shorter ones that it begins with:
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
    found = list(by_rules)
    for (since, until), left_to_rules in asked:
        there = {kind for kind, start, end in found if start < until and since < end}
        for kind in _kinds_of(text[since:until], is_prose=is_prose):
            # Of which kind a detail is, a rule says better than its weight does.
            if kind in there | left_to_rules or (kind in DETAILS and there & DETAILS):
                continue
            there.add(kind)
            found.append((kind, since, until))
            yield kind, since, until


def believed(
    text: str, stops: Sequence[int], by_rules: Sequence[tuple[Kind, int, int]]
) -> list[tuple[Kind, int, int]]:
    """What rules found, but for sentences of prose that weigh like any other: there words come by chance."""
    places = sentences(text, stops)
    if len(text) > LONGEST_TEXT or len(places) <= FEW:
        return list(by_rules)
    return [
        (kind, start, end)
        for kind, start, end in by_rules
        if kind not in DOUBTED
        or _is_heavy(text, kind, [place for place in places if place[0] < end and start < place[1]])
    ]


def _is_heavy(text: str, kind: Kind, places: Sequence[tuple[int, int]]) -> bool:
    """Whether one of these sentences, if there are any, may well be of the kind."""
    group = next(each for each in weights().groups if kind in each.kinds)
    return not places or any(
        _weight(group, *_values(text[since:until])) > ORDINARY for since, until in places
    )


def _kinds_of(sentence: str, *, is_prose: bool) -> list[Kind]:
    """Of each question that the sentence weighs enough for, the kinds that it is likely of."""
    values, length = _values(sentence)
    kinds: list[Kind] = []
    for group in weights().groups:
        if _weight(group, values, length) <= group.bars[is_prose]:
            continue
        sums = [
            math.exp(
                bias
                + sum(value * column[row] for row, value in values if row < len(column)) / length
            )
            for bias, column in zip(group.kind_biases, group.kind_columns, strict=True)
        ]
        least = min(max(sums), LIKELY * sum(sums))
        ordered = sorted(zip(sums, group.kinds, strict=True), reverse=True)
        kinds += [kind for each, kind in ordered if each >= least]
    return kinds


def _values(sentence: str) -> tuple[list[tuple[int, float]], float]:
    """Its grams with their values, and how long they are together: 1 where none is known."""
    scale = weights()
    rarity = scale.rarity
    values = [
        (row, rarity[row] if count == 1 else (1 + math.log(count)) * rarity[row])
        for row, count in _weighed_grams(sentence, scale.rows).items()
    ]
    return values, math.sqrt(sum(value * value for _row, value in values)) or 1.0


def _weight(group: Group, values: Sequence[tuple[int, float]], length: float) -> float:
    return group.bias + sum(value * group.column[row] for row, value in values) / length


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
            bias=each["bias"],
            bars=(each["bars"][0], each["bars"][1]),
            column=_column(each["column"]),
            kind_biases=tuple(each["kind_biases"]),
            kind_columns=tuple(_column(column) for column in each["kind_columns"]),
        )
        for each in told["groups"]
    )
    rows = {gram: row for row, gram in enumerate(told["grams"])}
    return Weights(rows, _column(told["rarity"]), groups)


def _column(told: dict[str, Any]) -> array[float]:
    """Numbers that are kept as whole ones of 16 bits, each so many times ``step``."""
    whole = array("h", base64.b64decode(told["numbers"]))
    return array("f", (number * told["step"] for number in whole))
