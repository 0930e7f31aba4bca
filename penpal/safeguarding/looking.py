"""Who has an item of the queue open: told to the open pages of the others who may see it."""

from __future__ import annotations

from collections.abc import Iterator

from penpal.accounts import queries as people
from penpal.accounts import snapshots
from penpal.accounts.models import Role
from penpal.kernel import live, looking
from penpal.kernel.access import Actor
from penpal.kernel.errors import PenpalError
from penpal.safeguarding import queue


def note(kind: str, number: int, by: Actor) -> None:
    """Somebody opened an item just now."""
    if by.person_id is not None:
        looking.note(f"{kind}:{number}", by.person_id, by.display_name)


def others(kind: str, number: int, by: Actor) -> list[str]:
    """The names of the others who opened it within the last minute."""
    found = looking.who(f"{kind}:{number}")
    return [name for person_id, name in found.items() if person_id != by.person_id]


def left(kind: str, number: int, by: Actor) -> None:
    if by.person_id is not None:
        looking.left(f"{kind}:{number}", by.person_id)


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
