"""Spreadsheets for the tests, made the ways that schools make them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter

from penpal.rosters import reading
from penpal.rosters.sheets import Sheet

HEADINGS = ["班级", "学号", "姓名", "出生年月", "监护人同意"]

IDENTITY = "11010520120307002X"
"""An identity number with a true check digit, made up."""

FIRST = [
    ["初二(1)班", "0101", "小禾", "2012-05", "2026-09-01"],
    ["初二(1)班", "0102", "小麦", "2012-11", ""],
    ["初二(2)班", "0201", "小满", "", "是"],
]

EVERYTHING = [
    ["班级", "学号", "姓名", "民族", "身份证号", "政治面貌", "学籍号", "家庭收入", "备注"],
    ["初二(3)班", "0301", "小禾", "壮族", IDENTITY, "共青团员", f"G{IDENTITY}", "八千", "爱画画"],
    [
        "初二(3)班",
        "0302",
        "小麦",
        "汉族",
        IDENTITY,
        "群众",
        f"G{IDENTITY}",
        "九千",
        f"见{IDENTITY}",
    ],
    ["初二(3)班", f"G{IDENTITY}", "小满", "", "", "", "", "", ""],
]
FORBIDDEN_WORDS = ("壮族", "汉族", "共青团员", "群众", "八千", "九千", IDENTITY, IDENTITY[:17])


def as_csv(
    rows: Sequence[Sequence[object]], *, encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    content = io.StringIO(newline="")
    csv.writer(content, delimiter=delimiter).writerows(rows)
    return content.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        days = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, days)
                else:
                    sheet.write(number, place, cell)
    return content.getvalue()


def sheet_of(*rows: list[str]) -> Sheet:
    return reading.read(as_csv([HEADINGS, *rows]))
