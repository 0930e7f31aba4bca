"""Small facts about issues and what stands in them."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import SYSTEM
from penpal.kernel import clock
from penpal.kernel.access import Actor, fact
from penpal.kernel.db import session
from penpal.publishing.issues.models import ColumnIssue, IssuePiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.models import Submission


@fact("", Role.EDITOR.value)
def is_editor(actor: Actor, _issue: object) -> bool:
    return bool(actor.tops(Role.EDITOR.value))


@fact(_l("签发了、到了时候的"), SYSTEM)
def is_due(_actor: Actor, issue: ColumnIssue | None) -> bool:
    """Somebody signed it off, and its moment has come."""
    return (
        issue is not None
        and issue.state is IssueState.SIGNED_OFF
        and issue.comes_out_at is not None
        and issue.comes_out_at <= clock.now()
    )


@fact(_l("签发了、到了时候的一期里的"), SYSTEM)
def stands_in_signed_off_issue(_actor: Actor, submission: Submission | None) -> bool:
    """In an issue that is due, and in that very version that was signed off."""
    if submission is None or submission.version_id is None:
        return False
    standing = (
        sa.select(IssuePiece.id)
        .join(IssuePiece.issue)
        .where(
            IssuePiece.submission_id == submission.id,
            IssuePiece.version_id == submission.version_id,
            ColumnIssue.state == IssueState.SIGNED_OFF,
            ColumnIssue.comes_out_at <= clock.now(),
        )
    )
    return session().scalar(sa.select(standing.exists())) is True
