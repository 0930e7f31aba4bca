"""Reactions: whoever takes part no more loses their sockets, so that nothing reaches an open page."""

from __future__ import annotations

from penpal.consent.events import ConsentWithdrawn
from penpal.consent.models import Purpose
from penpal.kernel import live
from penpal.kernel.events import subscribe


def _eject(event: ConsentWithdrawn) -> None:
    if event.purpose == Purpose.TAKING_PART:
        live.eject(event.person_id)


def register() -> None:
    subscribe(ConsentWithdrawn, _eject)
