"""What happens by itself: words that were unsent a term ago are erased."""

from __future__ import annotations

from penpal.chat import erasing
from penpal.kernel.jobs import job


@job("chat.erase_unsent", minute="52", hour="19")
def erase_unsent() -> None:
    """At 03:52 Beijing time, when schools sleep."""
    while erasing.erase():
        pass
