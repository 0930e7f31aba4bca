"""The register of things that can be pointed at: rooms above add their kinds, this floor knows no names."""

from __future__ import annotations

from collections.abc import Callable

from penpal.kernel.access import Actor

Describe = Callable[[int, Actor], str | None]
"""A number and who asks, to a label such as '小麦的第四封信'; None where it is not theirs to see."""

_kinds: dict[str, Describe] = {}


def register(kind: str, describe: Describe) -> None:
    _kinds[kind] = describe


def resolve(pointer: str, actor: Actor) -> tuple[str, int, str] | None:
    """Kind, number and label of what ``letter:7`` points at; None where it points nowhere."""
    kind, _, number = pointer.partition(":")
    if kind not in _kinds or not number.isascii() or not number.isdigit() or len(number) > 12:
        return None
    label = _kinds[kind](int(number), actor)
    return (kind, int(number), label) if label else None
