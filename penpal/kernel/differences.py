"""What two versions of one text have in common, and what each of them says alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from diff_match_patch import diff_match_patch

_SECONDS = 0.5
"""However different two long letters are: after this time coarser pieces have to do."""


class Side(StrEnum):
    """Which of two versions has a run of text."""

    BOTH = "both"
    FIRST = "first"
    SECOND = "second"


class Run(NamedTuple):
    text: str
    side: Side


class Piece(NamedTuple):
    """A run of text; ``alone`` says that the other version does not have it."""

    text: str
    alone: bool


class Texts(NamedTuple):
    """Both versions in pieces, in the order in which they were given."""

    first: Sequence[Piece]
    second: Sequence[Piece]


_SIDES = {
    diff_match_patch.DIFF_EQUAL: Side.BOTH,
    diff_match_patch.DIFF_DELETE: Side.FIRST,
    diff_match_patch.DIFF_INSERT: Side.SECOND,
}


def runs(first: str, second: str) -> list[Run]:
    """Compare by characters, in runs that a reader takes for words: Chinese has no spaces to go by."""
    comparing = diff_match_patch()
    comparing.Diff_Timeout = _SECONDS
    found = comparing.diff_main(first, second)
    comparing.diff_cleanupSemantic(found)
    return [Run(text, _SIDES[kind]) for kind, text in found]


def between(first: str, second: str) -> Texts:
    """Both versions, each in its own pieces."""
    found = runs(first, second)
    return Texts(_side(found, Side.FIRST), _side(found, Side.SECOND))


def _side(found: Iterable[Run], own: Side) -> list[Piece]:
    return [Piece(run.text, run.side is own) for run in found if run.side in (Side.BOTH, own)]


def spans(found: Iterable[Run], own: Side, tag: str) -> list[tuple[int, int, str]]:
    """Where one version says something alone, in its own code points, under a name for the mark."""
    marked, place = [], 0
    for run in found:
        if run.side not in (Side.BOTH, own):
            continue
        if run.side is own:
            marked.append((place, place + len(run.text), tag))
        place += len(run.text)
    return marked


def in_one(found: Iterable[Run]) -> tuple[str, list[tuple[int, int, str]]]:
    """Both versions in one text, with what went and what came marked as ``del`` and ``ins``."""
    tags = {Side.FIRST: "del", Side.SECOND: "ins"}
    words, marked, place = [], [], 0
    for run in found:
        if run.side in tags:
            marked.append((place, place + len(run.text), tags[run.side]))
        place += len(run.text)
        words.append(run.text)
    return "".join(words), marked
