"""What happens around a book that two read, as the other one is told of it."""

from __future__ import annotations

from enum import StrEnum


class News(StrEnum):
    """What the partner is told of; the page says the rest."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    NOTED = "noted"
    REFLECTED = "reflected"
    SENT = "sent"
