"""Housekeeping of doors."""

from __future__ import annotations

from penpal.accounts import services
from penpal.kernel.jobs import job


@job("accounts.forget_old_sessions", minute="17", hour="19")
def forget_old_sessions() -> None:
    """At 03:17 Beijing time, when schools sleep."""
    services.forget_old_sessions()
