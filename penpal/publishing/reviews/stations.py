"""The stations of a piece: made when all children agreed, asked round after round, never left to nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from penpal.kernel import clock, machine, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.events import announce
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.publishing.pieces import states
from penpal.publishing.pieces.events import SubmissionMoved
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews import noticing, paths, queries, whose
from penpal.publishing.reviews.models import ReviewStation

FELL = "review fell to another"


def begin(submission: Submission) -> None:
    """Make the stations of the present revision and ask the first; in the caller's transaction."""
    with transaction() as current:
        for duty in paths.plan(submission):
            current.add(
                ReviewStation(
                    submission_id=submission.id,
                    revision=submission.revision,
                    round=duty.round,
                    level=duty.level,
                    unit_id=duty.unit_id,
                )
            )
        current.flush()
        go_on(submission)


def go_on(submission: Submission) -> None:
    """Ask the next round once nobody of this one is waited for; after the last it is the editor's."""
    with transaction() as current:
        left = [each for each in queries.standing(submission) if each.decision is None]
        if not left:
            _move(states.PASS_TO_EDITOR, submission)
            noticing.passed_on(submission)
            return
        number = min(each.round for each in left)
        asked = [each for each in left if each.round == number]
        if all(each.begun_at is not None for each in asked):
            return
        for station in asked:
            _ask(station, submission)
        current.flush()
        is_first = submission.state is SubmissionState.ASKING
        with_teacher = is_first and any(each.unit.level is Level.CLASS for each in asked)
        step = states.PASS_TO_TEACHER if with_teacher else states.PASS_TO_SECRETARY
        _move(step, submission, station=number)
        for station in asked:
            noticing.waits(station, submission)


def _ask(station: ReviewStation, submission: Submission) -> None:
    days = paths.way(station.unit.path, submission.programme_id).days
    station.begun_at = clock.now()
    station.due_at = station.begun_at + timedelta(days=days)


def _move(step: machine.Move, submission: Submission, **also: Any) -> None:
    machine.fire(step, submission, by=SYSTEM, moved_at=clock.now(), **also)
    announce(session(), SubmissionMoved(submission.id, submission.state.value))


def fall(submission: Submission) -> int:
    """Let what waits for nobody wait for the next above who can decide. Safe to run twice.

    Gives how many stations went on. Where nobody can decide up to the top it stays, for whoever is given the
    office next.
    """
    with transaction():
        lock(submission)
        if submission.state not in whose.UNDER_REVIEW:
            return 0
        stations = queries.standing(submission)
        left = [each for each in stations if each.decision is None]
        above = places.along(each.unit.path for each in left)
        able = whose.holders(submission, above)
        moved = 0
        for station in left:
            moved += _fall(station, submission, above, able, stations)
        if moved:
            go_on(submission)
    return moved


def _fall(
    station: ReviewStation,
    submission: Submission,
    above: dict[int, Unit],
    able: dict[int, list[int]],
    stations: list[ReviewStation],
) -> bool:
    at = paths.nearest(station.unit, able)
    if at == station.unit_id:
        return False
    trail.write(submission, FELL, by=SYSTEM, reason=above[at].name)
    noticing.settled(station)
    if any(each.unit_id == at for each in stations):
        # Whoever decides there decides in their own round; nobody is asked twice.
        stations.remove(station)
        session().delete(station)
        session().flush()
        return True
    station.unit_id, station.delegate_id = at, None
    session().flush()
    session().refresh(station)
    if station.begun_at is not None:
        _ask(station, submission)
        noticing.waits(station, submission)
    return True


def waiting_ids() -> list[int]:
    """Pieces that somebody is looking at: for the job that sees to it that somebody is."""
    statement = (
        sa.select(Submission.id)
        .where(Submission.state.in_(whose.UNDER_REVIEW))
        .order_by(Submission.id)
    )
    return list(session().scalars(statement))
