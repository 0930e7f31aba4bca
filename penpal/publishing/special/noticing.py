"""What the public pages leave word of: that a reader said something to an author."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l

from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic

WORD = "piece.word"


def passed_on(submission_id: int, authors: Collection[int]) -> None:
    notices.send(authors, WORD, about=("submission", submission_id))


def register() -> None:
    kinds.register(
        WORD,
        topic=Topic.TOGETHER,
        icon="message-circle",
        words=kinds.saying(_l("有读者给你刊出的作品留了一句话。")),
        url=lambda number, _params: kinds.address("special_words.own", submission_id=number),
        shown_at="special_words.own",
    )
