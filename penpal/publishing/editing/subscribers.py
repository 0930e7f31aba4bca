"""What the floors below are told of the desk: the kinds of its notices, its steps on an author's page."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.publishing.editing import noticing, queries
from penpal.publishing.pieces import status
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.pieces.status import Stand, Step
from penpal.publishing.reviews import history

_DESK, _LOOK = 50, 60
_WORDS = {
    "begin version": _l("编辑开始改稿"),
    "offer correction": _l("编辑提出更正，请作者看"),
    "answer own changes": _l("一位作者回了编辑的改动"),
    "correct": _l("刊出来的作品更正了"),
    "reject correction": _l("作者不同意更正"),
    "call back correction": _l("编辑收回了更正"),
}
_BEFORE = (S.ASKING, S.WITH_TEACHER, S.WITH_SECRETARY)


def register() -> None:
    noticing.register()
    status.register_steps(_steps)
    for move, words in _WORDS.items():
        history.name(move, words)


def _steps(submission: Submission) -> list[Step]:
    """The desk, and the author's own look at changes as far as there are any."""
    if submission.state in (S.SENT_BACK, S.WITHDRAWN):
        return []
    if submission.state in _BEFORE:
        return [Step(_DESK, _("编辑挑选和修改"), Stand.LATER, whose=_("报社的编辑"))]
    newest = queries.newest(submission)
    if submission.state is S.DECLINED:
        return [] if newest is None else [Step(_DESK, _("编辑这次没有采用"), Stand.ENDED)]
    waits = newest is not None and newest.offered_at is not None and newest.answered_at is None
    on_desk = submission.state is S.WITH_EDITOR
    steps = [
        Step(
            _DESK,
            _("编辑挑选和修改"),
            Stand.NOW if on_desk else Stand.DONE,
            whose=_("报社的编辑") if on_desk else "",
            url=_questions(submission),
        )
    ]
    if waits and newest is not None:
        steps.append(
            Step(
                _LOOK,
                _("你看编辑的改动"),
                Stand.NOW,
                whose=_("写的人"),
                at=newest.offered_at,
                url=url_for("piece_changes.show", version_id=newest.id),
            )
        )
    elif newest is not None and newest.number and newest.answered_at is not None:
        steps.append(Step(_LOOK, _("你看过编辑的改动"), Stand.DONE, at=newest.answered_at))
    return steps


def _questions(submission: Submission) -> str:
    if not queries.remarks_of(submission, for_author=True):
        return ""
    return url_for("piece_changes.questions", submission_id=submission.id)
