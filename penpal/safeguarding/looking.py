"""Who has an item of the queue open: remembered for a minute in this process, told to open pages at once.

Nothing depends on it: it only keeps two people from doing the same thing twice.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from penpal.accounts import queries as people
from penpal.accounts import snapshots
from penpal.accounts.models import Role
from penpal.kernel import clock, live
from penpal.kernel.access import Actor
from penpal.kernel.errors import PenpalError
from penpal.safeguarding import queue

MINUTE = timedelta(minutes=1)
_REMEMBERED = 5000

_lock = threading.Lock()
_seen: dict[tuple[str, int], dict[int, tuple[str, datetime]]] = {}
"""By item: who opened it last, under what name, and when."""


def note(kind: str, number: int, by: Actor) -> None:
    """Somebody opened an item just now."""
    if by.person_id is None:
        return
    with _lock:
        if len(_seen) >= _REMEMBERED:
            _seen.clear()
        _seen.setdefault((kind, number), {})[by.person_id] = (by.display_name, clock.now())


def others(kind: str, number: int, by: Actor) -> list[str]:
    """The names of the others who opened it within the last minute, as far as this process knows."""
    since = clock.now() - MINUTE
    with _lock:
        found = dict(_seen.get((kind, number), {}))
    return [name for person, (name, at) in found.items() if person != by.person_id and at >= since]


def left(kind: str, number: int, by: Actor) -> None:
    with _lock:
        found = _seen.get((kind, number), {})
        found.pop(by.person_id or 0, None)


def tell(event: str, kind: str, number: int, by: Actor, path: str) -> None:
    """Say it to the open pages of the others who may see the item, each of whom the rulebook is asked for."""
    news = {"item": f"{kind}:{number}", "person": by.person_id, "name": by.display_name}
    for person_id in colleagues(kind, number, by, path):
        live.tell(person_id, event, news)


def colleagues(kind: str, number: int, by: Actor, path: str) -> Iterator[int]:
    """The others who hold an office over the class and may see the item now."""
    staff = [
        *people.staff_over(path, Role.TEACHER),
        *people.staff_over(path, Role.SCHOOL_SECRETARY),
    ]
    for person_id in dict.fromkeys(person.id for person in staff):
        other = snapshots.of(person_id) if person_id != by.person_id else None
        if other is None:
            continue
        try:
            queue.path(kind, number, by=other)
        except PenpalError:
            continue
        yield person_id
