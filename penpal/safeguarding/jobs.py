"""What happens by itself: what waits too long is raised, what has had its term is let go."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.safeguarding import evidence, following, holding, services


@job("safeguarding.raise_overdue", minute="*/10")
def raise_overdue() -> None:
    following.follow()
    services.raise_overdue()
    holding.hand_on_late()


@job("safeguarding.forget_evidence", minute="37", hour="19")
def forget_evidence() -> None:
    """At 03:37 Beijing time, when schools sleep."""
    while evidence.forget():
        pass
