"""Verbs of the sentences that a teacher writes often: add, move up, take away."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.safeguarding.queue_models import PHRASE_MAX, Phrase

MOST = 20
SUGGESTED = (
    _l("写得真好。有一处像是号码，把它拿掉再寄。"),
    _l("再写一个细节，比如一种声音、一种气味。"),
    _l("先回答一下对方信里的问题。"),
)
"""What is offered until somebody keeps sentences of their own."""


def of(actor: Actor) -> list[Phrase]:
    statement = access.visible(Phrase, actor).order_by(Phrase.position, Phrase.id)
    return list(session().scalars(statement))


def add(words: str, *, by: Actor) -> Phrase:
    """Keep a sentence below the others."""
    access.authorize(by, Permission.Queue.KEEP_PHRASES)
    said = html.line(words)
    if not said or len(said) > PHRASE_MAX:
        raise Invalid(fields={"phrase": _l("写一句，最多 200 个字。")})
    with transaction() as current:
        kept = of(by)
        if len(kept) >= MOST:
            raise Invalid(fields={"phrase": _l("最多留 20 句。先去掉一句用不上的。")})
        phrase = Phrase(person_id=by.person_id, words=said, position=_end(kept))
        current.add(phrase)
        current.flush()
    return phrase


def raise_(phrase: Phrase, *, by: Actor) -> None:
    """Change places with the sentence above."""
    access.authorize(by, Permission.Queue.KEEP_PHRASES)
    with transaction():
        kept = of(by)
        place = kept.index(phrase)
        kept.insert(max(place - 1, 0), kept.pop(place))
        for position, each in enumerate(kept):
            each.position = position


def remove(phrase: Phrase, *, by: Actor) -> None:
    access.authorize(by, Permission.Queue.KEEP_PHRASES)
    with transaction() as current:
        current.execute(sa.delete(Phrase).where(Phrase.id == phrase.id))


def _end(kept: Sequence[Phrase]) -> int:
    return kept[-1].position + 1 if kept else 0
