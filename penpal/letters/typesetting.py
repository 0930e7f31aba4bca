"""Describes letters to the press as data: their words never become part of a template.

Sizes are those of an A4 sheet with the margins of ``typst/letters.typ``.
"""

from __future__ import annotations

import base64
import html as entities
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any

import segno
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from penpal.config import ROOT
from penpal.kernel import clock, html
from penpal.kernel.press import press
from penpal.letters import columns, dates, paper, squares, wording
from penpal.letters.models import Letter, Paper

MOST_LETTERS = 60
MOST_CHARACTERS = 150_000
"""What one file holds: at most so many letters, or so many characters if that is less."""
PHOTO_WEIGHS = 3_000
"""Characters that a photo counts for, so that no file grows past what a village's line bears."""

STAMPS = ROOT / "static" / "dist"


class Way(StrEnum):
    """In rows (横排) or in columns (竖排)."""

    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True)
class Choices:
    way: Way = Way.ROWS
    large: bool = False


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Whoever wrote, as the partner may know them."""

    name: str
    town: str
    stamp_name: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Plate:
    """A photo for the press: its JPEG, how wide and high that is, and what is said of it."""

    jpeg: bytes
    width: int
    height: int
    words: str


@dataclass(frozen=True)
class TitlePage:
    names: str
    towns: str
    dates: str
    count: str


@dataclass(frozen=True)
class Slip:
    """What stands outside when the sheet is folded; ``address`` becomes a code to be scanned."""

    to: str
    class_: str
    number: str
    address: str


@dataclass(frozen=True)
class _Grid:
    """Columns of a sheet: size of the type in points, width of a column and height of a place in mm."""

    size: float
    width: float
    row: float
    across: int
    down: int


_COLUMNS = {False: _Grid(16, 11, 6.5, 15, 36), True: _Grid(20, 13.5, 8, 12, 29)}


_SQUARES = {False: 20, True: 15}
"""Squares of a line of composition paper."""


def can_stand(letter: Letter) -> bool:
    """Whether a letter can be set in columns; one in letters that join stays in rows."""
    return columns.can_stand(letter.body)


@dataclass(frozen=True, slots=True)
class ColumnOfText:
    """A column as a browser sets it; a signature stands at its foot."""

    text: str
    at_foot: bool


def in_columns(letter: Letter, choices: Choices) -> list[list[ColumnOfText]]:
    """The same sheets in columns, for a page: empty where the letter stays in rows."""
    if choices.way is not Way.COLUMNS or not can_stand(letter):
        return []
    return [
        [
            ColumnOfText(
                ("" if column.at_foot else _SPACE * column.begin)
                + "".join(cell.text or _SPACE * cell.rows for cell in column.cells).translate(
                    columns.QUOTES
                ),
                column.at_foot,
            )
            for column in page
        ]
        for page in _pages(letter, _COLUMNS[choices.large])
    ]


_SPACE = "\u3000"


def described(
    letter: Letter,
    author: Correspondent,
    recipient_name: str,
    choices: Choices,
    *,
    slip: Slip | None = None,
    plates: Sequence[Plate] = (),
) -> dict[str, Any]:
    """One letter as the templates read it, with the photos that go with it."""
    body, signature = paper.set_out(letter)
    texts, signed = paragraphs(str(body)), lines(str(signature))
    standing = choices.way is Way.COLUMNS and can_stand(letter)
    squared = letter.paper is Paper.GRID and not standing
    across = _SQUARES[choices.large]
    assert letter.number is not None
    assert letter.delivered_at is not None
    day = clock.local(letter.delivered_at).date()
    return {
        "title": _(
            "%(author)s寄给%(name)s的第%(number)s封信",
            author=author.name,
            name=recipient_name,
            number=wording.numeral(letter.number),
        ),
        "paper": letter.paper.value,
        "hand": letter.hand.value,
        "rtl": letter.direction == "rtl",
        "paragraphs": [directed(text) for text in texts],
        "squares": _squares(texts, across) if squared else None,
        "across": across,
        "signature": [directed(text) for text in signed],
        "dated": dated(letter),
        "stamp": {
            "drawing": drawing(author.stamp or "default"),
            "name": author.stamp_name,
            "numeral": wording.formal(letter.number),
        },
        "postmark": {
            "place": author.stamp_name,
            "year": f"{day:%Y}",
            "day": f"{day.month}.{day.day}",
        },
        "columns": _columns(letter, _COLUMNS[choices.large]) if standing else None,
        "cover": _cover(slip, author, letter) if slip else None,
        "photos": [plate(one) for one in plates],
        "enclosed": ngettext("随信附了 %(num)s 张照片", "随信附了 %(num)s 张照片", len(plates))
        if plates
        else "",
    }


def plate(photo: Plate) -> dict[str, Any]:
    """A JPEG inside a drawing: what the press is told comes to it as text."""
    width, height = photo.width, photo.height
    inside = base64.b64encode(photo.jpeg).decode()
    return {
        "drawing": f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{inside}"/></svg>',
        "wide": width / height,
        "words": directed(photo.words) if photo.words else None,
    }


def pdf(
    title: str,
    letters: Sequence[dict[str, Any]],
    choices: Choices,
    *,
    title_page: TitlePage | None = None,
    duplex: bool = False,
) -> bytes:
    """One file. ``duplex`` begins every letter on the front of a sheet."""
    chinese = str(get_locale()).startswith("zh")
    return press.pdf(
        "letters/typst/letters.typ",
        {
            "title": title,
            "lang": "zh" if chinese else "en",
            "region": "cn" if chinese else None,
            "large": choices.large,
            "duplex": duplex,
            "words": _words(),
            "title_page": asdict(title_page) if title_page else None,
            "letters": letters,
        },
    )


def _words() -> dict[str, str]:
    # The press counts the pages, so it fills in these two numbers itself.
    return {
        "letterhead": _("结对小伙伴信笺"),
        "name": _("结对小伙伴"),
        "page": _("第 {page} 页，共 {pages} 页"),
        "pages": _("{pages} 页"),
        "to": _("寄给"),
        "class": _("班级"),
        "from": _("来自"),
        "which": _("哪一封"),
        "date": _("日期"),
        "length": _("长短"),
        "fold": _("沿这条线对折，字朝里"),
        "code": _("有设备的时候，扫一扫就到这封信。"),
    }


def paragraphs(drawn: str) -> list[str]:
    """The text of the paragraphs of a page, with line ends; what a page draws beside it is left out."""
    return ["\n".join(lines(part)) for part in _BEGINNING.split(drawn) if part]


def lines(drawn: str) -> list[str]:
    # What people wrote is escaped, so whatever looks like a tag is one of ours.
    parts = drawn.split("<br>") if drawn else []
    return [entities.unescape(_TAG.sub("", part)) for part in parts]


_BEGINNING, _TAG = re.compile(r"<p[^>]*>"), re.compile(r"<[^>]*>")


def directed(text: str) -> dict[str, object]:
    return {"text": text, "rtl": html.direction(text) == "rtl"}


def _columns(letter: Letter, grid: _Grid) -> dict[str, Any]:
    pages = [
        [{"from": column.begin, "cells": list(_standing(column.cells))} for column in page]
        for page in _pages(letter, grid)
    ]
    return {**asdict(grid), "pages": pages}


def _pages(letter: Letter, grid: _Grid) -> list[list[columns.Column]]:
    body, signature = paper.set_out(letter)
    found = columns.set_down(paragraphs(str(body)), lines(str(signature)), rows=grid.down)
    return [found[start : start + grid.across] for start in range(0, len(found), grid.across)]


def _standing(cells: Sequence[columns.Cell]) -> Iterator[dict[str, Any]]:
    """Plain signs go together, for the press sets a run much faster."""
    for is_run, group in groupby(cells, key=_is_plain):
        if is_run:
            yield {"text": _joined(group).translate(columns.STANDING), "kind": "run"}
        else:
            yield from (asdict(cell) for cell in group)


def _joined(cells: Iterable[columns.Cell | squares.Cell]) -> str:
    return "".join(cell.text for cell in cells)


def _is_plain(cell: columns.Cell) -> bool:
    return cell.kind == "plain" and len(cell.text) == 1


def _squares(paragraphs: Sequence[str], across: int) -> list[dict[str, Any]]:
    """Lines of squares; a paragraph that cannot stand in them comes whole."""
    return [
        {
            "cells": list(_runs(line.cells)),
            "hanging": line.hanging,
            "paragraph": None if line.in_squares else directed(line.cells[0].text),
        }
        for line in squares.set_out("\n\n".join(paragraphs), across)
    ]


def _runs(cells: Sequence[squares.Cell]) -> Iterator[dict[str, Any]]:
    """Characters that stand one to a square go together, for the press sets a run much faster."""
    for is_run, group in groupby(cells, key=lambda cell: bool(_CHARACTER.fullmatch(cell.text))):
        if is_run:
            yield {"text": _joined(group), "run": True}
        else:
            for cell in group:
                yield {"text": cell.text, "squares": cell.squares, "run": False}


_CHARACTER = re.compile("[\u4e00-\u9fff]")


def dated(letter: Letter) -> str:
    line = dates.line_of(letter)
    return " · ".join(words for words in (line.written, line.lunar) if words)


def _cover(slip: Slip, author: Correspondent, letter: Letter) -> dict[str, str]:
    assert letter.number is not None
    assert letter.delivered_at is not None
    return {
        "to": slip.to,
        "class": slip.class_,
        "number": slip.number,
        "from": _("%(name)s · %(town)s", name=author.name, town=author.town)
        if author.town
        else author.name,
        "which": wording.short_title(letter.number),
        "date": dates.written(letter.delivered_at),
        "code": _code(slip.address),
    }


def _code(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()


@cache
def drawing(slug: str) -> str:
    """The picture on the stamp of a place."""
    names: dict[str, str] = json.loads((STAMPS / "manifest.json").read_text(encoding="utf-8"))
    return (STAMPS / names[f"stamps/{slug}.svg"]).read_text(encoding="utf-8")


def count_of(letters: int) -> str:
    return ngettext("%(num)s 封信", "%(num)s 封信", letters)
