"""What is done later: making letter books, and sweeping them away."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.publishing.keepsakes import services


@job(services.JOB)
def make_book(book_id: int) -> None:
    services.make(book_id)


@job("keepsakes.tidy", minute="*/5")
def tidy() -> None:
    """Every five minutes: an order that a crash left behind is taken up again."""
    services.tidy()
