"""What happens by itself: an issue that was signed off comes out at its moment."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.publishing.issues import signing


@job("publishing.come_out", minute="*")
def come_out() -> None:
    """Every minute; which ones are due stands in their rows."""
    signing.come_out_due()
