"""Signing an issue off for its moment, taking that back, and the moment itself, which no crash can lose."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, machine, trail
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Invalid
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.publishing.issues import noticing, queries, services
from penpal.publishing.issues.models import ColumnIssue, IssuePiece
from penpal.publishing.issues.states import COME_OUT, HOLD_BACK, REOPEN, SIGN_OFF
from penpal.publishing.pieces import edition
from penpal.publishing.pieces.events import SubmissionMoved
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import PUBLISH
from penpal.publishing.pieces.states import SubmissionState as S

log = structlog.get_logger(__name__)


def sign_off(issue: ColumnIssue, comes_out_at: datetime, *, by: Actor) -> None:
    """Let an issue come out at a moment, as it stands now. Raises ``Invalid`` while anything of it is not ready.

    A moment that has passed is the next minute.
    """
    with transaction():
        lock(issue)
        access.authorize(by, Permission.Issue.SIGN_OFF, issue)
        lines = queries.lines(issue)
        if not lines:
            raise Invalid(_l("这一期还是空的。先放进一篇。"))
        if not all(line.may_be_signed_off for line in lines):
            raise Invalid(_l("有几篇还不能印，原因写在每一篇旁边。"))
        if issue.quote and services.quoted(issue) is None:
            raise Invalid(_l("引语和正文对不上了。重新抄一次，或者不要它。"))
        now = clock.now()
        for line in lines:
            line.row.version_id = line.row.submission.version_id
        issue.comes_out_at = max(comes_out_at, now)
        services.renumber(issue)
        issue.saved += 1
        machine.fire(SIGN_OFF, issue, by=by, signed_off_at=now, signed_off_by_id=by.person_id)


def reopen(issue: ColumnIssue, *, by: Actor) -> None:
    """Take a signature back before the issue has come out."""
    with transaction():
        lock(issue)
        machine.fire(REOPEN, issue, by=by, signed_off_at=None, signed_off_by_id=None)
        for row in issue.pieces:
            row.version_id = None
        issue.saved += 1


def come_out_due() -> int:
    """Let every issue come out whose moment has come. Safe to run twice, and in two processes at once.

    Each is one transaction: a crash leaves an issue wholly in or wholly out, and the next run finds
    what is left by its rows. One that fails does not hold up the others.
    """
    failed: list[Exception] = []
    came = 0
    for issue_id in queries.due(clock.now()):
        try:
            came += _come_out(issue_id)
        except Exception as problem:
            log.exception("issue_did_not_come_out", issue=issue_id)
            failed.append(problem)
    if failed:
        raise failed[0]
    return came


def _come_out(issue_id: int) -> bool:
    with transaction() as current:
        # Pieces before issues, always: whoever withdraws holds their piece, and then wants the issue.
        held = _hold_pieces(issue_id)
        issue = current.get_one(ColumnIssue, issue_id)
        lock(issue)
        if not access.may(SYSTEM, Permission.Issue.COME_OUT, issue):
            # Another process was faster, or the signature was taken back.
            return False
        now = clock.now()
        printed = [row for row in queries.pieces_of(issue) if _publish(row, held, now)]
        if not printed:
            machine.fire(HOLD_BACK, issue, by=SYSTEM, signed_off_at=None, signed_off_by_id=None)
            noticing.held_back(issue)
            return False
        machine.fire(COME_OUT, issue, by=SYSTEM, came_out_at=now)
        edition.bump(*(row.submission_id for row in printed))
        noticing.came_out(issue, [row.submission for row in printed])
    return True


def _hold_pieces(issue_id: int) -> set[int]:
    statement = (
        sa.select(Submission)
        .join(IssuePiece, IssuePiece.submission_id == Submission.id)
        .where(IssuePiece.issue_id == issue_id)
        .order_by(Submission.id)
    )
    pieces = list(session().scalars(statement))
    for piece in pieces:
        lock(piece)
    return {piece.id for piece in pieces}


def _publish(row: IssuePiece, held: set[int], now: datetime) -> bool:
    """Print one piece, or leave it out of the issue and say why on the record."""
    submission = row.submission
    why = "" if submission.id in held else "not held"
    if submission.state is not S.READY:
        why = why or "not ready"
    elif row.version_id != submission.version_id:
        why = why or "changed after it was signed off"
    elif not access.may(SYSTEM, Permission.Submission.PUBLISH, submission):
        why = why or "a consent or an approval is missing"
    if why:
        trail.write(submission, "left out of issue", by=SYSTEM, reason=f"{row.issue.number}: {why}")
        services.forget_quote(row.issue, submission.id)
        noticing.left_out(row.issue, submission)
        session().delete(row)
        return False
    machine.fire(PUBLISH, submission, by=SYSTEM, published_at=now, moved_at=now)
    announce(session(), SubmissionMoved(submission.id, submission.state.value))
    return True
