"""What happens by itself: letters that were sent at night are delivered in the morning."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.letters import night


@job("letters.morning", minute="*")
def morning() -> None:
    """Every minute, for each school wakes at a minute of its own."""
    night.deliver_due()
