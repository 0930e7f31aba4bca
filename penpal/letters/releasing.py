"""Asking a teacher to release a letter in which the guard found something, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.letters import guarding, readers, services
from penpal.letters.models import Envelope, Letter
from penpal.letters.paper import FIRST_SHEET, Stationery
from penpal.media.services import Chosen
from penpal.safeguarding import hold_queries, holding, items
from penpal.safeguarding.hold_models import Hold
from penpal.screening import guidance
from penpal.twinning.models import Pair


def ask(
    pair: Pair,
    *,
    key: str,
    body: str,
    envelope: Envelope,
    revision: int,
    in_reply_to: Letter | None = None,
    stationery: Stationery = FIRST_SHEET,
    photos: Sequence[Chosen] | None = None,
    paper_told: bool = False,
    words: str = "",
    by: Actor,
) -> Hold:
    """Keep the words as a draft and ask the author's teacher to release them as they are.

    The draft stays what it is: the partner does not know of it, and it goes open only when it is
    released. ``words`` are for the teacher. Raises ``Invalid`` where the guard finds nothing.
    """
    with transaction():
        letter = services.save_draft(
            pair,
            key=key,
            body=body,
            envelope=envelope,
            revision=revision,
            in_reply_to=in_reply_to,
            stationery=stationery,
            photos=photos,
            by=by,
        ).letter
        if not letter.is_draft:
            raise IllegalMove
        findings = guarding.look(letter.body)
        if not guidance.in_the_way(findings):
            raise Invalid(fields={"body": _l("这封信里没有要放行的，直接寄出就行。")})
        content = items.read("letter", letter.id)
        assert content is not None
        hold = holding.ask(content, findings, words=words, by=by)
        if paper_told and readers.reads_on_paper(letter.recipient_id):
            letter.paper_known_at = clock.now()
        if guidance.is_worrying(findings):
            services.worry(letter)
    return hold


def take_back(letter: Letter, *, by: Actor) -> None:
    """The author wants to go on writing; what was decided meanwhile stays decided."""
    with transaction():
        waiting = hold_queries.running("letter", letter.id)
        if waiting is None:
            raise IllegalMove
        holding.withdraw(waiting, by=by)
