"""What reviews tell the floors below: what comes after the last yes, what waits, how it stands."""

from __future__ import annotations

from penpal.kernel.access import Actor
from penpal.publishing.pieces import leaving, status, turns
from penpal.publishing.pieces.leaving import Gone
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews import noticing, queries, queue_source, stations, telling
from penpal.safeguarding import queue


def _settle(submission: Submission, gone: Gone, _by: Actor) -> None:
    """What was taken back waits for nobody any more."""
    if gone is Gone.PIECE:
        for station in queries.standing(submission):
            noticing.settled(station)


def register() -> None:
    leaving.register(_settle)
    turns.register(stations.begin)
    status.register_steps(telling.steps)
    status.register_marks(telling.marks)
    queue.register(queue_source.KIND, queue_source.SOURCE)
    noticing.register()
