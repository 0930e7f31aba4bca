"""What is looked at before words go between a child and an editor, who is nobody they know."""

from __future__ import annotations

from flask_babel import gettext as _

from penpal.kernel import html
from penpal.kernel.access import Actor
from penpal.kernel.errors import Text
from penpal.publishing.pieces.models import Submission
from penpal.safeguarding import services as safeguarding
from penpal.screening import guidance
from penpal.screening.findings import Context
from penpal.screening.screen import screen


def objection(words: str) -> Text | None:
    """What stands in the way of sending them: how to reach somebody, threats, abuse. None where nothing does."""
    said = html.normal(words).strip()
    return guidance.objection(said, screen(said, Context.LETTER)) if said else None


def is_worrying(words: str) -> bool:
    """Whether help is to be shown to whoever wrote this."""
    return guidance.is_worrying(screen(html.normal(words), Context.LETTER))


def worry(words: str, submission: Submission, *, by: Actor) -> None:
    """Words of despair stop nothing; the child's own school learns that somebody should ask, and no word of it."""
    if by.is_student and by.person_id is not None and is_worrying(words):
        label = _("写给编辑的话")
        safeguarding.worry(by.person_id, about=("submission", submission.id, label))
