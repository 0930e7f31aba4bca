"""What letters tell the floors below: how to point at one, who reads on paper, what is news."""

from __future__ import annotations

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.events import subscribe
from penpal.letters import (
    along,
    enclosing,
    night,
    noticing,
    queries,
    readers,
    services,
    together,
    wording,
)
from penpal.letters.models import Letter
from penpal.media import register as photos
from penpal.places.events import HoursChanged
from penpal.safeguarding import items, queue
from penpal.twinning import queries as pairs


def _label(letter_id: int, actor: Actor) -> str | None:
    letter = session().scalar(access.visible(Letter, actor).where(Letter.id == letter_id))
    if letter is None or letter.number is None:
        return None
    return wording.title(letter.author.name_for_partners, letter.number)


def _content(letter_id: int) -> items.Content | None:
    letter = session().get(Letter, letter_id)
    if letter is None:
        return None
    return items.Content(
        kind="letter",
        id=letter.id,
        title=wording.title(letter.author.name_for_partners, letter.number or _next_number(letter)),
        author_id=letter.author_id,
        parties=(letter.author_id, letter.recipient_id),
        text=letter.body,
        html=letter.body_html,
        direction=letter.direction,
        at=letter.delivered_at,
        is_sealed=letter.is_sealed,
        context={
            "pair": letter.pair_id,
            "number": letter.number,
            "envelope": letter.envelope.value,
            "in_reply_to": letter.in_reply_to_id,
            "recipient": letter.recipient_id,
        },
    )


def _next_number(letter: Letter) -> int:
    return queries.last_numbers(letter.pair, letter.author_id)[0] + 1


def _release(letter_id: int, by: Actor) -> None:
    services.release(session().get_one(Letter, letter_id), by=by)


def _send_back(_letter_id: int, _by: Actor) -> None:
    """It never left its author's drafts."""


def register() -> None:
    noticing.register()
    subscribe(HoursChanged, night.set_anew)
    items.register("letter", items.Handler(_label, _content, _release, _send_back, is_post=True))
    photos.visible(enclosing.KIND, enclosing.readable)
    queue.register(along.KIND, along.SOURCE)
    pairs.decide_reading_on_paper(readers.of)
    together.register()
