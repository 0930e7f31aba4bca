"""The letter book as the press is told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from penpal.kernel.press import press
from penpal.letters import enclosing, typesetting
from penpal.publishing.keepsakes import gathering
from penpal.publishing.keepsakes.gathering import Entry
from penpal.twinning.queries import PairCard, Side

TEMPLATE = "publishing/keepsakes/typst/book.typ"
LONGEST = 60.0
"""Seconds at the press, for a hundred pages and more."""


def described(
    card: PairCard,
    entries: Sequence[Entry],
    *,
    size: str,
    large: bool,
    step: Callable[[], None],
) -> dict[str, Any]:
    """Everything the template needs; ``step`` is told of each thing that is ready, and may raise."""
    months = []
    for (year, month), found in gathering.months(entries):
        things = []
        for entry in found:
            things.append(_thing(entry))
            step()
        months.append(
            {"title": _("%(year)s 年 %(month)s 月", year=year, month=month), "things": things}
        )
    chinese = str(get_locale()).startswith("zh")
    return {
        "title": _title(card),
        "lang": "zh" if chinese else "en",
        "region": "cn" if chinese else None,
        "paper": size,
        "large": large,
        "sides": [_side(card.me), _side(card.partner)],
        "count": _count(entries),
        "span": _span(months),
        "months": months,
        "words": {
            "contents": _("目录"),
            "name": _("结对小伙伴"),
            "only": _("这本书只属于你们两个人。"),
        },
    }


def pdf(data: dict[str, Any]) -> bytes:
    return press.pdf(TEMPLATE, data, longest=LONGEST)


def _thing(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "title": entry.title,
        "side": entry.side,
        "dated": entry.dated,
        "hand": entry.hand,
        "quote": typesetting.directed(entry.quote) if entry.quote else None,
        "paragraphs": [typesetting.directed(text) for text in entry.texts],
        "signature": [typesetting.directed(text) for text in entry.signature],
        "photos": [typesetting.plate(one) for one in enclosing.plates(entry.pictures)],
    }


def _side(side: Side) -> dict[str, str]:
    return {
        "name": side.display_name,
        "town": side.town_name,
        "stamp_name": side.stamp_name,
        "drawing": typesetting.drawing(side.stamp or "default"),
    }


def _title(card: PairCard) -> str:
    return _("%(me)s和%(partner)s的信", me=card.me.display_name, partner=card.partner.display_name)


def _count(entries: Sequence[Entry]) -> str:
    letters = sum(entry.kind == "letter" for entry in entries)
    return ngettext("%(num)s 封信", "%(num)s 封信", letters)


def _span(months: Sequence[dict[str, Any]]) -> str:
    if not months:
        return ""
    return " — ".join(dict.fromkeys((months[0]["title"], months[-1]["title"])))
