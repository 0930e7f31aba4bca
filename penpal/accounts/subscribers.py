"""Reactions: whoever is signed out loses their sockets too."""

from __future__ import annotations

from penpal.accounts import noticing, reaching
from penpal.accounts.events import SessionsEnded
from penpal.kernel import live
from penpal.kernel.events import subscribe
from penpal.notices import reaching as notices


def _eject(event: SessionsEnded) -> None:
    live.order("person.again", person_id=event.person_id)


def register() -> None:
    subscribe(SessionsEnded, _eject)
    noticing.register()
    notices.decide(rests=reaching.resting, works=reaching.works)
