"""Files as they really come from schools, each broken in its own way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from functools import partial

import xlsxwriter

from penpal.rosters import files
from tests.rosters.rosters_of import HEADINGS, IDENTITY, as_csv, as_xlsx

STUDENT = ["初二(3)班", "0301", "小禾", "2012-05", "是"]
UNKNOWN = [
    ["所属", "校内代码", "称呼", "备用", "民族", "身份证号", "学籍号"],
    ["初二(3)班", "0301", "小禾", "壮", "壮族", IDENTITY, f"G{IDENTITY}"],
    ["初二(3)班", "0302", "小麦·阿依古丽的很长很长的名字", "汉", "汉族", IDENTITY, f"G{IDENTITY}"],
]


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        fill(made)
    return content.getvalue()


def archive(members: dict[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    return content.getvalue()


def changed(content: bytes, member: str, old: str, new: str) -> bytes:
    """A workbook with one of its parts rewritten, as a careless program would have written it."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts: dict[str, bytes | str] = {name: packed.read(name) for name in packed.namelist()}
    text = bytes(parts[member]).decode()
    assert old in text
    return archive({**parts, member: text.replace(old, new)})


def merged() -> bytes:
    """Two classes, each written once beside its students, under headings of two rows."""

    def fill(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.merge_range(0, 0, 0, 5, "槐荫中学学生名册")
        for place, heading in enumerate(["班级", "学号", "姓名"]):
            sheet.merge_range(1, place, 2, place, heading)
        sheet.merge_range(1, 3, 1, 4, "监护人")
        sheet.write_row(2, 3, ["同意", "电话"])
        sheet.merge_range(1, 5, 2, 5, "民族")
        sheet.merge_range(3, 0, 4, 0, "初二(3)班")
        sheet.write_row(3, 1, ["0301", "小禾", "是", "1390000", "壮族"])
        sheet.write_row(4, 1, ["0302", "小麦", "", "1390001", "汉族"])
        sheet.merge_range(5, 0, 6, 0, "初二(4)班")
        sheet.write_row(5, 1, ["0401", "小满", "是", "1390002", "汉族"])
        sheet.write_row(6, 1, ["0402", "小远", "", "1390003", "汉族"])
        sheet.write_row(7, 0, ["合计", "4"])

    return workbook(fill)


def formulas(counted: str) -> bytes:
    """Names put together by a formula: with its result, with an error, or never worked out."""

    def fill(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["班级", "学号", "姓名"])
        sheet.write_row(1, 0, ["初二(3)班", "0301"])
        sheet.write_formula(1, 2, '=CONCATENATE("小","禾")', None, counted or "小禾")

    content = workbook(fill)
    sheet = "xl/worksheets/sheet1.xml"
    return content if counted else changed(content, sheet, "<v>小禾</v>", "")


def hidden() -> bytes:
    def fill(made: xlsxwriter.Workbook) -> None:
        made.add_worksheet("空表").write(0, 0, "封面")
        sheet = made.add_worksheet("学生")
        for number, row in enumerate([HEADINGS, STUDENT]):
            sheet.write_row(number, 0, row)
        sheet.hide()

    return workbook(fill)


def rows_of(count: int) -> list[list[str]]:
    return [HEADINGS, *[STUDENT] * count]


def billion_laughs() -> bytes:
    laughs = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}" >' for n in range(9)
    )
    return archive({"xl/workbook.xml": f"<!DOCTYPE w [{laughs}]><w>&l8;</w>"})


def zip_bomb() -> bytes:
    return archive({"xl/workbook.xml": "<w/>", "xl/a.xml": bytes(files.UNPACKED_MAX + 1)})


# What it is, the file, and the words that must be in the answer.
REFUSED: Sequence[tuple[str, Callable[[], bytes], tuple[str, ...]]] = [
    ("headings of another list", partial(as_csv, [["书名", "作者"], ["草房子", "曹文轩"]]), ("没有找到表头", "模板")),
    ("one heading lacks", partial(as_csv, [["姓名", "班级"], ["小禾", "初二3班"]]), ("“学号”", "加上它")),
    ("a formula without a result", partial(formulas, ""), ("公式", "保存一次")),
    ("a hundred thousand rows", partial(as_csv, [HEADINGS, *[STUDENT] * 100_000]), ("2 万行", "分成")),
    ("the same as a workbook", lambda: as_xlsx(rows_of(22_000)), ("2 万行", "分成")),
    ("billion laughs", billion_laughs, ("打不开", "另存")),
    ("a zip bomb", zip_bomb, ("太大", "新表")),
    ("a renamed PDF", lambda: b"%PDF-1.7\n%binary", ("PDF", ".xlsx")),
    ("nothing at all", lambda: b"", ("什么也没有", "再上传")),
    ("only a mark and line ends", lambda: b"\xef\xbb\xbf\r\n\r\n", ("什么也没有",)),
    ("only headings", partial(as_csv, [HEADINGS]), ("没有学生", "填好")),
    ("only blank rows", lambda: as_xlsx([HEADINGS, ["", "", " "], ["", ""]]), ("没有学生",)),
    ("old Excel, or a password", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ("旧版", "加了密码", "另存为")),
    ("LibreOffice", partial(archive, {"mimetype": "application/vnd.oasis", "content.xml": "<x/>"}), ("另存为 .xlsx",)),
    ("a binary workbook", partial(archive, {"xl/workbook.bin": b"1"}), ("另存为 .xlsx",)),
    ("a document of Word", partial(archive, {"word/document.xml": "<x/>"}), ("不是表格",)),
    ("a web page called .xls", lambda: b"\n<html><table><tr><td>1", ("网页", "另存为 .xlsx")),
    ("a photograph", lambda: b"\xff\xd8\xff\xe0JFIF", ("图片", ".xlsx")),
    ("two sheets with students", lambda: workbook(_two_sheets), ("合成一张",)),
    ("students on a hidden sheet", hidden, ("没有找到表头",)),
]  # fmt: skip


def _two_sheets(made: xlsxwriter.Workbook) -> None:
    for name in ("初一", "初二"):
        sheet = made.add_worksheet(name)
        for number, row in enumerate([HEADINGS, STUDENT]):
            sheet.write_row(number, 0, row)
