"""What authors and editors are told of versions: that there is something to look at, never a word of it."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel.db import session
from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic
from penpal.publishing.editing.models import Change, PieceVersion
from penpal.publishing.pieces.models import Submission, SubmissionPart

ASKED, ANSWERED, REMARKED = "editing.asked", "editing.answered", "editing.remarked"
TURNED_DOWN, TAKEN_DOWN, CORRECTED = (
    "editing.turned_down",
    "editing.taken_down",
    "editing.corrected",
)


def asked(submission: Submission, version: PieceVersion) -> None:
    """Everybody whose words would be changed."""
    found = session().execute(
        sa.select(Change.field, SubmissionPart.author_id)
        .join(SubmissionPart, SubmissionPart.id == Change.part_id)
        .where(Change.version_id == version.id, Change.verdict.is_(None))
    )
    people = {author_id if field == "body" else submission.author_id for field, author_id in found}
    notices.send(sorted(people), ASKED, about=("piece_version", version.id))


def answered(version: PieceVersion) -> None:
    """The editor who wrote it."""
    if version.made_by_id is not None:
        notices.send([version.made_by_id], ANSWERED, about=("submission", version.submission_id))


def remarked(submission: Submission, author_id: int) -> None:
    """Whose words an editor has a question about."""
    notices.send([author_id], REMARKED, about=("submission", submission.id))


def turned_down(submission: Submission) -> None:
    _tell([submission.author_id], TURNED_DOWN, submission)


def taken_down(submission: Submission) -> None:
    _tell(sorted(submission.people()), TAKEN_DOWN, submission)


def corrected(submission: Submission) -> None:
    _tell(sorted(submission.people()), CORRECTED, submission)


def register() -> None:
    kinds.register(
        ASKED,
        topic=Topic.TOGETHER,
        icon="pen-line",
        words=kinds.saying(_l("编辑想改你的稿子里的几处，等你看看。")),
        url=lambda number, _params: kinds.address("piece_changes.show", version_id=number),
        shown_at="piece_changes.show",
    )
    kinds.register(
        REMARKED,
        topic=Topic.TOGETHER,
        icon="message-square-quote",
        words=kinds.saying(_l("编辑对你的稿子有话想问你。")),
        url=lambda number, _params: kinds.address("piece_changes.questions", submission_id=number),
        shown_at="piece_changes.questions",
    )
    kinds.register(
        ANSWERED,
        topic=Topic.WAITING,
        icon="pen-line",
        words=kinds.saying(_l("一位作者看过你的改动了。")),
        url=lambda number, _params: kinds.address("editing.item", submission_id=number),
        shown_at="editing.item",
    )
    for name, words in (
        (TURNED_DOWN, _l("你的投稿这次没有采用，编辑写了为什么。")),
        (TAKEN_DOWN, _l("有一篇有你的作品撤下来了，去看看为什么。")),
        (CORRECTED, _l("有一篇有你的作品更正了一处，去看看。")),
    ):
        kinds.register(
            name,
            topic=Topic.TOGETHER,
            icon="newspaper",
            words=kinds.saying(words),
            url=lambda number, _params: kinds.address("pieces.page", submission_id=number),
            shown_at="pieces.page",
        )


def _tell(person_ids: list[int], kind: str, submission: Submission) -> None:
    notices.send(person_ids, kind, about=("submission", submission.id))
