"""Verbs of readers' words: left by anybody, read by editors, passed on to the author or put aside."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.publishing.pieces import edition
from penpal.publishing.pieces.edition_models import SpecialEdition
from penpal.publishing.pieces.models import Submission, SubmissionPart
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.special import noticing
from penpal.publishing.special.models import WORD_MAX, ReaderWord
from penpal.publishing.special.states import PASS_ON, PUT_ASIDE
from penpal.screening import guidance
from penpal.screening.findings import Context
from penpal.screening.screen import screen

_EMPTY = _l("写一句再寄。")
_TOO_LONG = _l("最多 500 个字。说一句最想说的就好。")


def leave(submission: Submission, body: str, *, by: Actor) -> ReaderWord:
    """A word to the author, of nobody in particular. What could lead a stranger to a child is refused.

    Raises ``Invalid`` for the field ``body``.
    """
    text = html.normal(body).strip()
    if not text or len(text) > WORD_MAX:
        raise Invalid(fields={"body": _TOO_LONG if text else _EMPTY})
    objection = guidance.objection(text, screen(text, Context.LETTER))
    if objection is not None:
        raise Invalid(fields={"body": objection})
    with transaction() as current:
        access.authorize(by, Permission.ReaderWord.SEND, submission)
        word = ReaderWord(submission_id=submission.id, body=text, body_html=str(html.plain(text)))
        current.add(word)
        current.flush()
    return word


def pass_on(word: ReaderWord, *, by: Actor) -> None:
    """Let its author read it; while the piece is out, for what was withdrawn is to rest."""
    with transaction():
        machine.fire(PASS_ON, word, by=by, decided_by_id=by.person_id, decided_at=clock.now())
        if word.submission.state is SubmissionState.PUBLISHED:
            noticing.passed_on(word.submission_id, _authors(word.submission))


def put_aside(word: ReaderWord, *, by: Actor) -> None:
    """Nobody but editors ever reads it."""
    with transaction():
        machine.fire(PUT_ASIDE, word, by=by, decided_by_id=by.person_id, decided_at=clock.now())


def take_words(takes: bool, *, by: Actor) -> None:
    """Open the way for readers, or close it; every public page that shows the way changes with it."""
    access.authorize(by, Permission.ReaderWord.DECIDE)
    with transaction() as current:
        edition.bump()
        row = current.get_one(SpecialEdition, 1)
        row.takes_words = takes
        if takes:
            trail.write(row, "open to words", by=by)
        else:
            trail.write(row, "close to words", by=by)


def _authors(submission: Submission) -> Sequence[int]:
    """Whoever wrote a part of what is printed."""
    statement = (
        sa.select(SubmissionPart.author_id)
        .where(
            SubmissionPart.submission_id == submission.id,
            SubmissionPart.revision == submission.revision,
        )
        .distinct()
        .order_by(SubmissionPart.author_id)
    )
    return session().scalars(statement).all()
