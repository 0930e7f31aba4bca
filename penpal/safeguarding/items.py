"""The register of things that can be pointed at, frozen and read in a case: this floor knows no names.

Rooms above add their kinds. A thing is named by its kind and number, written ``letter:7``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from penpal.kernel import numbers
from penpal.kernel.access import Actor


class Filed(NamedTuple):
    """A photo of a thing: under which name its files lie, and what proves them to be the same."""

    name: str
    digest: str
    description: str
    width: int
    height: int


@dataclass(frozen=True)
class Content:
    """What stands in a thing at this moment: what a report freezes and an opening shows.

    ``html`` is what the sanitiser made of ``text``. ``parties`` are the ids of those to whom it
    belongs, the author among them. ``context`` holds further facts in JSON's terms (its number,
    when it was delivered, how it was sent). ``photos`` are put in by ``read``.
    """

    kind: str
    id: int
    title: str
    author_id: int
    parties: tuple[int, ...]
    text: str
    html: str
    direction: str = "ltr"
    at: datetime | None = None
    is_sealed: bool = True
    context: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    photos: tuple[Filed, ...] = ()


Became = tuple[str, int]
"""Kind and number."""


@dataclass(frozen=True)
class Handler:
    """What a room says of one kind of thing.

    ``describe`` gives a label such as '小麦的第四封信' to whom it is visible, else None. ``read``
    gives the content whoever asks: its callers have asked the rulebook; None where the thing is
    gone. ``release`` sends what its author asked a teacher to release, ``send_back`` gives it back
    to the author; a kind that is never released has neither. ``release`` may give what the thing became
    by it, kind and number. ``mend`` is the address at which the author goes on with what waits, ``icon``
    how it is drawn in a list; ``is_post`` says that it is sent, as letters are, and not laid somewhere.
    """

    describe: Callable[[int, Actor], str | None]
    read: Callable[[int], Content | None]
    release: Callable[[int, Actor], Became | None] | None = None
    send_back: Callable[[int, Actor], None] | None = None
    mend: Callable[[int], str] | None = None
    icon: str = "mail"
    is_post: bool = False


_handlers: dict[str, Handler] = {}
_photos: list[Callable[[Content], Content]] = []


def register(kind: str, handler: Handler) -> None:
    _handlers[kind] = handler


def add_photos(step: Callable[[Content], Content]) -> None:
    """What puts the photos of a thing, of whatever kind, into its content."""
    _photos[:] = [step]


def handler_of(kind: str) -> Handler:
    return _handlers[kind]


def read(kind: str, number: int) -> Content | None:
    """The content of a thing with its photos; None where there is no such kind or it is gone."""
    known = _handlers.get(kind)
    content = known.read(number) if known else None
    if content is None:
        return None
    for step in _photos:
        content = step(content)
    return content


def resolve(pointer: str, actor: Actor) -> tuple[str, int, str] | None:
    """Kind, number and label of what ``letter:7`` points at; None where it points nowhere."""
    kind, _, written = pointer.partition(":")
    number = numbers.typed(written)
    if kind not in _handlers or number is None:
        return None
    label = _handlers[kind].describe(number, actor)
    return (kind, number, label) if label else None
