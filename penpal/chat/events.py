"""What happened in a room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Words:
    """What a line says, so that whoever passes it on need not read it again."""

    key: str
    body: str
    direction: str
    sticker: str | None
    photos: int
    quotes_id: int | None
    sent_at: datetime


@dataclass(frozen=True)
class LineSent:
    """``words`` is None where a teacher released it: then it is read."""

    line_id: int
    pair_id: int
    sequence: int
    author_id: int
    recipient_id: int
    words: Words | None = None


@dataclass(frozen=True)
class LineUnsent:
    line_id: int
    pair_id: int
    sequence: int
    author_id: int
    recipient_id: int


@dataclass(frozen=True)
class RoomChanged:
    """One of the two chose otherwise what the other sees: the pages that show the room look again."""

    pair_id: int
