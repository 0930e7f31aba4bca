"""What happened to letters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterDelivered:
    letter_id: int
    recipient_id: int
    author_name: str
    number: int
