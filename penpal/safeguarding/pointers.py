"""The register of things that can be pointed at: rooms above add their kinds, this floor knows no names."""

from __future__ import annotations

from collections.abc import Callable

from penpal.kernel import numbers
from penpal.kernel.access import Actor

Describe = Callable[[int, Actor], str | None]
"""A number and who asks, to a label such as '小麦的第四封信'; None where it is not theirs to see."""

_kinds: dict[str, Describe] = {}


def register(kind: str, describe: Describe) -> None:
    _kinds[kind] = describe


def resolve(pointer: str, actor: Actor) -> tuple[str, int, str] | None:
    """Kind, number and label of what ``letter:7`` points at; None where it points nowhere."""
    kind, _, written = pointer.partition(":")
    number = numbers.typed(written)
    if kind not in _kinds or number is None:
        return None
    label = _kinds[kind](number, actor)
    return (kind, number, label) if label else None
