"""Where a piece stands, in plain words and whose turn it is: each part of publishing tells its own steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from penpal.publishing.pieces.models import Submission


class Stand(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "later"
    ENDED = "ended"


@dataclass(frozen=True)
class Step:
    """One line of the way: what it is, whose turn, since when, a word for the author and a place to go.

    ``order`` sorts: 10 the answers of the children, 20 guardians, 30 to 39 reviews, 50 the desk, 60 the
    author's look at changes, 70 the issue, 80 printed.
    """

    order: int
    words: str
    stand: Stand
    whose: str = ""
    at: datetime | None = None
    note: str = ""
    url: str = ""


Steps = Callable[[Submission], Sequence[Step]]
_told_by: list[Steps] = []


def register_steps(tell: Steps) -> None:
    """Each part gives its steps of the present revision, for the author's page."""
    if tell not in _told_by:
        _told_by.append(tell)


def steps_of(submission: Submission) -> list[Step]:
    """All of them in the order of the way."""
    told: Iterable[Step] = (step for tell in _told_by for step in tell(submission))
    return sorted(told, key=lambda step: step.order)


@dataclass(frozen=True)
class Marked:
    """A word of somebody who looked at it, at a place of a part's frozen text; for its author.

    Equal ``start`` and ``end`` stand for the whole part.
    """

    part_id: int
    start: int
    end: int
    words_html: str


Marks = Callable[[Submission], Sequence[Marked]]
_marked_by: list[Marks] = []


def register_marks(tell: Marks) -> None:
    """Who looks at pieces gives what they said at places of the last copy, for whoever mends it."""
    if tell not in _marked_by:
        _marked_by.append(tell)


def marks_of(submission: Submission) -> list[Marked]:
    told = (mark for tell in _marked_by for mark in tell(submission))
    return sorted(told, key=lambda mark: (mark.part_id, mark.start))
