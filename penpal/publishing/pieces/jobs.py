"""What comes round by itself: pieces whose consent was taken back go, though a crash lost the word of it."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.publishing.pieces import sweeping


@job("publishing.sweep", minute="*/2")
def sweep() -> None:
    sweeping.sweep()
