"""Seeing to it that a piece waits for somebody, and reminding whoever it waits for."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from penpal.accounts import snapshots
from penpal.kernel import access, clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.permissions import Permission
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews import noticing, stations, whose
from penpal.publishing.reviews.models import ReviewStation

BEFORE = timedelta(days=1)
AGAIN = 3
"""Days between one reminder and the next, once the day is over."""


def look_after() -> int:
    """Let what waits for nobody go on, one piece at a time. Safe to run twice. Gives how many turns moved."""
    moved = _give_back()
    for number in stations.waiting_ids():
        moved += stations.fall(session().get_one(Submission, number))
    return moved


def _give_back() -> int:
    """A turn that was left to somebody who could not decide any more is its office's again."""
    left = session().scalars(
        whose.turns().where(whose.is_waiting(), ReviewStation.delegate_id.is_not(None))
    )
    given = 0
    for number in [station.id for station in left]:
        with transaction() as current:
            station = current.get_one(ReviewStation, number)
            submission = current.get_one(Submission, station.submission_id)
            if station.delegate_id is None or _can_decide(station.delegate_id, submission):
                continue
            noticing.settled(station)
            station.delegate_id = None
            current.flush()
            trail.write(submission, "took review back", by=SYSTEM)
            noticing.waits(station, submission)
            given += 1
    return given


def _can_decide(person_id: int, submission: Submission) -> bool:
    actor = snapshots.of(person_id)
    return actor is not None and access.may(actor, Permission.Submission.REVIEW, submission)


def remind() -> int:
    """Remind on the day before, on the day itself, and every third day after it. Gives of how many turns."""
    now = clock.now()
    due = session().execute(
        sa.select(ReviewStation.id, ReviewStation.due_at)
        .join(Submission, Submission.id == ReviewStation.submission_id)
        .where(whose.is_waiting(), ReviewStation.due_at < now + BEFORE)
        .order_by(ReviewStation.id)
    )
    today = clock.local(now).date()
    wanted = [row.id for row in due if _is_its_day((today - clock.local(row.due_at).date()).days)]
    for number in wanted:
        with transaction() as current:
            station = current.get_one(ReviewStation, number)
            submission = current.get_one(Submission, station.submission_id)
            if station.decision is None and submission.state in whose.UNDER_REVIEW:
                noticing.late(station, submission)
    return len(wanted)


def _is_its_day(days_over: int) -> bool:
    return days_over in (-1, 0) or (days_over > 0 and days_over % AGAIN == 0)
