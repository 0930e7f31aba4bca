"""Names, numbers and classes as schools write them, and students who move."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.accounts.models import Enrolment, Person
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.kernel.trail import TrailEntry
from penpal.places.models import Unit
from penpal.rosters import (
    classnames,
    exports,
    files,
    planning,
    reading,
    services,
    slips,
    transfers,
    uploads,
    wording,
)
from penpal.rosters.judging import Reason
from penpal.rosters.planning import Outcome
from penpal.rosters.sheets import Sheet
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import HEADINGS, as_csv

NOVEMBER = date(2026, 11, 22)


def sheet_of(*rows: list[str]) -> Sheet:
    return reading.read(as_csv([HEADINGS, *rows]))


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


@pytest.fixture
def moving(cast: Cast) -> tuple[Unit, Unit, str]:
    """The school that 小禾 leaves, the one she goes to, and her number."""
    person = cast.person("xiaohe")
    number = next(row.student_number for row in person.enrolments if row.until is None)
    return cast.unit("bj-school"), cast.unit("tj-school"), number


def running(person: Person) -> list[tuple[int, str]]:
    rows = session().scalars(
        sa.select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.until.is_(None))
    )
    return [(row.school_id, row.student_number) for row in rows]


def test_a_student_goes_to_another_school_with_account_and_letters(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str]
) -> None:
    old, new, number = moving
    person, pair = cast.person("xiaohe"), cast.pair()
    count = session().scalar(sa.select(sa.func.count(Person.id)))
    given = transfers.give_out(old, number=number, settings=settings, by=cast.actor("secretary_bj"))
    code = transfers.code_of(given, settings=settings)
    assert running(person) == [(old.id, number)]

    came = transfers.take_in(
        new,
        code=code.lower(),
        class_id=cast.unit("tj-class").id,
        number="T-01",
        settings=settings,
        by=cast.actor("secretary_tj"),
    )

    assert came.id == person.id
    assert running(person) == [(new.id, "T-01")]
    assert session().scalar(sa.select(sa.func.count(Person.id))) == count
    assert session().get_one(Pair, pair.id).state is PairState.CLOSED
    moves = session().scalars(
        sa.select(TrailEntry.move).where(
            TrailEntry.subject_kind == "person", TrailEntry.subject_id == person.id
        )
    )
    assert {"gave out transfer code", "moved school"} <= set(moves)
    with pytest.raises(Invalid) as again:
        transfers.take_in(
            new,
            code=code,
            class_id=cast.unit("tj-class").id,
            number="T-02",
            settings=settings,
            by=cast.actor("secretary_tj"),
        )
    assert "code" in again.value.fields


def test_a_code_is_given_once_and_can_be_taken_back(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, number = moving
    by = cast.actor("secretary_bj")
    first = transfers.give_out(old, number=number, settings=settings, by=by)
    again = transfers.give_out(old, number=number, settings=settings, by=by)
    code = transfers.code_of(first, settings=settings)
    assert first.id == again.id

    transfers.take_back(first, by=by)

    arrive = {
        "class_id": cast.unit("tj-class").id,
        "number": "T-01",
        "settings": settings,
        "by": cast.actor("secretary_tj"),
    }
    with pytest.raises(Invalid):
        transfers.take_in(new, code=code, **arrive)
    late = transfers.give_out(old, number=number, settings=settings, by=by)
    code = transfers.code_of(late, settings=settings)
    much_later = clock.now() + transfers.GOOD_FOR * 1.01
    monkeypatch.setattr(clock, "now", lambda: much_later)
    with pytest.raises(Invalid):
        transfers.take_in(new, code=code, **arrive)


def test_only_secretaries_of_the_two_schools_move_a_student(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str]
) -> None:
    old, new, number = moving
    given = transfers.give_out(old, number=number, settings=settings, by=cast.actor("secretary_bj"))
    code = transfers.code_of(given, settings=settings)
    class_id = cast.unit("tj-class").id

    for who in ("teacher_bj", "secretary_ht", "county_bj", "xiaohe"):
        by = cast.actor(who)
        with pytest.raises(NotPermitted):
            transfers.give_out(old, number=number, settings=settings, by=by)
        with pytest.raises(NotPermitted):
            transfers.take_in(
                new, code=code, class_id=class_id, number="1", settings=settings, by=by
            )
        with pytest.raises(NotPermitted):
            transfers.take_back(given, by=by)
    assert running(cast.person("xiaohe")) == [(old.id, number)]


def test_what_stands_against_a_move_is_said_beside_its_field(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str]
) -> None:
    old, new, number = moving
    given = transfers.give_out(old, number=number, settings=settings, by=cast.actor("secretary_bj"))
    code = transfers.code_of(given, settings=settings)
    taken = next(
        row.student_number for row in cast.person("xiaoyuan").enrolments if row.until is None
    )

    with pytest.raises(Invalid) as wrong:
        transfers.take_in(
            new,
            code="2222 2222",
            class_id=cast.unit("bj-class").id,
            number=taken,
            settings=settings,
            by=cast.actor("secretary_tj"),
        )
    with pytest.raises(Invalid) as own:
        transfers.take_in(
            old,
            code=code,
            class_id=cast.unit("bj-class").id,
            number="<b>",
            settings=settings,
            by=cast.actor("secretary_bj"),
        )
    with pytest.raises(Invalid) as unknown:
        transfers.give_out(old, number="nobody", settings=settings, by=cast.actor("secretary_bj"))

    assert set(wrong.value.fields) == {"code", "class_id", "number"}
    assert set(own.value.fields) == {"code", "number"}
    assert set(unknown.value.fields) == {"number"}


def test_a_dry_run_says_nothing_about_who_is_at_another_school(
    app: Flask, schools: Schools
) -> None:
    """Birth months are kept for consent alone; two schools never compare children."""
    row = ["初二(1)班", "0101", "小禾", "2012-05", ""]
    neighbour = session().get_one(Unit, schools.neighbour_id)
    before = services.check(neighbour, sheet_of(row), by=schools.outsider)
    services.apply(schools.school, sheet_of(row), by=schools.secretary)

    after = services.check(neighbour, sheet_of(row), by=schools.outsider)

    assert after == before


ROUND_TRIP = [
    ["初二(1)班", "0101", "-小禾", "2012-05", "2026-09-01"],
    ["初二(1)班", "2026010203000001", "阿依古丽·买买提", "", ""],
    ["高2024级(2)班", "A-07", "𠮷㛃", "2010-01", "是"],
]


@pytest.mark.parametrize("make", [exports.roster_csv, exports.roster_xlsx])
def test_a_roster_that_goes_out_and_comes_back_changes_nothing(
    make: object, app: Flask, schools: Schools
) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)

    content = make(services.outgoing(schools.school, by=schools.secretary))  # type: ignore[operator]
    plan = services.check(schools.school, reading.read(content), by=schools.secretary)

    assert plan.counts[Outcome.UNCHANGED] == 3
    assert not plan.writes
    assert plan.absent == 0


def test_no_cell_that_goes_out_is_a_formula_or_loses_a_zero(app: Flask, schools: Schools) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)

    text = exports.roster_csv(services.outgoing(schools.school, by=schools.secretary)).decode()

    assert text.startswith("\ufeff")
    assert '"=""0101"""' in text
    assert '"=""2026010203000001"""' in text
    assert ",'-小禾," in text
    for hostile in ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1+1"):
        assert exports._kept_as_text(hostile) == f"'{hostile}"


def test_who_takes_a_roster_out_is_on_the_trail(app: Flask, schools: Schools) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)

    services.outgoing(schools.school, by=schools.secretary)
    own = services.outgoing(schools.class_, by=schools.teacher)

    assert {line.class_name for line in own} == {"初二(1)班"}
    moves = session().execute(
        sa.select(TrailEntry.actor_id, TrailEntry.reason)
        .where(TrailEntry.move == "exported roster")
        .order_by(TrailEntry.id)
    )
    assert [tuple(row) for row in moves] == [(schools.secretary_id, "3"), (schools.teacher_id, "2")]
    for unit, who in (
        (schools.school, schools.teacher),
        (schools.school, schools.outsider),
        (schools.class_, schools.outsider),
    ):
        with pytest.raises(NotPermitted):
            services.outgoing(unit, by=who)


def test_the_list_of_slips_tells_no_code(app: Flask, schools: Schools, settings: Settings) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)
    slips.issue(schools.class_, by=schools.teacher, settings=settings)
    issued = slips.of_class(schools.class_, by=schools.teacher, settings=settings)

    states = slips.states(schools.class_, by=schools.teacher, settings=settings)
    rows = files_rows(exports.slips_xlsx(states))

    assert rows[0] == ["姓名", "学号", "登录名", "激活卡"]
    assert {row[2] for row in rows[1:]} == {slip.login_name for slip in issued}
    assert not [slip.code for slip in issued if slip.code in repr(rows)]


def files_rows(content: bytes) -> list[list[str]]:
    return files.tables(content)[0].rows


def test_what_is_written_cannot_be_called_off(app: Flask, schools: Schools) -> None:
    upload = uploads.keep(
        schools.school, sheet_of(*ROUND_TRIP), file_name="a.csv", by=schools.secretary
    )
    seen = uploads.result(upload, by=schools.secretary).digest
    uploads.confirm(upload, seen=seen, by=schools.secretary)

    with pytest.raises(IllegalMove):
        uploads.cancel(upload, by=schools.secretary)
