"""The proof of an issue: a page set as a newspaper sets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _

from penpal.kernel import html
from penpal.kernel.press import press
from penpal.letters import columns, typesetting
from penpal.letters.typesetting import Plate
from penpal.media import services as media
from penpal.media.queries import Picture
from penpal.media.shapes import Size
from penpal.publishing.editing.versions import PrintedPart
from penpal.publishing.issues import copy as copies
from penpal.publishing.issues.copy import Article, Copy

TEMPLATE = "publishing/issues/typst/proof.typ"
LONGEST = 40.0
ROWS_OF_QUOTE = 11
"""Signs that stand one below the other in the upright quotation."""


def described(copy: Copy) -> dict[str, Any]:
    """The issue as the template reads it, its photos inside. The caller has asked the rulebook."""
    return {
        "title": copy.title,
        "column": copy.column,
        "numbered": copies.numbered(copy),
        "dated": copies.dated(copy),
        "draft": _("清样 · 还没有签发，不得转交") if copy.is_draft else "",
        "headline": copy.headline,
        "standfirst": copy.standfirst,
        "quote": _quote(copy.quote),
        "articles": [_article(article, is_lead=not at) for at, article in enumerate(copy.articles)],
        "note": [
            {**typesetting.directed(text), "stands": "indented"}
            for text in copies.plain_paragraphs(copy.note)
        ],
        "words": {
            "note": _("编者注"),
            "page": _("第 {page} 版"),
            "waiting": _("还没有定稿"),
            "room": _("空位：还能放约 %(number)s 字", number=copy.space - copy.length)
            if copy.is_draft and copy.space > copy.length
            else "",
            "over": _("超出版面约 %(number)s 字", number=copy.length - copy.space)
            if copy.is_draft and copy.length > copy.space
            else "",
        },
    }


def pdf(described: dict[str, Any]) -> bytes:
    """Raises ``TooMany`` while the press has no room."""
    return press.pdf(TEMPLATE, described, longest=LONGEST)


def _article(article: Article, *, is_lead: bool) -> dict[str, Any]:
    return {
        "lead": is_lead,
        "section": article.section,
        "title": article.title,
        "standfirst": article.standfirst,
        "byline": article.byline,
        "length": article.length,
        "ready": article.is_ready,
        "photos": [_plate(photo) for photo in article.photos],
        "parts": [
            {
                "heading": part.heading
                or (copies.person(part.author) if article.has_several else ""),
                "rtl": part.direction == "rtl",
                "paragraphs": _paragraphs(part),
            }
            for part in article.parts
        ],
    }


def _paragraphs(part: PrintedPart) -> list[dict[str, Any]]:
    """A letter's greeting and its wish stand flush, whoever signed it stands at the end of the line."""
    texts = copies.plain_paragraphs(part.body)
    ends = len(texts)
    while (
        ends > 1
        and len(texts) - ends < _SIGNED_LINES
        and _is_short(texts[ends - 1])
        and not _wishes(texts[ends - 2])
        and not _wishes(texts[ends - 1])
    ):
        ends -= 1
    return [
        {**typesetting.directed(text), "stands": _stands(texts, at, ends)}
        for at, text in enumerate(texts)
    ]


def _stands(texts: Sequence[str], at: int, ends: int) -> str:
    if at >= ends:
        return "end"
    is_wish = at > 0 and _wishes(texts[at - 1]) and len(texts[at]) <= _SHORT
    is_greeting = not at and len(texts[at]) <= _SHORT and texts[at].endswith(("：", ":", "،", "，"))
    return "flush" if is_wish or is_greeting else "indented"


def _wishes(text: str) -> bool:
    """祝 or 此致 on a line of its own: what is wished follows on the next one."""
    return text.rstrip("：:") in ("祝", "祝你", "此致")


_SIGNED_LINES, _SHORT = 2, 14


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT and not text.endswith(
        ("。", "？", "！", "…", "”", ".", "?", "!", "；")
    )


def _plate(photo: Picture) -> dict[str, Any]:
    width, height = photo.fitted(Size.LARGE)
    plate = Plate(media.jpeg(photo.id, Size.LARGE), width, height, photo.description)
    return typesetting.plate(plate)


def _quote(quote: str) -> list[list[dict[str, Any]]] | None:
    """The columns of the quotation from the right to the left; None for letters that cannot stand."""
    if not quote or not columns.can_stand(quote):
        return None
    found = columns.set_down([html.line(quote)], [], rows=ROWS_OF_QUOTE)
    return [
        [{**asdict(cell), "text": cell.text.translate(columns.STANDING)} for cell in column.cells]
        for column in found
    ]
