"""What happened in the ledger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConsentWithdrawn:
    """A yes was taken back: whatever rests on it stops now, on open pages too."""

    person_id: int
    purpose: str
    """The value of a ``Purpose``."""
