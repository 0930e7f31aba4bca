"""What reviews tell a piece's author: each round of looks as a step, in plain words and without names."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from penpal.places.models import Level
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.status import Marked, Stand, Step
from penpal.publishing.reviews import queries, remarks
from penpal.publishing.reviews.models import Decision, ReviewStation


def steps(submission: Submission) -> Sequence[Step]:
    """One line for each round of the present revision; none before they were made."""
    rounds: dict[int, list[ReviewStation]] = {}
    for station in queries.standing(submission):
        rounds.setdefault(station.round, []).append(station)
    return [_step(30 + number, stations, submission) for number, stations in sorted(rounds.items())]


def marks(submission: Submission) -> Sequence[Marked]:
    """What was said at places of the present copy, for whoever mends it."""
    return [
        Marked(remark.part_id, remark.start, remark.end, remark.body_html)
        for said in remarks.of(submission, for_author=True).values()
        for remark in said
    ]


def _step(order: int, stations: Sequence[ReviewStation], submission: Submission) -> Step:
    levels = {station.unit.level for station in stations}
    if levels == {Level.CLASS}:
        words, whose = _("班主任看"), _("班主任")
    elif levels <= {Level.CLASS, Level.SCHOOL}:
        words, whose = _("学校团委看"), _("学校团委书记")
    else:
        words, whose = _("上级团委看"), _("团委书记")
    ended = next((each for each in stations if each.decision in _ENDS), None)
    if ended is not None:
        said = _("退回来了") if ended.decision is Decision.SENT_BACK else _("这次不采用")
        note = _("%(what)s：%(why)s", what=said, why=ended.reason)
        return Step(order, words, Stand.ENDED, whose, ended.decided_at, note)
    if all(each.decision is not None for each in stations):
        last = max(each.decided_at for each in stations if each.decided_at is not None)
        return Step(order, words, Stand.DONE, whose, last)
    begun = [each.begun_at for each in stations if each.begun_at is not None]
    if begun and stations[0].round == submission.station:
        return Step(order, words, Stand.NOW, whose, min(begun))
    return Step(order, words, Stand.LATER, whose)


_ENDS = (Decision.SENT_BACK, Decision.DECLINED)
