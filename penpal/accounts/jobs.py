"""Housekeeping of doors."""

from __future__ import annotations

from penpal.accounts import presence, services, sessions
from penpal.kernel.jobs import job


@job("accounts.forget_old_sessions", minute="17", hour="19")
def forget_old_sessions() -> None:
    """At 03:17 Beijing time, when schools sleep."""
    services.forget_old_sessions()


@job("accounts.forget_attempts", minute="27", hour="19")
def forget_attempts() -> None:
    sessions.forget_attempts()


@job(presence.JOB)
def note_seen(session_id: int, at: float) -> None:
    sessions.note_seen(session_id, presence.moment(at))
