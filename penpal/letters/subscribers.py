"""Reactions to letters, and what letters tell the floors below: how to point at one."""

from __future__ import annotations

from flask import url_for

from penpal.kernel import access, live
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.events import subscribe
from penpal.letters import wording
from penpal.letters.events import LetterDelivered
from penpal.letters.models import Letter
from penpal.safeguarding import pointers


def _tell_partner(event: LetterDelivered) -> None:
    live.tell(
        event.recipient_id,
        "letter.arrived",
        {
            "author": event.author_name,
            "number": event.number,
            "url": url_for("letters.read", letter_id=event.letter_id),
        },
    )


def _label(letter_id: int, actor: Actor) -> str | None:
    letter = session().scalar(access.visible(Letter, actor).where(Letter.id == letter_id))
    if letter is None or letter.number is None:
        return None
    return wording.title(letter.author.shown_name, letter.number)


def register() -> None:
    subscribe(LetterDelivered, _tell_partner)
    pointers.register("letter", _label)
