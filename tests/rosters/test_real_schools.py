"""Names, numbers and classes as schools write them, and who is missing or has moved."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from penpal.rosters import (
    classnames,
    planning,
    services,
    wording,
)
from penpal.rosters.judging import Reason
from penpal.rosters.planning import Outcome
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import sheet_of

NOVEMBER = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "grade", "name"),
    [
        ("初二(3)班", 8, "初二(3)班"),
        ("八年级3班", 8, "八年级(3)班"),
        ("高一（12）", 10, "高一(12)班"),
        ("8.3班", 8, "八年级(3)班"),
        ("八.三班", 8, "八年级(3)班"),
        ("八(3)", 8, "八年级(3)班"),
        ("八3班", 8, "八年级(3)班"),
        ("8-3", 8, "八年级(3)班"),
        ("803", 8, "八年级(3)班"),
        ("初2024级3班", 9, "初2024级(3)班"),
        ("初24级3班", 9, "初2024级(3)班"),
        ("高2025级12班", 11, "高2025级(12)班"),
        ("初2027届3班", 9, "初2027届(3)班"),
        ("高三理科(2)班", 12, "高三理科2班"),
    ],
)
def test_classes_as_schools_write_them(written: str, grade: int, name: str) -> None:
    found = classnames.parse(written, today=NOVEMBER)

    assert (found.grade, found.name) == (grade, name)


def test_a_class_named_for_its_year_needs_a_stage_or_a_column_of_grades() -> None:
    assert classnames.parse("2024级5班", "高三").grade == 12
    assert classnames.parse("初2026级3班", today=date(2026, 8, 20)).grade == 7
    for unsaid, error in (
        ("2024级5班", classnames.Unreadable),
        ("8.1", classnames.Unreadable),
        ("初2019级3班", classnames.OutOfRange),
    ):
        with pytest.raises(error):
            classnames.parse(unsaid, today=NOVEMBER)


NAMES = {
    **{f"阿依古丽{dot}买买提": "阿依古丽·买买提" for dot in "·•‧・∙⋅･●．."},
    "阿依古丽 · 买买提": "阿依古丽·买买提",
    "小　禾": "小禾",
    "小 禾": "小禾",
    "𠮷㛃": "𠮷㛃",
    "Ana-Maria J. O'Neil": "Ana-Maria J. O'Neil",
    "阿不都 Rahman": "阿不都 Rahman",
}


def test_names_are_written_in_one_way(app: Flask, schools: Schools) -> None:
    rows = [["初二(1)班", f"{n}", name, "", ""] for n, name in enumerate(NAMES)]

    plan = services.check(schools.school, sheet_of(*rows), by=schools.secretary)

    assert plan.counts[Outcome.ADDED] == len(NAMES)
    assert [line.name for line in plan.lines] == list(NAMES.values())


def test_what_a_spreadsheet_spoiled_is_refused_in_words(app: Flask, schools: Schools) -> None:
    spoiled = [
        ("1", "小?", Reason.NAME_WITH_A_GAP),
        ("2", "小\ue123", Reason.NAME_WITH_A_GAP),
        ("2.02301E+11", "小禾", Reason.NUMBER_CUT),
        ("2026010203000001.0", "小禾", Reason.NUMBER_CUT),
        ("5", "#N/A", Reason.FORMULA_FAILED),
    ]
    rows = [["初二(1)班", number, name, "", ""] for number, name, _reason in spoiled]

    plan = services.check(schools.school, sheet_of(*rows), by=schools.secretary)

    assert [line.reason for line in plan.refused] == [reason for *_row, reason in spoiled]
    assert set(wording.REASONS) == set(Reason)


def test_zeros_that_a_spreadsheet_took_make_no_second_child(app: Flask, schools: Schools) -> None:
    services.apply(
        schools.school, sheet_of(["初二(1)班", "0301", "小禾", "", ""]), by=schools.secretary
    )

    same = services.apply(
        schools.school, sheet_of(["初二(2)班", "301", "小禾", "", ""]), by=schools.secretary
    )
    other = services.check(
        schools.school, sheet_of(["初二(1)班", "301", "小麦", "", ""]), by=schools.secretary
    )
    both = services.check(
        schools.school,
        sheet_of(["初二(1)班", "301", "小禾", "", ""], ["初二(1)班", "0301", "小禾", "", ""]),
        by=schools.secretary,
    )

    assert [(line.outcome, line.number) for line in same.lines] == [(Outcome.MOVED, "0301")]
    assert same.absent == 0
    assert [line.reason for line in other.refused] == [Reason.NUMBER_WITHOUT_ZEROS]
    assert [line.reason for line in both.refused] == [Reason.NUMBER_TWICE] * 2


def test_who_is_missing_is_named_and_stays(app: Flask, schools: Schools) -> None:
    two = sheet_of(["初二(1)班", "0101", "小禾", "", ""], ["初二(1)班", "0102", "小麦", "", ""])
    services.apply(schools.school, two, by=schools.secretary)

    plan = services.apply(
        schools.school, sheet_of(["初二(1)班", "0101", "小禾", "", ""]), by=schools.secretary
    )

    assert [(one.name, class_name) for one, class_name in plan.absentees] == [("小麦", "初二(1)班")]
    assert len(planning.plan(schools.school, two).lines) == 2
    assert not planning.plan(schools.school, two).counts[Outcome.ADDED]


def test_a_move_to_another_class_keeps_the_pair(cast: Cast) -> None:
    school, person = cast.unit("bj-school"), cast.person("xiaohe")
    number = next(row.student_number for row in person.enrolments if row.until is None)

    services.apply(
        school,
        sheet_of(["初二(9)班", number, person.name, "", ""]),
        by=cast.actor("secretary_bj"),
    )

    assert cast.pair().state is PairState.ACTIVE
