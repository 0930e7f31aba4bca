"""A file to the rows of a roster: what is known is read, what is forbidden dropped at once, pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from typing import Any

from flask_babel import lazy_gettext as _l

from penpal.kernel.errors import Invalid
from penpal.rosters import files, forbidden, headings, values
from penpal.rosters.headings import Column, Layout, Remembered
from penpal.rosters.sheets import Progress, Row, Sheet, in_silence

_HEADINGS_WITHIN = 20
_LONGEST_CELL = 120
_LONGEST_HEADING = 40
_SAMPLES = 3
_LONGEST_SAMPLE = 12
_OFTEN = 500
"""Rows between two words on how far the reading is."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A column that we do not know, with its first values, cut short."""

    place: int
    heading: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A table whose headings have to be explained by hand: without what is forbidden, and short.

    ``columns`` hold the choices of a person; ``located`` is what we found by ourselves.
    """

    rows: list[list[str]]
    first: int
    located: dict[Column, int]
    columns: tuple[Unnamed, ...]
    dropped: tuple[str, ...]
    dropped_values: int
    uncounted: int
    merged: tuple[tuple[int, int, int, int], ...]

    @property
    def missing(self) -> tuple[Column, ...]:
        return tuple(column for column in headings.REQUIRED if column not in self.located)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Question:
        return cls(
            rows=kept["rows"],
            first=kept["first"],
            located={Column(name): place for name, place in kept["located"].items()},
            columns=tuple(
                Unnamed(column["place"], column["heading"], tuple(column["samples"]))
                for column in kept["columns"]
            ),
            dropped=tuple(kept["dropped"]),
            dropped_values=kept["dropped_values"],
            uncounted=kept["uncounted"],
            merged=tuple((top, left, low, right) for top, left, low, right in kept["merged"]),
        )


class Unexplained(Invalid):
    """The table is there and its headings are not understood; a person can say what they are."""

    def __init__(self, message: object, question: Question) -> None:
        super().__init__(message)
        self.question = question


def read(
    content: bytes, *, remembered: Remembered | None = None, progress: Progress = in_silence
) -> Sheet:
    """Read a spreadsheet. Raises ``Invalid`` in words that say what to do.

    Where only the headings stand in the way it is ``Unexplained``, which carries the question.
    """
    found = [_with_headings(table, remembered or {}) for table in files.tables(content)]
    complete = [part for part in found if not part[1].missing]
    if len(complete) > 1:
        raise Invalid(_l("文件里有好几张写着学生的表。把它们合成一张，再上传。"))
    if complete:
        return _sheet(*complete[0], progress=progress)
    best = max((len(layout.places) for _table, layout, _place in found), default=0)
    table, layout, place = next(
        (part for part in found if len(part[1].places) == best),
        (files.Table([]), headings.locate([]), 0),
    )
    message = _missing(layout) if best else _NO_HEADINGS
    question = _question(table, layout, place)
    if question is None:
        raise Invalid(message)
    raise Unexplained(message, question)


_NO_HEADINGS = _l("没有找到表头。第一行要写明各列是什么：班级、学号、姓名；可以先下载模板。")
_NO_STUDENTS = _l("表头下面没有学生。填好以后再上传一次。")
_ONLY_FORMULAS = _l(
    "表里的公式还没有算出结果，读出来是空的。用 Excel 或 WPS 打开，保存一次，再上传。"
)


_UNSAID = {
    Column.CLASS: _l("还没说哪一列是“班级”。选出来，就能接着读。"),
    Column.NUMBER: _l("还没说哪一列是“学号”。选出来，就能接着读。"),
    Column.NAME: _l("还没说哪一列是“姓名”。选出来，就能接着读。"),
}


def explain(
    question: Question, chosen: Mapping[int, Column], *, progress: Progress = in_silence
) -> Sheet:
    """The rows of a table, now that someone has said what its columns are."""
    places = question.located | {column: place for place, column in chosen.items()}
    layout = Layout(places, (), {}, ())
    if layout.missing:
        raise Invalid(_UNSAID[layout.missing[0]])
    known = {column.place: column.heading for column in question.columns}
    sheet = _sheet(
        files.Table(question.rows, question.first, question.merged, question.uncounted),
        Layout(
            places,
            headings=tuple(known[place] for place in sorted(places.values()) if place in known),
            forbidden={},
            ignored=tuple(
                heading for place, heading in known.items() if place not in places.values()
            ),
        ),
        0,
        progress=progress,
    )
    return Sheet(
        rows=sheet.rows,
        headings=sheet.headings,
        ignored=sheet.ignored,
        dropped=question.dropped,
        dropped_values=question.dropped_values,
        uncounted=question.uncounted,
    )


def _with_headings(table: files.Table, remembered: Remembered) -> tuple[files.Table, Layout, int]:
    """The row that names most columns, alone or with the row above; a title may stand over it."""
    rows = _head(table)
    alone = [headings.locate(row, remembered=remembered) for row in rows]
    below = [
        headings.locate(row, above=above, remembered=remembered) for above, row in pairwise(rows)
    ]
    candidates = [(layout, place) for place, layout in enumerate(alone)]
    candidates += [(layout, place) for place, layout in enumerate(below, start=1)]
    if not candidates:
        return table, headings.locate([]), 0
    layout, place = max(candidates, key=lambda candidate: len(candidate[0].places))
    return table, layout, place


def _head(table: files.Table) -> list[list[str]]:
    """The first rows, each cell that takes several places repeated in all of them."""
    rows = [list(row) for row in table.rows[:_HEADINGS_WITHIN]]
    for top, left, bottom, right in table.merged:
        if top < len(rows) and left < len(rows[top]):
            for row in rows[top : bottom + 1]:
                for place in range(left, min(right + 1, len(row))):
                    row[place] = row[place] or rows[top][left]
    return rows


def _question(table: files.Table, layout: Layout, heading: int) -> Question | None:
    """What to ask about the columns of a table; None where no answer could make it a roster."""
    if not layout.places:
        heading = next((n for n, row in enumerate(_head(table)) if _could_head(row)), -1)
    body = table.rows[heading + 1 :]
    if heading < 0 or not body or len(body) > files.ROWS_MAX:
        return None
    titles = _head(table)[heading]
    kept, dropped = _kept_and_dropped(titles, body, layout)
    rows, emptied = _kept_rows(_filled(table, layout, heading), kept, dropped)
    columns = tuple(
        Unnamed(place, titles[place][:_LONGEST_HEADING], _samples(rows, place))
        for place in kept
        if place not in layout.places.values()
    )
    if len(layout.missing) > len(columns):
        return None
    return Question(
        rows=[_titles_of(titles, kept), *rows],
        first=table.first + heading,
        located=dict(layout.places),
        columns=columns,
        dropped=tuple(dropped.values()),
        dropped_values=emptied,
        uncounted=table.uncounted,
        merged=tuple(
            (top - heading, left, bottom - heading, right)
            for top, left, bottom, right in table.merged
            if top > heading
        ),
    )


def _kept_and_dropped(
    titles: Sequence[str], body: Sequence[Sequence[str]], layout: Layout
) -> tuple[list[int], dict[int, str]]:
    """The places of the columns to keep, and of the forbidden ones, with what to call these."""
    kept: list[int] = []
    dropped = dict(layout.forbidden)
    for place, title in enumerate(titles):
        said = [row[place] for row in body if place < len(row) and row[place]]
        if place in layout.forbidden or forbidden.is_heading(title) or forbidden.is_column(said):
            dropped[place] = title if forbidden.is_heading(title) else "…"
        elif place in layout.places.values() or not all(map(forbidden.is_value, said)):
            kept.append(place)
    return kept, dropped


def _kept_rows(
    rows: Iterable[Sequence[str]], kept: Sequence[int], dropped: dict[int, str]
) -> tuple[list[list[str]], int]:
    """The rows without the cells of other columns, each cut short, and how many were emptied."""
    layout = Layout({}, (), dropped, ())
    short: list[list[str]] = []
    emptied = 0
    for row in rows:
        clean, gone = _cleaned(row, layout)
        emptied += gone
        short.append(
            [clean[place][:_LONGEST_CELL] if place in kept else "" for place in range(len(clean))]
        )
    return short, emptied


def _titles_of(titles: Sequence[str], kept: Sequence[int]) -> list[str]:
    return [title if place in kept else "" for place, title in enumerate(titles)]


_A_VALUE = re.compile(r"[\d./:年月日-]+|.*\d{4,}.*")


def _could_head(row: Sequence[str]) -> bool:
    """Whether a row reads as headings that we do not know rather than as a student."""
    said = [text for text in row if text]
    return (
        len(said) >= len(headings.REQUIRED)
        and len(set(said)) == len(said)
        and not any(map(_A_VALUE.fullmatch, said))
    )


def _samples(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    """The first different values of a column, each cut short."""
    found = (row[place] for row in rows if place < len(row) and row[place])
    return tuple(
        text if len(text) <= _LONGEST_SAMPLE else f"{text[:_LONGEST_SAMPLE]}…"
        for text in islice(dict.fromkeys(found), _SAMPLES)
    )


def _missing(layout: Layout) -> object:
    return {
        Column.CLASS: _l("表头里没有“班级”一列。加上它，写成 初二(3)班 这样，再上传。"),
        Column.NUMBER: _l("表头里没有“学号”一列。学号用来认出同一个学生，加上它再上传。"),
        Column.NAME: _l("表头里没有“姓名”一列。加上它再上传。"),
    }[layout.missing[0]]


def _sheet(table: files.Table, layout: Layout, heading: int, *, progress: Progress) -> Sheet:
    rows: list[Row] = []
    dropped_values = 0
    titles = _known_cells(_head(table)[heading], layout)
    for place, cells in enumerate(_filled(table, layout, heading), start=heading + 1):
        if place % _OFTEN == 0:
            progress(place, len(table.rows))
        clean, dropped = _cleaned(cells, layout)
        dropped_values += dropped
        known = _known_cells(clean, layout)
        # Printed lists repeat their headings on each page, and end with sums and signatures.
        if any(known.values()) and known != titles and not _closes(clean, known):
            rows.append(_row(table.first + place, known))
        if len(rows) > files.ROWS_MAX:
            raise Invalid(files.TOO_MANY_ROWS)
    if not rows:
        raise Invalid(_ONLY_FORMULAS if table.uncounted else _NO_STUDENTS)
    told = (
        [row.class_name for row in rows],
        [row.number for row in rows],
        [row.name for row in rows],
    )
    if table.uncounted and not all(map(any, told)):
        raise Invalid(_ONLY_FORMULAS)
    return Sheet(
        rows=tuple(rows),
        headings=layout.headings,
        ignored=layout.ignored,
        dropped=tuple(layout.forbidden.values()),
        dropped_values=dropped_values,
        uncounted=table.uncounted,
    )


_CLOSING = re.compile(
    r"(?:合计|总计|小计|共计|总人数|平均|制表|填表|填报|审核|校长|备注|说明|注[:：])"
    r"|共\d+[人名].*"
    r"|(?:total|subtotal|sum|note)\b",
    re.IGNORECASE,
)


def _closes(cells: Sequence[str], known: Mapping[Column, str]) -> bool:
    """Whether a row sums up or signs: it says so, and has no name or no number beside it."""
    if known.get(Column.NAME) and known.get(Column.NUMBER):
        return False
    first = next((text for text in cells if text), "")
    return bool(_CLOSING.match("".join(first.split())))


def _filled(table: files.Table, layout: Layout, heading: int) -> Iterator[list[str]]:
    """The rows under the headings; a class that is written once beside many stands in each.

    Only where the cells are merged: a class that is missing is no class above that was meant. Names
    and numbers are never repeated, since a student who takes two rows is one student.
    """
    columns = [layout.places[c] for c in (Column.CLASS, Column.GRADE) if c in layout.places]
    said: dict[int, dict[int, str]] = {}
    for top, left, bottom, right in table.merged:
        for column in columns:
            if left <= column <= right and 0 <= top < len(table.rows):
                words = table.rows[top][left]
                for place in range(top + 1, min(bottom + 1, len(table.rows))):
                    said.setdefault(place, {})[column] = words
    for place, row in enumerate(table.rows[heading + 1 :], start=heading + 1):
        if place not in said or not any(row):
            yield row
            continue
        filled = list(row)
        for column, words in said[place].items():
            filled[column] = filled[column] or words
        yield filled


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
        number=values.number(text(Column.NUMBER)),
        name=text(Column.NAME),
        birth=values.month(text(Column.BIRTH)),
        consent=values.consent(text(Column.CONSENT)),
    )


def by_hand(known: Mapping[Column, str]) -> Row:
    """One student who was typed into a form, cleaned as the rows of a file are."""
    return _row(0, {name: "" if forbidden.is_value(text) else text for name, text in known.items()})
