"""Small facts about readers and the way that editors open to them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.predicates import SYSTEM
from penpal.kernel.access import Actor, fact
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.special import editions


@fact(_l("编辑打开了留言，作品还刊着"), SYSTEM)
def takes_words(_actor: Actor, submission: Submission | None) -> bool:
    """A reader may leave a word while editors take words and the piece is out."""
    return (
        submission is not None
        and submission.state is SubmissionState.PUBLISHED
        and editions.current().takes_words
    )
