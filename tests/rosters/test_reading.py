"""Files from schools become rows, or a sentence that says what to do."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from penpal.kernel.errors import Invalid
from penpal.rosters import files, reading
from penpal.rosters.sheets import AGREED, MISREAD, Row
from tests.rosters.rosters_of import HEADINGS, as_csv, as_xlsx

ROW = Row(2, "初二(3)班", "", "0301", "小禾", "2012-05", AGREED)
PLAIN = [HEADINGS, ["初二(3)班", "0301", "小禾", "2012-05", "是"]]


def refusal(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        reading.read(content)
    return str(refused.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_the_encodings_of_excel(encoding: str, delimiter: str) -> None:
    content = as_csv(PLAIN, encoding=encoding, delimiter=delimiter)

    assert reading.read(content).rows == (ROW,)


def test_a_workbook_whose_name_says_csv_is_read_by_its_content() -> None:
    assert reading.read(as_xlsx(PLAIN)).rows == (ROW,)


def test_english_headings_in_another_order() -> None:
    content = as_csv(
        [
            ["Guardian consent", "Name", "Student No.", "Birthday", "Grade", "Class"],
            ["yes", "小禾", "0301", "2012/5/17", "8", "3"],
        ]
    )

    assert reading.read(content).rows == (Row(2, "3", "8", "0301", "小禾", "2012-05", AGREED),)


def test_numbers_and_dates_of_a_workbook() -> None:
    content = as_xlsx([HEADINGS, ["初二(3)班", 2026010203, "小禾", date(2012, 5, 17), True]])

    assert reading.read(content).rows == (
        Row(2, "初二(3)班", "", "2026010203", "小禾", "2012-05", AGREED),
    )


def test_zeros_in_front_stay_where_the_file_has_them() -> None:
    wrapped = as_csv([HEADINGS, ["初二(3)班", '="0007"', "小禾", "", ""]])

    assert reading.read(as_xlsx([HEADINGS, ["初二(3)班", "0007", "小禾"]])).rows[0].number == "0007"
    assert reading.read(wrapped).rows[0].number == "0007"


def test_a_title_above_and_headings_repeated_on_each_page() -> None:
    content = as_csv([["槐荫中学花名册"], [], *PLAIN, HEADINGS, PLAIN[1]])

    assert [row.line for row in reading.read(content).rows] == [4, 6]


def test_a_school_s_own_number_goes_before_the_registration_number() -> None:
    content = as_csv([["学籍号", "班级", "姓名", "学号"], ["L99", "初二(3)班", "小禾", "0301"]])

    sheet = reading.read(content)

    assert sheet.rows[0].number == "0301"
    assert sheet.ignored == ("学籍号",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2012-05-17", "2012-05"),
        ("2012年5月", "2012-05"),
        ("2012.05.17", "2012-05"),
        ("2012-5-3 00:00:00", "2012-05"),
        ("201205", "2012-05"),
        ("20120517", "2012-05"),
        ("2012.1", MISREAD),
        ("5/17/2012", MISREAD),
        ("2012-13", MISREAD),
        ("2012115", MISREAD),
        ("初夏", MISREAD),
        ("", ""),
    ],
)
def test_a_birthday_is_kept_as_year_and_month(written: str, read: str) -> None:
    content = as_csv([HEADINGS, ["初二(3)班", "0301", "小禾", written, ""]])

    assert reading.read(content).rows[0].birth == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("√", AGREED),
        ("已签", AGREED),
        ("2026年9月1日", "2026-09-01"),
        ("2026/9/1", "2026-09-01"),
        ("否", ""),
        ("×", ""),
        ("2026-02-30", MISREAD),
        ("妈妈口头说过", MISREAD),
    ],
)
def test_consent_is_a_yes_a_day_or_nothing(written: str, read: str) -> None:
    content = as_csv([HEADINGS, ["初二(3)班", "0301", "小禾", "", written]])

    assert reading.read(content).rows[0].consent == read


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "什么也没有"),
        (b" \r\n", "什么也没有"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 and no more", "打不开"),
        (bytes(range(256)) * 4, "不是表格"),
        (b"hello\nworld\n", "没有找到表头"),
        ("姓名,班级\n小禾,初二3班\n".encode(), "学号"),
        ("姓名,班级,学号\n".encode(), "没有学生"),
        (b"a" * (files.BYTES_MAX + 1), "10 MB"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_more_rows_than_a_school_has_are_refused() -> None:
    content = as_csv([HEADINGS, *[["初二(3)班", "1", "小禾", "", ""]] * (files.ROWS_MAX + 1)])

    assert "2 万行" in refusal(content)


def test_two_sheets_with_students_are_not_guessed_at() -> None:
    content = io.BytesIO(as_xlsx(PLAIN))
    both = io.BytesIO()
    with xlsxwriter.Workbook(both, {"in_memory": True}) as workbook:
        for name in ("初一", "初二"):
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(PLAIN):
                sheet.write_row(number, 0, row)

    assert reading.read(content.getvalue())
    assert "合成一张" in refusal(both.getvalue())


def test_two_far_cells_do_not_fill_the_memory() -> None:
    corners = io.BytesIO()
    with xlsxwriter.Workbook(corners, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "班级")
        sheet.write(1_048_575, 16_383, "远处")

    assert "太大" in refusal(corners.getvalue())


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(files.UNPACKED_MAX + 1))

    assert len(bomb.getvalue()) < files.BYTES_MAX
    assert "太大" in refusal(bomb.getvalue())


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    content = bytearray(as_xlsx([HEADINGS, *[["初二(3)班", "1", "小禾", "", ""]] * 500]))
    place = content.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")

    assert "打不开" in refusal(bytes(content))


def test_declared_entities_are_refused() -> None:
    dangerous = io.BytesIO()
    with zipfile.ZipFile(dangerous, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE w [<!ENTITY a "aaaa">]><w>&a;</w>')

    assert "打不开" in refusal(dangerous.getvalue())
