"""What pieces tell the floors below, and what they do when a consent is taken back."""

from __future__ import annotations

from penpal.consent.events import ConsentWithdrawn
from penpal.kernel.events import subscribe
from penpal.publishing.pieces import noticing, steps, sweeping


def _go(event: ConsentWithdrawn) -> None:
    """At once; should it be lost, the job finds the same rows within minutes."""
    sweeping.sweep([event.person_id])


def register() -> None:
    noticing.register()
    steps.register()
    subscribe(ConsentWithdrawn, _go)
