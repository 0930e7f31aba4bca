"""Reactions: whoever is signed out loses their sockets too."""

from __future__ import annotations

from penpal.accounts.events import SessionsEnded
from penpal.kernel import live
from penpal.kernel.events import subscribe


def _eject(event: SessionsEnded) -> None:
    live.eject(event.person_id)


def register() -> None:
    subscribe(SessionsEnded, _eject)
