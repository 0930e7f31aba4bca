"""What reviews leave word of: that a piece waits for somebody, and to its author where it has come to.

Not a word of the text and no child's name: staff read these in their mail.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Params, Topic
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews import whose
from penpal.publishing.reviews.models import ReviewStation

WAITS, LATE = "piece.waits", "piece.late"
PASSED_ON, SENT_BACK, DECLINED = "piece.passed_on", "piece.sent_back", "piece.declined"


def waits(station: ReviewStation, submission: Submission) -> None:
    """Whoever is to look at it now."""
    notices.send(_asked(station, submission), WAITS, about=("review_station", station.id))


def late(station: ReviewStation, submission: Submission) -> None:
    """The same, once more: its day has nearly come, or is over."""
    notices.send(_asked(station, submission), LATE, about=("review_station", station.id))


def settled(station: ReviewStation) -> None:
    """It waits for nobody there any more."""
    notices.settle(("review_station", station.id), WAITS, LATE)


def passed_on(submission: Submission) -> None:
    notices.send([submission.author_id], PASSED_ON, about=("submission", submission.id))


def ended(submission: Submission, kind: str) -> None:
    """The author reads the reason on the page of the piece."""
    notices.send([submission.author_id], kind, about=("submission", submission.id))


def _asked(station: ReviewStation, submission: Submission) -> list[int]:
    if station.delegate_id is not None:
        return [station.delegate_id]
    return whose.holders(submission, [station.unit_id]).get(station.unit_id, [])


def register() -> None:
    kinds.register(
        WAITS,
        topic=Topic.WAITING,
        icon="newspaper",
        words=kinds.saying(_l("有一篇投稿等你看。")),
        url=_at_turn,
        shown_at="queue.item",
    )
    kinds.register(
        LATE,
        topic=Topic.WAITING,
        icon="clock",
        words=kinds.saying(_l("有一篇投稿等你看，日子快到了或者已经过了。")),
        url=_at_turn,
        shown_at="queue.item",
    )
    for kind, icon, words in (
        (PASSED_ON, "newspaper", _l("你的投稿，老师和团委都看过了，现在到了编辑那里。")),
        (SENT_BACK, "undo-2", _l("你的投稿退回来了，老师写了可以怎么改。")),
        (DECLINED, "newspaper", _l("你的投稿这次不采用。原因写在那一页上。")),
    ):
        kinds.register(
            kind, topic=Topic.LETTERS, icon=icon, words=kinds.saying(words), url=_at_piece
        )


def _at_turn(number: int, _params: Params) -> str:
    return kinds.address("queue.item", kind="piece", item_id=number)


def _at_piece(number: int, _params: Params) -> str:
    return kinds.address("pieces.page", submission_id=number)
