"""A line as it goes to a page, whether inside of it or over the wire: text that the page never parses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from penpal.chat import services, wording
from penpal.chat.models import UNSEND_WITHIN
from penpal.chat.queries import LineRow, Quote
from penpal.kernel import clock
from penpal.media import links
from penpal.media.queries import Picture
from penpal.media.shapes import Size
from penpal.safeguarding import guidance
from penpal.screening.findings import Finding

Wire = dict[str, Any]

_SHOWN = Size.MIDDLE


def wire(
    row: LineRow,
    reader_id: int,
    zone: ZoneInfo,
    pictures: Sequence[Picture] = (),
    *,
    answer: str = "",
    language: str = "",
) -> Wire:
    """One line for one reader, its time on the clock of their school.

    ``answer`` is what a teacher said to a line that came back. ``language`` spares looking for that of
    the page.
    """
    mine = row.author_id == reader_id
    here = row.at.astimezone(zone)
    now = clock.now()
    shown: Wire = {
        "id": row.id,
        "sequence": row.sequence,
        "mine": mine,
        "text": row.body,
        "dir": row.direction,
        "at": row.at.isoformat(),
        "time": f"{here:%H:%M}",
        "day": wording.day(here.date(), now.astimezone(zone).date(), language),
        "sticker": row.sticker,
        "quote": _quote(row.quote, reader_id) if row.quote else None,
        "photos": [_photo(picture, reader_id) for picture in pictures],
        "state": row.state.value,
        "open": row.is_open,
    }
    if mine:
        shown["key"] = row.key
        until = _unsend_until(row, now)
        if until is not None:
            shown["unsend_until"] = until.isoformat()
    if answer:
        shown["answer"] = answer
    return shown


def wires(
    rows: Sequence[LineRow],
    reader_id: int,
    zone: ZoneInfo,
    *,
    answers: Mapping[int, str] | None = None,
    language: str = "",
) -> list[Wire]:
    """Many of them: one more query where any has photos, none otherwise."""
    pictures = services.photos_of(rows)
    said = answers or {}
    return [
        wire(
            row,
            reader_id,
            zone,
            pictures.get(row.id, ()),
            answer=said.get(row.id, ""),
            language=language,
        )
        for row in rows
    ]


def _unsend_until(row: LineRow, now: datetime) -> datetime | None:
    until = row.at + UNSEND_WITHIN
    return until if row.is_sent and now < until else None


def _quote(quote: Quote, reader_id: int) -> Wire:
    text = wording.excerpt(quote.text)
    return {
        "id": quote.id,
        "text": text or wording.sticker(quote.sticker),
        "mine": quote.author_id == reader_id,
    }


def _photo(picture: Picture, reader_id: int) -> Wire:
    width, height = picture.fitted(_SHOWN)
    token = links.token(picture.id, _SHOWN.value, "jpeg", reader_id)
    return {
        "src": f"/photos/{token}",
        "width": width,
        "height": height,
        "description": picture.description,
    }


def findings(text: str, found: Iterable[Finding]) -> list[Wire]:
    """What the guard found in a line, for its author: where, of which kind, and what may stand there.

    Positions count code points of the text.
    """
    return [
        {
            "kind": note.kinds[0].value,
            "start": note.start,
            "end": note.end,
            "words": _(
                "“%(quote)s”%(name)s。%(why)s%(mend)s",
                quote=note.quote,
                name=note.first.name,
                why=note.first.why,
                mend=note.first.mend,
            ),
            "help": note.needs_help,
        }
        for note in guidance.notes(text, found)
        if not note.worries
    ]
