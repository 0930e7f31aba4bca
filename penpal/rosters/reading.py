"""A file to the rows of a roster: what is known is read, what is forbidden dropped at once, pure.

A birthday becomes a year and a month here, so that no day ever reaches a row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from penpal.kernel.errors import Invalid
from penpal.rosters import files, forbidden, headings
from penpal.rosters.headings import Column, Layout

MISREAD = "?"
"""Stands in a row for a birth or consent that was written in a way we cannot read."""
AGREED = "yes"
"""Stands in a row for a consent without a date."""

_HEADINGS_WITHIN = 20
_LONGEST_CELL = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One student as the file has them. Birth is 'YYYY-MM'; consent an ISO date or ``AGREED``."""

    line: int
    class_name: str
    grade: str
    number: str
    name: str
    birth: str
    consent: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, and what was left out of it: columns by heading, values by count."""

    rows: tuple[Row, ...]
    headings: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    dropped_values: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"rows": [astuple(row) for row in self.rows]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Sheet:
        return cls(
            rows=tuple(Row(*row) for row in kept["rows"]),
            headings=tuple(kept["headings"]),
            ignored=tuple(kept["ignored"]),
            dropped=tuple(kept["dropped"]),
            dropped_values=kept["dropped_values"],
        )


def read(content: bytes) -> Sheet:
    """Read a spreadsheet. Raises ``Invalid`` in words that say what to do."""
    found = [_with_headings(table) for table in files.tables(content)]
    best = max((len(layout.places) for _table, layout, _place in found), default=0)
    if best == 0:
        raise Invalid(
            _l("没有找到表头。第一行要写明各列是什么：班级、学号、姓名；可以先下载模板。")
        )
    complete = [part for part in found if not part[1].missing]
    if len(complete) > 1:
        raise Invalid(_l("文件里有好几张写着学生的表。把它们合成一张，再上传。"))
    if not complete:
        layout = next(layout for _table, layout, _place in found if len(layout.places) == best)
        raise Invalid(_missing(layout))
    return _sheet(*complete[0])


def _with_headings(table: files.Table) -> tuple[files.Table, Layout, int]:
    """The row that names most columns; a title may stand above it."""
    layouts = [headings.locate(row) for row in table.rows[:_HEADINGS_WITHIN]] or [
        headings.locate([])
    ]
    place = max(range(len(layouts)), key=lambda index: len(layouts[index].places))
    return table, layouts[place], place


def _missing(layout: Layout) -> object:
    return {
        Column.CLASS: _l("表头里没有“班级”一列。加上它，写成 初二(3)班 这样，再上传。"),
        Column.NUMBER: _l("表头里没有“学号”一列。学号用来认出同一个学生，加上它再上传。"),
        Column.NAME: _l("表头里没有“姓名”一列。加上它再上传。"),
    }[layout.missing[0]]


def _sheet(table: files.Table, layout: Layout, heading: int) -> Sheet:
    rows: list[Row] = []
    dropped_values = 0
    titles = _known_cells(table.rows[heading], layout)
    for place, cells in enumerate(table.rows[heading + 1 :], start=heading + 1):
        clean, dropped = _cleaned(cells, layout)
        dropped_values += dropped
        known = _known_cells(clean, layout)
        # Printed lists repeat their headings on each page.
        if any(known.values()) and known != titles:
            rows.append(_row(table.first + place, known))
        if len(rows) > files.ROWS_MAX:
            raise Invalid(files.TOO_MANY_ROWS)
    if not rows:
        raise Invalid(_l("表头下面没有学生。填好以后再上传一次。"))
    return Sheet(
        rows=tuple(rows),
        headings=layout.headings,
        ignored=layout.ignored,
        dropped=tuple(layout.forbidden.values()),
        dropped_values=dropped_values,
    )


def _cleaned(cells: Sequence[str], layout: Layout) -> tuple[list[str], int]:
    """The cells without forbidden columns and values, and how many were emptied."""
    clean = []
    dropped = 0
    for place, text in enumerate(cells):
        if text and (place in layout.forbidden or forbidden.is_value(text)):
            dropped += 1
            clean.append("")
        else:
            clean.append(text)
    return clean, dropped


def _known_cells(cells: Sequence[str], layout: Layout) -> dict[Column, str]:
    return {
        column: cells[place] if place < len(cells) else ""
        for column, place in layout.places.items()
    }


def _row(line: int, known: dict[Column, str]) -> Row:
    def text(column: Column) -> str:
        return known.get(column, "")[:_LONGEST_CELL]

    return Row(
        line=line,
        class_name=text(Column.CLASS),
        grade=text(Column.GRADE),
        number=_narrow(text(Column.NUMBER)),
        name=text(Column.NAME),
        birth=_month(text(Column.BIRTH)),
        consent=_consent(text(Column.CONSENT)),
    )


def _narrow(text: str) -> str:
    """Full-width digits and letters as plain ones, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


_DATE = re.compile(
    r"((?:19|20)\d\d)"
    r"(?:[-/.年](\d\d?)(?:[-/.月](\d\d?))?|(\d\d)(\d\d)?)[月日号]?"
)
_HOUR = re.compile(r"[ T]\d\d?:\d\d(?::\d\d)?$")
# Excel shows the number 2012.10, October, as 2012.1: nobody can tell it from January.
_JANUARY_OR_OCTOBER = re.compile(r"\d{4}\.1")


def _month(text: str) -> str:
    """Year and month of a birth; the day, if there is one, ends here."""
    if not text:
        return ""
    year, month, _day = _date(text)
    if not 1 <= month <= 12 or _JANUARY_OR_OCTOBER.fullmatch(text):
        return MISREAD
    return f"{year}-{month:02}"


def _date(text: str) -> tuple[int, int, int]:
    """Year, month and day; zero where there is none."""
    found = _DATE.fullmatch(_narrow(_HOUR.sub("", text)))
    if found is None:
        return 0, 0, 0
    return int(found[1]), int(found[2] or found[4]), int(found[3] or found[5] or 0)


_YES = frozenset(
    "是 有 同意 已同意 已签 已签字 已交 已收 √ ✓ ✔ ☑ ✅ v y yes true 1 ok agreed signed".split()  # noqa: SIM905
)
_NO = frozenset(
    "否 无 没有 未 未签 未交 不同意 不 × ✗ ✘ x - — / n no false 0".split()  # noqa: SIM905
)


def _consent(text: str) -> str:
    """Whether and when a guardian signed; an empty cell says no."""
    word = _narrow(text).casefold()
    if not word or word in _NO:
        return ""
    if word in _YES:
        return AGREED
    try:
        return date(*_date(text)).isoformat()
    except ValueError:
        return MISREAD
