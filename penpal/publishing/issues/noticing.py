"""What editors and authors are told of issues: never a word of a piece, and no child's name."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic
from penpal.notices.services import Word
from penpal.publishing.issues import queries
from penpal.publishing.issues.models import ColumnIssue, Handout
from penpal.publishing.pieces.models import Submission

CAME_OUT, HELD_BACK, LEFT_OUT = "issue.came_out", "issue.held_back", "issue.left_out"
PRINTED, NOT_YET = "issue.printed", "issue.not_yet"
GONE, RECALL = "issue.gone", "issue.recall"


def came_out(issue: ColumnIssue, pieces: Sequence[Submission]) -> None:
    """Everybody who stands in a piece hears that it is printed; editors that their issue is out."""
    params = {"number": issue.number}
    notices.send(queries.editors(), CAME_OUT, about=("column_issue", issue.id), params=params)
    notices.send_many(
        PRINTED,
        "submission",
        [
            Word(person_id, piece.id, params)
            for piece in pieces
            for person_id in sorted(piece.people())
        ],
    )


def held_back(issue: ColumnIssue) -> None:
    _tell_editors(HELD_BACK, issue)


def left_out(issue: ColumnIssue, piece: Submission) -> None:
    """Its author hears it kindly: it can come in another issue."""
    _tell_editors(LEFT_OUT, issue)
    notices.send([piece.author_id], NOT_YET, about=("submission", piece.id))


def gone(issue: ColumnIssue) -> None:
    """A piece went out of an issue: editors look at the page anew."""
    _tell_editors(GONE, issue)


def recalled(handout: Handout, editor_ids: Sequence[int]) -> None:
    """Whoever took the file, and all editors: somebody has to tell those to whom it went on."""
    people = sorted({*editor_ids, handout.taken_by_id})
    notices.send(people, RECALL, about=("handout", handout.id))


def _tell_editors(kind: str, issue: ColumnIssue) -> None:
    params = {"number": issue.number}
    notices.send(queries.editors(), kind, about=("column_issue", issue.id), params=params)


def register() -> None:
    for name, icon, words in (
        (CAME_OUT, "newspaper", _l("第 %(number)s 期出来了。")),
        (HELD_BACK, "circle-alert", _l("第 %(number)s 期到了时候没有出：里面没有能印的了。")),
        (LEFT_OUT, "circle-alert", _l("第 %(number)s 期里有一篇到了时候还不能印，留下了。")),
        (GONE, "circle-alert", _l("第 %(number)s 期里有一篇撤下了。看看版面。")),
    ):
        kinds.register(
            name,
            topic=Topic.WAITING,
            icon=icon,
            words=kinds.saying(words),
            url=lambda number, _params: kinds.address("issues.show", issue_id=number),
            shown_at="issues.show",
        )
    kinds.register(
        RECALL,
        topic=Topic.WAITING,
        icon="circle-alert",
        words=kinds.saying(_l("交出去的文件里有一篇撤下了，请告诉拿到文件的人别再用。")),
        url=lambda _number, _params: kinds.address("issues.recalls"),
        shown_at="issues.recalls",
    )
    for name, words in (
        (PRINTED, _l("有你的一篇刊出来了，在第 %(number)s 期。")),
        (NOT_YET, _l("你的投稿这一期没有赶上，还留着，等下一期。")),
    ):
        kinds.register(
            name,
            topic=Topic.TOGETHER,
            icon="newspaper",
            words=kinds.saying(words),
            url=lambda number, _params: kinds.address("pieces.page", submission_id=number),
            shown_at="pieces.page",
        )
