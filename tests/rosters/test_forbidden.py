"""What we never keep is gone before it reaches a row."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from penpal.rosters import forbidden, reading
from tests.rosters.rosters_of import EVERYTHING, FORBIDDEN_WORDS, IDENTITY, as_csv, as_xlsx


@pytest.mark.parametrize(
    "heading",
    [
        "民族", "民 族", "族别", "身份证号", "学生身份证件号码", "监护人身份证", "政治面貌", "宗教信仰",
        "家庭年收入", "是否贫困", "低保户", "户口所在地", "户口性质", "学号（身份证号）",
        "Ethnicity", "Ethnic group", "Religion", "Political status", "Family income", "ID card", "ID number",
        "Nationality", "Hukou",
    ],
)  # fmt: skip
def test_forbidden_headings(heading: str) -> None:
    assert forbidden.is_heading(heading)


@pytest.mark.parametrize(
    "heading", ["学号", "姓名", "班级", "籍贯", "备注", "Student ID number", "Student ID", "Trace"]
)
def test_headings_that_are_merely_unknown_or_known(heading: str) -> None:
    assert not forbidden.is_heading(heading)


@pytest.mark.parametrize(
    "value",
    [
        IDENTITY,
        IDENTITY.lower(),
        f"G{IDENTITY}",
        f"他的号是{IDENTITY}，别丢",
        "110105 20120307 002X",
        "110105-2012-0307-002X",
        "１１０１０５２０１２０３０７００２Ｘ",
        "110105\u200b20120307002X",
        "110105201203072000",
        IDENTITY[:17],
        "9" + IDENTITY,
    ],
)
def test_an_identity_number_is_seen_however_it_is_written(value: str) -> None:
    assert forbidden.is_value(value)


@pytest.mark.parametrize(
    "value",
    ["2023010203", "20230102030405060", "13800138000", "110105", "白露", "族谱", "2012-03-07"],
)
def test_ordinary_values_stay(value: str) -> None:
    assert not forbidden.is_value(value)


def test_the_result_says_what_was_dropped_and_never_repeats_it() -> None:
    for content in (as_csv(EVERYTHING, encoding="gb18030"), as_xlsx(EVERYTHING)):
        sheet = reading.read(content)

        assert sheet.dropped == ("民族", "身份证号", "政治面貌", "家庭收入")
        assert sheet.dropped_values == 12
        assert sheet.ignored == ("学籍号", "备注")
        assert [row.number for row in sheet.rows] == ["0301", "0302", ""]
        assert not [word for word in FORBIDDEN_WORDS if word in repr(sheet)]


def test_a_number_that_excel_rounded_is_an_identity_number_still() -> None:
    sheet = reading.read(
        as_xlsx([["班级", "学号", "姓名"], ["初二(3)班", 110105201203072830, "小禾"]])
    )

    assert sheet.rows[0].number == ""
    assert sheet.dropped_values == 1


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    day = draw(st.dates(min_value=date(1930, 1, 1), max_value=date(2026, 1, 1)))
    region = draw(st.sampled_from(["110105", "653201", "659001", "440304", "830001"]))
    number = f"{region}{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return number + ric.calc_check_digit(f"{number}0")


around = st.text(alphabet="小禾班 G:,，-。abc", max_size=6)


@given(number=identity_numbers(), column=st.integers(0, 6), before=around, after=around)
def test_no_identity_number_survives_anywhere(
    number: str, column: int, before: str, after: str
) -> None:
    headings = ["班级", "年级", "学号", "姓名", "出生年月", "监护人同意", "备注"]
    row = ["初二(3)班", "初二", "0301", "小禾", "2012-05", "是", "好"]
    row[column] = f"{before}{number}{after}"
    heading_too = [*headings[:6], f"备注{number}"]

    for rows in ([headings, row], [heading_too, row]):
        for content in (as_csv(rows), as_xlsx(rows)):
            sheet = reading.read(content)
            assert number not in repr(sheet)
            assert number not in repr(sheet.to_json())
            assert sheet.dropped_values == 1
