"""What happens in the queue."""

from __future__ import annotations

from dataclasses import dataclass

from penpal.kernel.access import Actor


@dataclass(frozen=True)
class ItemDecided:
    """Somebody decided about an item; whoever has it open is told."""

    kind: str
    id: int
    by: Actor
