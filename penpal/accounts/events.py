"""What happened to people's accounts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SessionsEnded:
    """Some or all sessions of a person are over; open sockets must go too."""

    person_id: int
