"""Facts in the past tense, told to whoever subscribed, and only after they were committed.

An event is a courtesy: a crash can lose it. What must happen in any case is derived from rows by a job.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

E = TypeVar("E")

log = structlog.get_logger(__name__)

_subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[E], reaction: Callable[[E], None]) -> None:
    """Call ``reaction`` after each committed event of this kind; twice the same counts once."""
    if reaction not in _subscribers[kind]:
        _subscribers[kind].append(reaction)


def announce(current: Session, event: object) -> None:
    """Keep an event until the transaction is committed."""
    if not current.info.get("depth"):
        raise RuntimeError("an event belongs to a transaction")
    current.info.setdefault("announced", []).append(event)


def collect(current: Session) -> list[object]:
    """Take what was announced, leaving nothing behind."""
    announced: list[object] = current.info.pop("announced", [])
    return announced


def send(announced: list[object]) -> None:
    """Tell the subscribers. The work is committed, so a failing reaction is logged and the next one runs."""
    for event in announced:
        for reaction in _subscribers[type(event)]:
            try:
                reaction(event)
            except Exception:
                log.exception("subscriber_failed", event_kind=type(event).__name__)
