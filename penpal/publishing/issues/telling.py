"""The last steps of a piece in plain words: in which issue it stands, and that it is printed."""

from __future__ import annotations

from flask_babel import format_date
from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.publishing.issues import queries
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.pieces.status import Stand, Step

_ENDED = (S.SENT_BACK, S.DECLINED, S.WITHDRAWN, S.TAKEN_DOWN)


def steps(submission: Submission) -> list[Step]:
    """For the author's page."""
    if submission.state in _ENDED:
        return []
    if submission.state is S.PUBLISHED:
        return [Step(80, _("刊出来了"), Stand.DONE, at=submission.published_at)]
    row = queries.of(submission)
    if row is None:
        stand = Stand.NOW if submission.state is S.READY else Stand.LATER
        return [Step(70, _("排进一期"), stand, whose=_("编辑") if stand is Stand.NOW else "")]
    issue = row.issue
    placed = Step(
        70,
        _("排进了第 %(number)s 期", number=issue.number),
        Stand.DONE if issue.state is IssueState.SIGNED_OFF else Stand.NOW,
        whose="" if issue.state is IssueState.SIGNED_OFF else _("编辑"),
        at=row.put_at,
    )
    if issue.state is not IssueState.SIGNED_OFF or issue.comes_out_at is None:
        return [placed, Step(80, _("刊出来"), Stand.LATER)]
    day = format_date(clock.local(issue.comes_out_at).date(), "MMMd")
    return [placed, Step(80, _("%(day)s 刊出来", day=day), Stand.NOW)]


def subjects(submission: Submission) -> list[tuple[str, int]]:
    """What else happened to it: the files in which it was handed out."""
    return [("handout", number) for number in queries.handouts_with(submission.id)]
