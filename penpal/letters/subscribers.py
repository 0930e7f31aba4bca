"""Reactions to letters, and what letters tell the floors below: how to point at one, who reads on paper."""

from __future__ import annotations

from flask import current_app

from penpal.kernel import access, live
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.events import subscribe
from penpal.letters import readers, wording
from penpal.letters.events import LetterDelivered
from penpal.letters.models import Letter
from penpal.safeguarding import pointers
from penpal.twinning import queries as pairs


def _tell_partner(event: LetterDelivered) -> None:
    # Jobs and commands deliver too, outside any request: the address is built from the map alone.
    address = current_app.url_map.bind("").build("letters.read", {"letter_id": event.letter_id})
    live.tell(
        event.recipient_id,
        "letter.arrived",
        {
            "author": event.author_name,
            "number": event.number,
            "url": address,
        },
    )


def _label(letter_id: int, actor: Actor) -> str | None:
    letter = session().scalar(access.visible(Letter, actor).where(Letter.id == letter_id))
    if letter is None or letter.number is None:
        return None
    return wording.title(letter.author.name_for_partners, letter.number)


def register() -> None:
    subscribe(LetterDelivered, _tell_partner)
    pointers.register("letter", _label)
    pairs.decide_reading_on_paper(readers.of)
