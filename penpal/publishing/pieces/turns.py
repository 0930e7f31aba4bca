"""What comes after the last yes: whoever makes the stations of a review registers here."""

from __future__ import annotations

from collections.abc import Callable

from penpal.publishing.pieces.models import Submission

Begin = Callable[[Submission], None]
_begins: list[Begin] = []


def register(begin: Begin) -> None:
    """Called in the transaction in which the last child said yes, for each revision once."""
    if begin not in _begins:
        _begins.append(begin)


def begin(submission: Submission) -> None:
    """Every child in it has agreed to the present revision: those who look at it are asked."""
    for step in _begins:
        step(submission)
