"""Reactions: a delivered letter is counted, and nothing else is known of it."""

from __future__ import annotations

from flask import current_app

from penpal.kernel.events import subscribe
from penpal.letters.events import LetterDelivered
from penpal.operating import metrics


def _count(_event: LetterDelivered) -> None:
    metrics.of(current_app).letters.inc()


def register() -> None:
    subscribe(LetterDelivered, _count)
