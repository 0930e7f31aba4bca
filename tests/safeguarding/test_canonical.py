"""The canonical form: the same content gives the same text and digest, whatever the page calls it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from penpal.safeguarding import canonical
from penpal.safeguarding.items import Content

CONTENT = Content(
    kind="letter",
    id=7,
    title="小禾的第一封信",
    author_id=1,
    parties=(1, 2),
    text="ئاپا، 你好\u200d",
    html="<p>ئاپا، 你好</p>",
    direction="rtl",
    at=datetime(2026, 11, 20, 8, 30, 0, 12, tzinfo=UTC),
    context={"pair": 3, "number": 1, "in_reply_to": None},
)


def test_what_was_written_down_is_read_back_as_it_was() -> None:
    text = canonical.text_of(CONTENT)

    assert canonical.content_of(text, title=CONTENT.title) == CONTENT
    assert canonical.text_of(canonical.content_of(text, title="别的题目")) == text


def test_the_same_content_has_one_form_in_every_language_and_zone() -> None:
    elsewhere = CONTENT.at.astimezone(timezone(timedelta(hours=8))) if CONTENT.at else None
    turned = dict(reversed(CONTENT.context.items()))
    same = replace(CONTENT, title="Xiaohe's first letter", at=elsewhere, context=turned)

    assert canonical.text_of(same) == canonical.text_of(CONTENT)


def test_any_change_changes_the_digest() -> None:
    first = canonical.digest(canonical.text_of(CONTENT))

    for other in (
        replace(CONTENT, text="你好"),
        replace(CONTENT, author_id=2),
        replace(CONTENT, at=None),
        replace(CONTENT, is_sealed=False),
        replace(CONTENT, context={}),
    ):
        assert canonical.digest(canonical.text_of(other)) != first
