"""What stands beside a piece on the desk: floors above say it here, the desk knows no names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from penpal.kernel.access import Actor
from penpal.publishing.pieces.models import Submission


@dataclass(frozen=True)
class Slot:
    """A template and what it needs, which it finds under the name ``slot``."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)


Beside = Callable[[Submission | None, Actor], Slot | None]
_beside: list[Beside] = []


def register(beside: Beside) -> None:
    """Show something in the right column, with the piece that is open or with none."""
    if beside not in _beside:
        _beside.append(beside)


def of(submission: Submission | None, actor: Actor) -> list[Slot]:
    return [slot for show in _beside if (slot := show(submission, actor)) is not None]
