"""Files that go out: rosters, slips by name, refused rows to be mended, and the templates."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

import xlsxwriter
from flask_babel import gettext as _

from penpal.rosters import wording
from penpal.rosters.headings import TITLES, Column
from penpal.rosters.planning import Line
from penpal.rosters.queries import RosterLine
from penpal.rosters.sheets import AGREED, MISREAD
from penpal.rosters.slips import SlipState

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def roster_csv(lines: Iterable[RosterLine]) -> bytes:
    """A roster as Excel opens it; sent in again it changes nothing."""
    return text_csv(_roster(lines))


def roster_xlsx(lines: Iterable[RosterLine]) -> bytes:
    """The same as a workbook of text with a filter, in which the zeros before a number stay."""
    return _workbook(_("学生"), _roster(lines))


def slips_xlsx(states: Iterable[SlipState]) -> bytes:
    """Who of a class has come in, and by which login name. Codes are on the slips alone."""
    heading = [_("姓名"), _("学号"), _("登录名"), _("激活卡")]
    return _workbook(
        _("激活卡"),
        [
            heading,
            *(
                [state.name, state.student_number, state.login_name, _state(state)]
                for state in states
            ),
        ],
    )


def refused_csv(lines: Iterable[Line]) -> bytes:
    """The refused rows with their reasons, as Excel opens them; they can be uploaded again."""
    return text_csv(_refused(lines))


def refused_xlsx(lines: Iterable[Line]) -> bytes:
    """The same as a workbook of text, in which Excel leaves the zeros before a number alone."""
    return _workbook(_("没有收的行"), _refused(lines))


def template_csv() -> bytes:
    """The headings and two rows as an example, which an import refuses."""
    return text_csv([_headings(), *_examples()])


def template_xlsx() -> bytes:
    """The same as a workbook of text, so that zeros in front stay, with a page of notes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        _fill(workbook, _("学生"), [_headings(), *_examples()])
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        notes = workbook.add_worksheet(_("说明"))
        notes.set_column(0, 0, 90, wrapped)
        for number, note in enumerate(_notes()):
            notes.write_string(number, 0, note, wrapped)
    return content.getvalue()


def _workbook(name: str, rows: Sequence[Sequence[str]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        _fill(workbook, name, rows)
    return content.getvalue()


def _roster(lines: Iterable[RosterLine]) -> list[list[str]]:
    rows = [
        [
            line.class_name,
            _GRADES[line.grade](),
            line.number,
            line.name,
            f"{line.birth_year}-{line.birth_month:02}" if line.birth_year else "",
            _("是") if line.signed else "",
        ]
        for line in lines
    ]
    return [_headings(), *rows]


_GRADES = {
    7: lambda: _("初一"),
    8: lambda: _("初二"),
    9: lambda: _("初三"),
    10: lambda: _("高一"),
    11: lambda: _("高二"),
    12: lambda: _("高三"),
}


def _state(state: SlipState) -> str:
    if state.activated:
        return _("已经进来")
    if state.good_until:
        return _("有卡，%(day)s 前有效", day=state.good_until.isoformat())
    return _("还没有卡")


def _refused(lines: Iterable[Line]) -> list[list[str]]:
    heading = [_("行"), *_headings(), _("为什么没有收")]
    rows = [
        [
            str(line.row.line),
            line.row.class_name,
            line.row.grade,
            line.row.number,
            line.row.name,
            "" if line.row.birth == MISREAD else line.row.birth,
            _consent(line.row.consent),
            str(wording.REASONS[line.reason]) if line.reason else "",
        ]
        for line in lines
    ]
    return [heading, *rows]


def _fill(workbook: xlsxwriter.Workbook, name: str, rows: Sequence[Sequence[str]]) -> None:
    """A sheet whose cells are all text, headed by its first row."""
    bold = workbook.add_format({"bold": True, "bottom": 2})
    text = workbook.add_format({"num_format": "@"})
    sheet = workbook.add_worksheet(name)
    sheet.set_column(0, len(rows[0]) - 1, 18, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(rows[0]) - 1)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell, bold if number == 0 else text)


def _headings() -> list[str]:
    return [str(TITLES[column]) for column in Column]


def _examples() -> list[list[str]]:
    # The brackets keep a forgotten example from becoming a student: no name has any.
    return [
        [_("初二(3)班"), "", "0301", _("小禾（示例，请删去）"), "2012-05", "2026-09-01"],
        [_("三班"), _("初二"), "0302", _("小麦（示例，请删去）"), "2012-11", _("是")],
    ]


def _notes() -> list[str]:
    return [
        _("一行一个学生。班级、学号、姓名三列要有，其余可以不要；各列的先后随意。"),
        _("班级写成 初二(3)班、八年级(3)班、高一(12)班；班级里没写年级的，在年级一列写上。"),
        _("学号用学校自己编的，一个学生一个，转班不变。下次上传时靠它认出同一个学生。"),
        _("出生年月只留年和月，写成 2012-05。它只用来判断要不要监护人同意。"),
        _("监护人签过纸质同意书的，写“是”或签字的日期；没签的留空，以后再补。"),
        _(
            "不要写这些：民族、宗教、政治面貌、家庭收入、户口、身份证号，"
            "也不要写由身份证号组成的学籍号。写了也会在读取时丢掉，不会保存。"
        ),
        _("表里没有的学生不会被删除。同一个文件上传两次，第二次什么也不会变。"),
    ]


def _consent(kept: str) -> str:
    if kept == MISREAD:
        return ""
    return _("是") if kept == AGREED else kept


def text_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as Excel opens them, every cell as text."""
    content = io.StringIO(newline="")
    csv.writer(content).writerows([_kept_as_text(cell) for cell in row] for row in rows)
    # With the mark at its head Excel knows that it is UTF-8.
    return content.getvalue().encode("utf-8-sig")


def _kept_as_text(cell: str) -> str:
    """A cell that a spreadsheet takes for text: no formula (OWASP, CSV injection), no number.

    Excel drops the zeros before a number and everything behind its fifteenth digit, and saves the
    file so; in quotes behind an equals sign the digits stay.
    """
    if cell.isdecimal() and (len(cell) > 15 or (len(cell) > 1 and cell.startswith("0"))):
        return f'="{cell}"'
    return f"'{cell}" if unicodedata.normalize("NFKC", cell).startswith(_STARTS_A_FORMULA) else cell
