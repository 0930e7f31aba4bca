"""Small facts about keepsakes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.kernel.access import Actor, fact
from penpal.publishing.keepsakes.models import LetterBook
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState


@fact(_l("自己要的书"), "student")
def asked_for_it(actor: Actor, book: LetterBook) -> bool:
    return actor.person_id is not None and book.asked_by_id == actor.person_id


@fact(_l("自己刊出的作品"), "student")
def wrote_what_is_printed(actor: Actor, piece: Submission) -> bool:
    """An author of one of its texts, while it is public."""
    if piece.state is not SubmissionState.PUBLISHED or actor.person_id is None:
        return False
    return actor.person_id in {part.author_id for part in piece.current_parts()}
