"""What happened between two who belong together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LettersPaused:
    pair_id: int


@dataclass(frozen=True)
class LettersResumed:
    pair_id: int
