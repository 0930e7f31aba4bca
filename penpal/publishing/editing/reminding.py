"""Reminding authors of changes that wait for their word: no print without it, and no hurry in it either."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.publishing.editing import noticing, queries
from penpal.publishing.editing.models import PieceVersion
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S

EVERY = 7
"""Days after which an author is reminded who has not answered yet: a child is reminded of a thing weekly at most."""
TIMES = 2
"""So often at most: after that it is the editor's to ask their teacher, or to let it be."""


def remind() -> int:
    """Tell again whoever has changes to look at. Once a day; gives of how many pieces."""
    today = clock.today()
    waiting = session().execute(
        sa.select(PieceVersion.submission_id, sa.func.max(PieceVersion.offered_at).label("since"))
        .join(Submission, Submission.id == PieceVersion.submission_id)
        .where(
            Submission.state.in_([S.WITH_AUTHOR, S.PUBLISHED]),
            PieceVersion.offered_at.is_not(None),
            PieceVersion.answered_at.is_(None),
        )
        .group_by(PieceVersion.submission_id)
        .order_by(PieceVersion.submission_id)
    )
    due = [
        row.submission_id
        for row in waiting
        if _is_its_day((today - clock.local(row.since).date()).days)
    ]
    for number in due:
        with transaction() as current:
            submission = current.get_one(Submission, number)
            version = queries.offered_of(submission)
            if version is not None and submission.state in (S.WITH_AUTHOR, S.PUBLISHED):
                noticing.asked(submission, version)
    return len(due)


def _is_its_day(days: int) -> bool:
    return 0 < days <= EVERY * TIMES and days % EVERY == 0
