"""What happened around a book that two read. None of it carries a word of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class News(StrEnum):
    """What the partner is told of; the page says the rest."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    NOTED = "noted"
    REFLECTED = "reflected"
    SENT = "sent"


@dataclass(frozen=True)
class BookMoved:
    """Something came that the partner may like to see at once."""

    news: News
    book_id: int
    recipient_id: int
    author_name: str
