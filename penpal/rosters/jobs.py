"""Housekeeping of uploads."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.rosters import services


@job("rosters.forget_uploads", minute="23", hour="19")
def forget_uploads() -> None:
    """At 03:23 Beijing time, when schools sleep."""
    services.forget_uploads()
