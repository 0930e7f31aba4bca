"""What the desk does by itself: authors who have changes to look at are reminded."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.publishing.editing import reminding


@job("publishing.remind_of_changes", minute="0", hour="9")
def remind() -> None:
    """At 17:00 Beijing time, after the last lesson."""
    reminding.remind()
