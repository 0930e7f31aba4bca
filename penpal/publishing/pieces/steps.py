"""The first steps of a piece in plain words: the children's answers, the guardians', and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from penpal.consent.models import Giver
from penpal.publishing.pieces import clearance, naming, status
from penpal.publishing.pieces.clearance import What
from penpal.publishing.pieces.models import PartyAs, Submission
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.pieces.status import Stand, Step

_ENDED = (S.DECLINED, S.WITHDRAWN, S.TAKEN_DOWN)


def _steps(submission: Submission) -> Sequence[Step]:
    return list(_told(submission))


def _told(submission: Submission) -> Iterator[Step]:
    made_at = submission.made_at
    yield Step(0, _("投出去了"), Stand.DONE, at=made_at)
    if submission.state is S.WITHDRAWN:
        yield Step(90, _("撤回了"), Stand.ENDED, at=submission.ended_at, note=_("不会再印。"))
        return
    if submission.state in _ENDED or submission.state is S.SENT_BACK:
        return
    missing = clearance.of(submission).missing
    if len(submission.parties) > 1 or (submission.pair_id is None and submission.parties):
        open_ = sum(one.giver is Giver.STUDENT and one.what is What.PIECE for one in missing)
        yield Step(
            10,
            _("里面的同学都答应"),
            Stand.NOW if open_ else Stand.DONE,
            whose=_("等同学回答") if open_ else "",
        )
    guardians = {
        one.person_id
        for one in missing
        if one.giver is Giver.GUARDIAN and one.what is not What.LEDGER_REAL_NAME
    }
    if guardians:
        yield Step(
            20,
            _("家长同意"),
            Stand.LATER if submission.state is S.ASKING else Stand.NOW,
            whose=_("老师会去问家长，一边问一边往下走；家长都同意了才印。"),
        )
    elif submission.parties and submission.state is not S.ASKING:
        yield Step(20, _("家长同意"), Stand.DONE)
    own = {
        one.what
        for one in missing
        if one.giver is Giver.STUDENT and one.what in (What.LEDGER_PUBLICATION, What.LEDGER_PHOTOS)
    }
    if own and submission.state is not S.ASKING:
        yield Step(21, _("同意书里还差里面同学自己的同意"), Stand.NOW)


def register() -> None:
    status.register_steps(_steps)


def shown_parties(submission: Submission) -> list[tuple[PartyAs, naming.Printed]]:
    """Under which name and place each would be printed."""
    printed = naming.printed_many(submission.parties)
    return [(party.stands_as, printed[party.id]) for party in submission.parties]
