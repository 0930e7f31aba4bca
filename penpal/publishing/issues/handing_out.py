"""Files of an issue that leave the house: each one is on record, so that a withdrawal reaches whoever has it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, db, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.kernel.press import press
from penpal.permissions import Permission
from penpal.publishing.issues import archive, proof, wordfile
from penpal.publishing.issues import copy as copies
from penpal.publishing.issues.copy import Copy
from penpal.publishing.issues.models import ColumnIssue, Handout, HandoutForm, HandoutPiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.models import Submission

HANDED_TO_MAX = 80
_PRINTED_IN = "zh_Hans"
"""The newspaper's language, whatever the editor reads."""
CONTENT_TYPES = {
    HandoutForm.PDF: "application/pdf",
    HandoutForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    HandoutForm.ZIP: "application/zip",
}


@dataclass(frozen=True)
class File:
    name: str
    content_type: str
    content: bytes


def take(issue: ColumnIssue, form: HandoutForm, *, handed_to: str = "", by: Actor) -> File:
    """Make a file of what may be printed of an issue, and write down who took it, for whom.

    What goes to the newspaper is of an issue that was signed off; the proof of a plan says that it is
    one. Raises ``Conflict`` when something went while the file was made.
    """
    access.authorize(by, Permission.Issue.TAKE_FILE, issue)
    to = html.line(handed_to)
    if len(to) > HANDED_TO_MAX:
        raise Invalid(fields={"handed_to": _l("最多写 80 个字。")})
    if issue.state is IssueState.DROPPED or (
        issue.state is IssueState.PLANNED and form is not HandoutForm.PDF
    ):
        raise IllegalMove(_l("签发以后才能交给排版的人。"))
    is_plan = issue.state is IssueState.PLANNED
    copy = _copy(issue, with_drafts=is_plan)
    if not copy.articles:
        raise Invalid(_l("这一期里还没有能印的。"))
    with force_locale(_PRINTED_IN):
        content = _make(copy, form, by)
    with transaction() as current:
        _hold(copy)
        if _copy(issue, with_drafts=is_plan) != copy:
            raise Conflict(_l("有一篇刚刚变了。重新取一次，拿到的就是现在的。"))
        handout = Handout(
            issue_id=issue.id,
            form=form,
            taken_by_id=by.person_id,
            handed_to=to,
            digest=hashlib.sha256(content).hexdigest(),
        )
        handout.pieces = [
            HandoutPiece(
                submission_id=article.submission_id,
                title=article.title,
                with_photos=bool(article.photos),
            )
            for article in copy.articles
        ]
        current.add(handout)
        current.flush()
        trail.write(handout, "take file", by=by, reason=form.value)
    return File(f"{copy.title}.{form.value}", CONTENT_TYPES[form], content)


def _copy(issue: ColumnIssue, *, with_drafts: bool) -> Copy:
    with force_locale(_PRINTED_IN):
        return copies.of(issue, with_drafts=with_drafts)


def _make(copy: Copy, form: HandoutForm, by: Actor) -> bytes:
    """Not inside a transaction: it takes a while, and needs no connection for the most of it."""
    if form is HandoutForm.PDF:
        assert by.person_id is not None
        with press.place(by.person_id):
            told = proof.described(copy)
            db.let_go()
            return proof.pdf(told)
    makers: dict[HandoutForm, Callable[[Copy], bytes]] = {
        HandoutForm.DOCX: wordfile.docx,
        HandoutForm.ZIP: archive.zipped,
    }
    return makers[form](copy)


def _hold(copy: Copy) -> None:
    """Whoever withdraws a piece now waits, and then finds this file among those to recall."""
    ids = sorted(article.submission_id for article in copy.articles)
    for piece in session().scalars(
        sa.select(Submission).where(Submission.id.in_(ids)).order_by(Submission.id)
    ):
        lock(piece)
