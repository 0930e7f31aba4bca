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

from penpal.screening.findings import Kind

FILE = Path(__file__).parent / "data" / "weights.json.gz"
LONGEST_GRAM = 4
LONGEST_TEXT = 4_000
"""Characters: beyond it weighing would take longer than a letter may wait."""
SHORTEST, LONGEST = 7, 240
"""Signs of a sentence that is weighed, three letters of an alphabet being one: a few words say too little."""
FEW = 4
"""A text of more sentences than these is prose, where each must weigh more to be a finding."""
_DIGIT = re.compile(r"\d")
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
    """The runs of letters of a sentence, with its edges; all digits are one."""
    text = _edged(sentence)
    return Counter(
        text[start : start + length]
        for length in range(1, LONGEST_GRAM + 1)
        for start in range(len(text) - length + 1)
    )


def _edged(sentence: str) -> str:
    return f"^{_DIGIT.sub('0', sentence.strip())}$"


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
    text: str, stops: Sequence[int], spared: Sequence[tuple[int, int]]
) -> Iterator[tuple[Kind, int, int]]:
    """Sentences of a normalised text that weigh enough; where a rule found something is ``spared``."""
    if len(text) > LONGEST_TEXT:
        return
    places = sentences(text, stops)
    is_prose = len(places) > FEW
    if not is_prose and len(places) > 1 and len(text) <= LONGEST:
        # What one sentence only begins, the next may say.
        places = [*places, (places[0][0], places[-1][1])]
    found: list[tuple[int, int]] = []
    for since, until in places:
        if any(start < until and since < end for start, end in (*spared, *found)):
            continue
        kind = _kind_of(text[since:until], is_prose=is_prose)
        if kind is not None:
            found.append((since, until))
            yield kind, since, until


def _kind_of(sentence: str, *, is_prose: bool) -> Kind | None:
    scale = weights()
    rarity = scale.rarity
    values = [
        (row, rarity[row] if count == 1 else (1 + math.log(count)) * rarity[row])
        for row, count in _weighed_grams(sentence, scale.rows).items()
    ]
    length = math.sqrt(sum(value * value for _row, value in values))
    if not length:
        return None
    best: tuple[float, Group] | None = None
    for group in scale.groups:
        weight = group.bias + sum(value * group.column[row] for row, value in values) / length
        above = weight - group.bars[is_prose]
        if above > 0 and (best is None or above > best[0]):
            best = above, group
    if best is None:
        return None
    group = best[1]
    sums = [
        bias + sum(value * column[row] for row, value in values if row < len(column)) / length
        for bias, column in zip(group.kind_biases, group.kind_columns, strict=True)
    ]
    return group.kinds[sums.index(max(sums))]


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
