"""A line on its way into the database, and what is answered when it got there or did not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

Name = tuple[int, str]
"""Whose line it is, and its key."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as it is to be stored: checked, screened and sanitised by whoever hands it over.

    ``after`` is the number of the room up to which the guard knew what its author had said; the line is
    refused where something of theirs came later. None where nobody asks.
    """

    pair_id: int
    author_id: int
    key: str
    body: str
    body_html: str
    direction: str
    folded: str
    sticker: str | None = None
    quotes_id: int | None = None
    photos: int = 0
    after: int | None = field(default=None, compare=False)

    @property
    def name(self) -> Name:
        return self.author_id, self.key


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that is stored for good. ``is_new`` is false where an earlier try had been kept."""

    id: int
    key: str
    sequence: int
    sent_at: datetime
    is_new: bool


class Refused(Enum):
    """Why a line was not kept; nothing of it is stored."""

    CLOSED = "closed"
    """The two are not partners any more, or its author never was one of them."""
    PAUSED = "paused"
    DIFFERENT = "different"
    """The key is taken by a line that says something else, or that waits for a teacher."""
    BEHIND = "behind"
    """Its author said something that the guard did not see: the guard is to be asked again."""


Answer = Kept | Refused
