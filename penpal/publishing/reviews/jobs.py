"""What happens by itself: nothing waits for nobody, and whoever lets something wait is reminded."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.publishing.reviews import reminding


@job("publishing.look_after_reviews", minute="*/20")
def look_after() -> None:
    reminding.look_after()


@job("publishing.remind_of_reviews", minute="20", hour="0")
def remind() -> None:
    """At 08:20 Beijing time, before the first lesson."""
    reminding.remind()
