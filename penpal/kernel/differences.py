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
