"""A piece went: it leaves the issues, what speaks of it there goes too, and files with it are recalled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from penpal.kernel import access, clock, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove
from penpal.permissions import Permission
from penpal.publishing.editing import versions
from penpal.publishing.editing.versions import Printable
from penpal.publishing.issues import noticing, queries, services
from penpal.publishing.issues.models import ColumnIssue, HandoutPiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.leaving import Gone
from penpal.publishing.pieces.models import Submission

WORDS: Mapping[Gone, object] = {
    Gone.PIECE: _l("整篇收回"),
    Gone.PHOTOS: _l("只收回照片"),
    Gone.NAME: _l("署名改了，旧的收回"),
}
RUN = 8
"""So many characters one after the other are no chance: they were taken from the piece."""


def piece_gone(submission: Submission, gone: Gone, by: Actor) -> None:
    """In the transaction in which a piece, its photos, or a name in it went."""
    row = queries.of(submission)
    if row is not None:
        issue = row.issue
        # Held before anything of it changes: an issue that comes out at this moment waits, or was first.
        lock(issue)
        if gone is Gone.PHOTOS:
            row.photo_id = None
        elif gone is Gone.NAME:
            names = [_plain(party.person.display_name) for party in submission.parties]
            _hush(issue, lambda words: any(name in _plain(words) for name in names))
        else:
            piece = versions.printable(submission)
            _hush(issue, lambda words: speaks_of(words, piece))
            services.forget_quote(issue, submission.id)
            if issue.state is not IssueState.PUBLISHED:
                session().delete(row)
            trail.write(issue, "piece left issue", by=by)
            noticing.gone(issue)
        issue.saved += 1
    _recall(submission.id, gone)


def _hush(issue: ColumnIssue, speaks: Callable[[str], bool]) -> None:
    """Words around the pieces that speak of what is gone do not outlast it."""
    if speaks(issue.headline):
        issue.headline = ""
    if speaks(issue.standfirst):
        issue.standfirst = ""
    if speaks(issue.quote):
        issue.quote, issue.quote_of_id = "", None
    if speaks(issue.note):
        issue.note = issue.note_html = ""


def speaks_of(words: str, piece: Printable) -> bool:
    """Whether words name a piece or somebody in it, or are taken from it."""
    said = _plain(words)
    if not said:
        return False
    names = [piece.title, *(printed.name for printed in (*piece.by, *piece.to))]
    if any(name and _plain(name) in said for name in names):
        return True
    text = _plain("".join([piece.standfirst, *(part.body for part in piece.parts)]))
    return any(run in text for run in _runs(said))


def _runs(text: str) -> Iterator[str]:
    return (text[start : start + RUN] for start in range(len(text) - RUN + 1))


def _plain(text: str) -> str:
    return "".join(html.normal(text).split())


def _recall(submission_id: int, gone: Gone) -> None:
    statement = (
        sa.select(HandoutPiece)
        .where(HandoutPiece.submission_id == submission_id)
        .options(selectinload(HandoutPiece.handout))
    )
    now, editors = clock.now(), queries.editors()
    for piece in session().scalars(statement):
        if gone is Gone.PHOTOS and not piece.with_photos:
            continue
        if piece.recalled is Gone.PIECE or (piece.recalled is gone and piece.heard_at is None):
            continue
        # What was recalled of it before was less: somebody has to hear of this anew.
        piece.recalled, piece.recalled_at = gone, now
        piece.heard_at = piece.heard_by_id = None
        noticing.recalled(piece.handout, editors)


def hear(piece: HandoutPiece, *, by: Actor) -> None:
    """Say that everybody who has the file knows; twice is once. What the piece was called is forgotten."""
    with transaction():
        access.authorize(by, Permission.Issue.HEAR_RECALL, piece)
        if piece.recalled_at is None:
            raise IllegalMove
        if piece.heard_at is not None:
            return
        piece.heard_at, piece.heard_by_id = clock.now(), by.person_id
        if piece.recalled is Gone.PIECE:
            piece.title = ""
        trail.write(piece.handout, "recall heard", by=by, reason=str(piece.submission_id))


def recall_of(actor: Actor, handout_id: int, submission_id: int) -> Sequence[HandoutPiece]:
    statement = access.visible(HandoutPiece, actor).where(
        HandoutPiece.handout_id == handout_id, HandoutPiece.submission_id == submission_id
    )
    return session().scalars(statement.options(selectinload(HandoutPiece.handout))).all()
