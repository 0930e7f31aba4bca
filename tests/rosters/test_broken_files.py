"""Every broken file is answered in words that say what to do, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from penpal.kernel.errors import Invalid
from penpal.rosters import headings, reading
from penpal.rosters.headings import Column
from penpal.rosters.sheets import AGREED
from tests.rosters import broken_files as broken
from tests.rosters.broken_files import STUDENT, UNKNOWN
from tests.rosters.rosters_of import HEADINGS, IDENTITY, as_csv, as_xlsx


@pytest.mark.parametrize(
    ("what", "make", "words"), broken.REFUSED, ids=[row[0] for row in broken.REFUSED]
)
def test_a_broken_file_says_what_to_do(
    what: str, make: Callable[[], bytes], words: tuple[str, ...]
) -> None:
    content = make()

    with pytest.raises(Invalid) as refused:
        reading.read(content)

    for word in words:
        assert word in str(refused.value), what


def test_merged_cells_two_rows_of_headings_a_title_and_a_sum() -> None:
    sheet = reading.read(broken.merged())

    assert [(row.class_name, row.number, row.name, row.consent) for row in sheet.rows] == [
        ("初二(3)班", "0301", "小禾", AGREED),
        ("初二(3)班", "0302", "小麦", ""),
        ("初二(4)班", "0401", "小满", AGREED),
        ("初二(4)班", "0402", "小远", ""),
    ]
    assert sheet.dropped == ("民族",)
    assert "壮族" not in repr(sheet)


def test_two_rows_of_headings_in_plain_text() -> None:
    content = as_csv(
        [
            ["班级", "学号", "姓名", "监护人", ""],
            ["", "", "", "同意", "电话"],
            ["初二(3)班", "1", "小禾", "是", "139"],
        ]
    )

    rows = reading.read(content).rows

    assert [(row.name, row.consent) for row in rows] == [("小禾", AGREED)]


def test_the_result_of_a_formula_is_taken() -> None:
    assert reading.read(broken.formulas("小禾")).rows[0].name == "小禾"


def test_formulas_without_a_result_are_counted_where_others_can_be_read() -> None:
    content = broken.changed(
        as_xlsx([["班级", "学号", "姓名", "总分"], ["初二(3)班", "0301", "小禾", 1]]),
        "xl/worksheets/sheet1.xml",
        "<v>1</v></c></row></sheetData>",
        "<f>1+1</f></c></row></sheetData>",
    )

    sheet = reading.read(content)

    assert sheet.uncounted == 1
    assert len(sheet.rows) == 1


@pytest.mark.parametrize(
    "last",
    [
        ["合计", "2", ""],
        ["共45人", "", ""],
        ["制表人：王老师", "", ""],
        ["总 计", "", "2"],
        ["备注：", "", ""],
    ],
)
def test_sums_and_signatures_at_the_end_are_no_students(last: list[str]) -> None:
    content = as_csv([["班级", "学号", "姓名"], ["初二(3)班", "0301", "小禾"], last])

    assert [row.name for row in reading.read(content).rows] == ["小禾"]


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("mz", ["x", "y"]),
        ("minzu", ["x"]),
        ("sfzh", ["x"]),
        ("zzmm", ["x"]),
        ("备用", ["汉", "壮", "回"]),
    ],
)
def test_shortened_and_unnamed_columns_of_forbidden_data_are_seen(
    heading: str, values: list[str]
) -> None:
    content = as_csv(
        [["bj", "xh", "xing ming", heading], *[["初二3班", "1", "小禾", v] for v in values]]
    )

    try:
        kept = repr(reading.read(content))
    except reading.Unexplained as asked:
        kept = repr(asked.question)

    assert not [value for value in values if f"'{value}'" in kept]


@pytest.mark.parametrize("make", [as_csv, as_xlsx])
def test_unknown_headings_become_a_question_without_what_is_forbidden(
    make: Callable[..., bytes],
) -> None:
    with pytest.raises(reading.Unexplained) as asked:
        reading.read(make(UNKNOWN))

    question = asked.value.question
    assert [column.heading for column in question.columns] == ["所属", "校内代码", "称呼"]
    assert question.columns[1].samples == ("0301", "0302")
    assert question.columns[2].samples[1] == "小麦·阿依古丽的很长很长…"
    assert "民族" in question.dropped
    for word in ("壮", "汉", IDENTITY, IDENTITY[:17]):
        assert word not in repr(question.rows) + repr(question.columns)


def test_what_is_explained_is_read_with_the_lines_of_the_file() -> None:
    with pytest.raises(reading.Unexplained) as asked:
        reading.read(as_csv([["2026 年名册"], *UNKNOWN]))

    sheet = reading.explain(
        asked.value.question, {0: Column.CLASS, 1: Column.NUMBER, 2: Column.NAME}
    )

    assert [(row.line, row.number) for row in sheet.rows] == [(3, "0301"), (4, "0302")]
    with pytest.raises(Invalid):
        reading.explain(asked.value.question, {0: Column.CLASS})


def test_a_school_s_own_words_never_let_forbidden_columns_in() -> None:
    remembered = {headings.folded("民族"): Column.NAME, headings.folded("所属"): Column.CLASS}

    layout = headings.locate(["民族", "所属"], remembered=remembered)

    assert layout.places == {Column.CLASS: 1}


def test_a_list_without_headings_is_no_question() -> None:
    with pytest.raises(Invalid) as refused:
        reading.read(as_csv([["初二(3)班", "20260301", "小禾"], ["初二(3)班", "20260302", "小麦"]]))

    assert not isinstance(refused.value, reading.Unexplained)
    assert "没有找到表头" in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0301", "0301"),
        (301, "301"),
        (2023010203.0, "2023010203"),
        ("2023010203.0", "2023010203"),
        ("００７", "007"),
    ],
)
def test_numbers_of_students_as_spreadsheets_keep_them(cell: object, number: str) -> None:
    content = as_xlsx([HEADINGS, [STUDENT[0], cell, *STUDENT[2:]]])

    assert reading.read(content).rows[0].number == number
