"""Class names as schools write them come out as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penpal.rosters import classnames


@pytest.mark.parametrize(
    ("written", "grade_column", "grade", "name"),
    [
        ("初二(3)班", "", 8, "初二(3)班"),
        ("初二（3）班", "", 8, "初二(3)班"),
        ("初二3班", "", 8, "初二(3)班"),
        ("初二 03 班", "", 8, "初二(3)班"),
        ("初二（３）班", "", 8, "初二(3)班"),
        ("初中二年级三班", "", 8, "初二(3)班"),
        ("初三十二班", "", 9, "初三(12)班"),
        ("八年级3班", "", 8, "八年级(3)班"),
        ("8年级(3)班", "", 8, "八年级(3)班"),
        ("八年级【二】班", "", 8, "八年级(2)班"),
        ("八(2)班", "", 8, "八年级(2)班"),
        ("803班", "", 8, "八年级(3)班"),
        ("高一（12）", "", 10, "高一(12)班"),
        ("高三二十一班", "", 12, "高三(21)班"),
        ("G8 Class 3", "", 8, "八年级(3)班"),
        ("Grade 10, Class 2", "", 10, "高一(2)班"),
        ("三班", "初二", 8, "初二(3)班"),
        ("三班", "八年级", 8, "八年级(3)班"),
        ("三班", "8", 8, "八年级(3)班"),
        ("二(3)班", "初二", 8, "初二(3)班"),
        ("Class 3", "G8", 8, "八年级(3)班"),
        ("宏志班", "高一", 10, "高一宏志班"),
        ("初二A班", "", 8, "初二A班"),
        ("2025级3班", "初二", 8, "2025级(3)班"),
    ],
)
def test_ways_of_writing_a_class(written: str, grade_column: str, grade: int, name: str) -> None:
    read = classnames.parse(written, grade_column)

    assert (read.grade, read.name) == (grade, name)


@pytest.mark.parametrize(
    "written", ["", "班", "初二", "三班", "二(3)班", "初二0班", "初二<b>班", "???"]
)
def test_what_names_no_class_is_unreadable(written: str) -> None:
    with pytest.raises(classnames.Unreadable):
        classnames.parse(written)


@pytest.mark.parametrize("written", ["六年级3班", "初四2班", "13年级2班", "高四1班", "G5 Class 1"])
def test_grades_outside_middle_school_are_out_of_range(written: str) -> None:
    with pytest.raises(classnames.OutOfRange):
        classnames.parse(written)


def test_a_class_and_a_grade_that_disagree_are_told() -> None:
    with pytest.raises(classnames.Disagreement):
        classnames.parse("初二(3)班", "初三")


def test_one_class_has_one_key_however_it_is_said() -> None:
    assert classnames.parse("初二(3)班").key == classnames.parse("G8 Class 3").key


@given(st.text(max_size=14), st.sampled_from(["", "初二", "9", "高三"]))
def test_a_name_once_read_reads_the_same_again(written: str, grade_column: str) -> None:
    try:
        read = classnames.parse(written, grade_column)
    except ValueError:
        return

    assert classnames.parse(read.name, str(read.grade)) == read
