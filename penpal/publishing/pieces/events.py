"""What happened to pieces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SubmissionMoved:
    """``state`` is the one it came to."""

    submission_id: int
    state: str


@dataclass(frozen=True)
class PublicPagesChanged:
    """Something that anybody can read came, changed or went."""

    submission_ids: tuple[int, ...]
