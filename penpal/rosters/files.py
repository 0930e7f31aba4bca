"""Bytes of a spreadsheet to tables of text: XLSX or CSV, by what the bytes are, not by the name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from xml.parsers import expat

from flask_babel import lazy_gettext as _l
from python_calamine import (
    CalamineError,
    CalamineSheet,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from penpal.kernel import html
from penpal.kernel.errors import Invalid

BYTES_MAX = 10 * 1024 * 1024
ROWS_MAX = 20_000
UNPACKED_MAX = 100 * 1024 * 1024
_CELLS_MAX = 4_000_000
"""Cells of the rectangle around all that is filled; 20,000 rows with 200 columns."""

TOO_MANY_ROWS = _l("一个文件最多 2 万行。请按年级分成几个文件，一个一个上传。")
_TOO_LARGE = _l("文件超过了 10 MB。删掉图片和用不着的列，再上传一次。")
_UNPACKS_TOO_LARGE = _l("这个表格展开后太大了。把学生那几列复制到一张新表，存成 .xlsx 再上传。")
_EMPTY = _l("文件里什么也没有。打开看看，存好以后再上传一次。")
_OLD_EXCEL = _l(
    "这是旧版或加了密码的 Excel 文件。用 Excel 或 WPS 打开，另存为不加密的 .xlsx，再上传。"
)
_OTHER_OFFICE = _l(
    "这种表格我们还读不了。用 Excel 或 WPS 打开，另存为 .xlsx（Excel 工作簿），再上传。"
)
_WEB_PAGE = _l("这个文件叫表格，里面其实是网页。用 Excel 或 WPS 打开，另存为 .xlsx，再上传。")
_PICTURE = _l("这是图片，里面的字读不出来。请上传 .xlsx 或 .csv 文件。")
_PDF = _l("这是 PDF，里面没有表格可读。请上传 .xlsx 或 .csv 文件。")
_NO_SPREADSHEET = _l("这个文件不是表格。请上传 .xlsx 或 .csv 文件。")
_BROKEN = _l("这个表格打不开，可能没有存完整。用 Excel 或 WPS 打开，另存一份再上传。")

# An encrypted archive is a RuntimeError, an unknown compression a NotImplementedError.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    CalamineError,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)

_OTHER_WORKBOOKS = ("xl/workbook.bin", "content.xml", "index/document.iwa")
"""What tells a binary workbook, one of LibreOffice and one of Numbers."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
_WEB_PAGES = re.compile(rb"\s*(?:<!doctype html|<html|<table|<\?xml|mime-version:)", re.IGNORECASE)
_EXACT = 10**15
"""Excel keeps fifteen digits of a number; what stands behind them is made up."""

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060]")
_EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_ESCAPED = re.compile(r"'(?=[=+\-@＝＋－＠])")
_ROOM_FOR_TITLES = 1000
"""Rows with a title, repeated headings or sums that a file may have beside its students."""


@dataclass(frozen=True)
class Table:
    """Rows of text as they stand in the file; ``first`` is the number of the first row.

    ``merged`` are the rectangles of one cell, as top, left, bottom and right, counted from zero.
    ``uncounted`` is how many formulas of the workbook have no result: their cells are empty.
    """

    rows: list[list[str]]
    first: int = 1
    merged: tuple[tuple[int, int, int, int], ...] = ()
    uncounted: int = 0


def weight(content: bytes) -> int:
    """How many bytes there are to read, unpacked, as the file itself tells it."""
    if not content.startswith(b"PK"):
        return len(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except _UNREADABLE:
        return len(content)


def tables(content: bytes) -> list[Table]:
    """The visible sheets of a workbook, or the one table of a CSV file.

    Raises ``Invalid`` in words that say what to do.
    """
    refuse_at_sight(content)
    if content.startswith(b"PK"):
        return _sheets(content)
    return [_separated(_decoded(content))]


def refuse_at_sight(content: bytes) -> None:
    """Raise ``Invalid`` for what its size or its first bytes show to be no roster."""
    if len(content) > BYTES_MAX:
        raise Invalid(_TOO_LARGE)
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Invalid(_EMPTY)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(_OLD_EXCEL)
    if content.startswith(b"%PDF"):
        raise Invalid(_PDF)
    if content.startswith(_PICTURES):
        raise Invalid(_PICTURE)
    if _WEB_PAGES.match(content):
        raise Invalid(_WEB_PAGE)
    if weight(content) > UNPACKED_MAX:
        raise Invalid(_UNPACKS_TOO_LARGE)


def _sheets(content: bytes) -> list[Table]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            uncounted = _check(archive)
        with load_workbook(io.BytesIO(content)) as workbook:
            return [
                _table(workbook.get_sheet_by_index(place), uncounted)
                for place, sheet in enumerate(workbook.sheets_metadata)
                if sheet.visible is SheetVisibleEnum.Visible
                and sheet.typ is SheetTypeEnum.WorkSheet
            ]
    except _UNREADABLE as problem:
        raise Invalid(_BROKEN) from problem


def _table(sheet: CalamineSheet, uncounted: int) -> Table:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python()]
    top, left = sheet.start or (0, 0)
    return Table(
        rows,
        first=top + 1,
        merged=tuple(
            (above - top, before - left, below - top, behind - left)
            for (above, before), (below, behind) in sheet.merged_cell_ranges or ()
        ),
        uncounted=uncounted,
    )


def _check(archive: zipfile.ZipFile) -> int:
    """Refuse what would fill the memory; returns how many formulas have no result.

    The reader makes room for the whole rectangle of a sheet: two cells in opposite corners ask
    for 500 GB, which ends the process.
    """
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if names.intersection(_OTHER_WORKBOOKS) and "xl/workbook.xml" not in names:
        raise Invalid(_OTHER_OFFICE)
    if "xl/workbook.xml" not in names:
        raise Invalid(_NO_SPREADSHEET)
    if sum(member.file_size for member in members) > UNPACKED_MAX:
        raise Invalid(_UNPACKS_TOO_LARGE)
    uncounted = 0
    for member in members:
        # Reading checks the size that the directory tells and the checksum: a directory that lies
        # about either ends here.
        unpacked = archive.read(member)
        if member.filename.lower().endswith((".xml", ".rels")):
            uncounted += _Extent(unpacked).uncounted
        elif b"sheetData" in unpacked:
            raise Invalid(_BROKEN)
    return uncounted


class _Extent:
    """How far the cells of a sheet reach, told or counted; ``Invalid`` when it is too far."""

    def __init__(self, xml: bytes) -> None:
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.filled = self.last_filled = self.uncounted = 0
        self.formula = False
        parser = expat.ParserCreate("UTF-8")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._refuse
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as problem:
            raise Invalid(_BROKEN) from problem

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._reach(attributes.get("r", ""))
        elif kind in ("v", "is"):
            self.formula = False
            if self.row != self.last_filled:
                self.last_filled = self.row
                self.filled += 1
                if self.filled > ROWS_MAX + _ROOM_FOR_TITLES:
                    raise Invalid(TOO_MANY_ROWS)
        elif kind == "f":
            self.formula = True
        elif kind == "row":
            told = attributes.get("r", "")
            self.row = int(told) if told.isdecimal() else self.row + 1
            self.column = 0

    def _end(self, name: str) -> None:
        # A program that writes formulas without counting them leaves cells that read as empty.
        if self.formula and name.rpartition(":")[2] == "c":
            self.formula = False
            self.uncounted += 1

    def _reach(self, told: str) -> None:
        letters = told.rstrip("0123456789")
        self.column = _column(letters) if letters else self.column + 1
        digits = told[len(letters) :]
        self.rows = max(self.rows, self.row, int(digits or 0))
        self.columns = max(self.columns, self.column)
        if self.rows * self.columns > _CELLS_MAX:
            raise Invalid(_UNPACKS_TOO_LARGE)

    def _refuse(self, *_declaration: object) -> None:
        raise Invalid(_BROKEN)


def _column(letters: str) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _text(cell: str | float | bool | date | datetime | time | timedelta) -> str:
    if isinstance(cell, str):
        return _tidy(cell)
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        # Spreadsheets keep every number as a float; a student number has no decimal point. Where
        # one stands, the number was longer than a spreadsheet can keep.
        return str(int(cell)) if abs(cell) < _EXACT else f"{int(cell)}.0"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def _tidy(text: str) -> str:
    """One line, without what programs add so that Excel keeps a number as text."""
    text = html.line(_INVISIBLE.sub("", text))
    if wrapped := _EXCEL_TEXT.fullmatch(text):
        text = wrapped[1].strip()
    return _ESCAPED.sub("", text, count=1) if text.startswith("'") else text


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\0" in content:
        # Without a mark, the side on which most zeros stand tells the order of the bytes.
        little = content[1::2].count(0) >= content[0::2].count(0)
        candidates = ["utf-16-le" if little else "utf-16-be"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(_NO_SPREADSHEET)


def _separated(text: str) -> Table:
    head = text[:4000]
    delimiter = max((",", ";", "\t"), key=head.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = [[_tidy(cell) for cell in row] for row in islice(reader, 2 * ROWS_MAX)]
    except csv.Error as problem:
        raise Invalid(_BROKEN) from problem
    if len(rows) == 2 * ROWS_MAX:
        raise Invalid(TOO_MANY_ROWS)
    return Table(rows)
