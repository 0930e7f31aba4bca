"""Word of how far a job is with an upload, and that it is called off, left beside the queue."""

from __future__ import annotations

from typing import Any

from penpal.kernel import clock, jobs
from penpal.rosters.models import RosterUpload


class Stopped(Exception):
    """Someone called the work off."""


def turn_of(upload: RosterUpload) -> float:
    """Tells one job from an earlier one: SQLite gives the number of a deleted row out again."""
    return upload.queued_at.timestamp() if upload.queued_at else 0.0


class Watch:
    """Says how far the work is, and hears when it is called off."""

    def __init__(self, upload_id: int, turn: float) -> None:
        self._word = f"roster.{upload_id}.{turn}"
        self._stop_word = f"{self._word}.stop"

    def __call__(self, done: int, all_: int) -> None:
        if jobs.noted(self._stop_word) is not None:
            raise Stopped
        jobs.note(self._word, done=done, all=all_, at=clock.now().timestamp())

    def last_word(self) -> dict[str, Any] | None:
        return jobs.noted(self._word)

    def call_off(self) -> None:
        jobs.note(self._stop_word)

    def forget(self) -> None:
        jobs.forget(self._word)
        jobs.forget(self._stop_word)
