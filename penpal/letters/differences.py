"""What two versions of one letter have in common, and what each of them says alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from diff_match_patch import diff_match_patch

_SECONDS = 0.5
"""However different two long letters are: after this time coarser pieces have to do."""


class Piece(NamedTuple):
    """A run of text; ``alone`` says that the other version does not have it."""

    text: str
    alone: bool


class Texts(NamedTuple):
    """Both versions in pieces, in the order in which they were given."""

    first: Sequence[Piece]
    second: Sequence[Piece]


def between(first: str, second: str) -> Texts:
    """Compare by characters, in runs that a reader takes for words: Chinese has no spaces to go by."""
    comparing = diff_match_patch()
    comparing.Diff_Timeout = _SECONDS
    runs = comparing.diff_main(first, second)
    comparing.diff_cleanupSemantic(runs)
    return Texts(_side(runs, comparing.DIFF_DELETE), _side(runs, comparing.DIFF_INSERT))


def _side(runs: Iterable[tuple[int, str]], own: int) -> list[Piece]:
    return [Piece(text, kind == own) for kind, text in runs if kind in (0, own)]
