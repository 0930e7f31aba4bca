"""What was mended in printed pieces after they had come out: a dated line for everybody to read."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from penpal.kernel.db import session
from penpal.publishing.editing.models import PieceVersion
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState


class Correction(NamedTuple):
    """``words`` say what was mended; ``at`` is the moment in which its author's last yes came."""

    submission_id: int
    at: datetime
    words: str


def of(submission: Submission) -> list[Correction]:
    """Those of one printed piece, oldest first."""
    return _found(Submission.id == submission.id)[::-1]


def newest(limit: int = 50) -> list[Correction]:
    """Those of all pieces that can be read now, newest first."""
    return _found(sa.true(), limit)


def _found(which: sa.ColumnElement[bool], limit: int = 1000) -> list[Correction]:
    statement = (
        sa.select(PieceVersion.submission_id, PieceVersion.accepted_at, PieceVersion.corrects)
        .join(Submission, Submission.id == PieceVersion.submission_id)
        .where(
            Submission.state == SubmissionState.PUBLISHED,
            PieceVersion.corrects != "",
            PieceVersion.accepted_at.is_not(None),
            which,
        )
        .order_by(PieceVersion.accepted_at.desc(), PieceVersion.id.desc())
        .limit(limit)
    )
    return [
        Correction(row.submission_id, row.accepted_at, row.corrects)
        for row in session().execute(statement)
    ]
