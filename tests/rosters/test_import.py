"""A roster brings a school's students in, all or nothing, and twice the same changes nothing."""

from __future__ import annotations

import time
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.accounts.models import Enrolment, Person
from penpal.consent.models import Consent
from penpal.kernel import clock
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import db, session
from penpal.kernel.errors import NotPermitted
from penpal.kernel.trail import TrailEntry
from penpal.places.models import Unit
from penpal.rosters import reading, services, uploads, writing
from penpal.rosters.judging import Reason
from penpal.rosters.planning import Change
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import (
    EVERYTHING,
    FIRST,
    FORBIDDEN_WORDS,
    HEADINGS,
    as_csv,
    as_xlsx,
    sheet_of,
)
from tests.rosters.stored import counts, everything_stored, students


def test_students_and_classes_are_added(app: Flask, schools: Schools) -> None:
    with app.app_context():
        plan = services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)

        assert counts(plan) == {"added": 3}
        assert plan.new_classes == ("初二(2)班",)
        assert students(schools.school_id) == {
            "0101": ("小禾", "初二(1)班", 2012, 5),
            "0102": ("小麦", "初二(1)班", 2012, 11),
            "0201": ("小满", "初二(2)班", None, None),
        }
        new_class = session().scalar(sa.select(Unit).where(Unit.name == "初二(2)班"))
        assert new_class is not None
        assert new_class.grade == 8
        assert new_class.path.startswith(schools.school.path)
        people = session().execute(
            sa.select(Person.login_name, Person.name)
            .join(Enrolment, Enrolment.person_id == Person.id)
            .where(Enrolment.school_id == schools.school_id)
        )
        for login_name, name in people:
            assert login_name.isascii()
            assert name not in login_name


def test_each_act_is_on_the_trail_without_names(app: Flask, schools: Schools) -> None:
    with app.app_context():
        services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)

        entries = session().scalars(
            sa.select(TrailEntry).where(TrailEntry.actor_id == schools.secretary_id)
        )
        moves = [(entry.subject_kind, entry.move, entry.reason) for entry in entries]
        assert moves.count(("person", "enrolled", "")) == 3
        assert moves.count(("person", "guardian consented", "")) == 2
        assert (
            "unit",
            "imported roster",
            "added:3 changed:0 moved:0 unchanged:0 refused:0",
        ) in moves


def test_a_guardian_s_signature_is_kept_with_its_day(app: Flask, schools: Schools) -> None:
    with app.app_context():
        services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)

        rows = session().execute(
            sa.select(Person.name, Consent.given_on)
            .join(Person, Person.id == Consent.person_id)
            .where(Consent.recorded_by_id == schools.secretary_id)
        )
        assert sorted(tuple(row) for row in rows) == [
            ("小满", clock.today()),
            ("小禾", date(2026, 9, 1)),
        ]


def test_the_same_file_twice_changes_nothing(app: Flask, schools: Schools) -> None:
    with app.app_context():
        services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)
        before = everything_stored()

        plan = services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)

        assert counts(plan) == {"unchanged": 3}
        assert everything_stored() == before


def test_a_dry_run_writes_nothing(app: Flask, schools: Schools) -> None:
    with app.app_context():
        before = everything_stored()

        plan = services.check(schools.school, sheet_of(*FIRST), by=schools.secretary)

        assert counts(plan) == {"added": 3}
        assert everything_stored() == before


def test_corrections_and_moves(app: Flask, schools: Schools) -> None:
    with app.app_context():
        services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)
        rows = session().execute(sa.select(Enrolment.student_number, Enrolment.person_id))
        people = {row.student_number: row.person_id for row in rows}

        plan = services.apply(
            schools.school,
            sheet_of(
                ["初二(1)班", "0101", "小荷", "2012-05", ""],
                ["八年级2班", "0102", "小麦", "2012-12", "是"],
            ),
            by=schools.secretary,
        )

        assert counts(plan) == {"changed": 1, "moved": 1}
        assert plan.absent == 1
        assert plan.lines[1].old_class_name == "初二(1)班"
        assert plan.lines[1].changes == {Change.BIRTH, Change.CONSENT}
        assert students(schools.school_id) == {
            "0101": ("小荷", "初二(1)班", 2012, 5),
            "0102": ("小麦", "初二(2)班", 2012, 12),
            "0201": ("小满", "初二(2)班", None, None),
        }
        ended = session().scalars(sa.select(Enrolment).where(Enrolment.until.is_not(None))).all()
        assert [(row.person_id, row.class_id) for row in ended] == [
            (people["0102"], schools.class_id)
        ]
        entries = session().scalars(sa.select(TrailEntry)).all()
        moves = {
            (entry.subject_id, entry.move) for entry in entries if entry.subject_kind == "person"
        }
        assert (people["0101"], "corrected name") in moves
        assert {(people["0102"], "moved class"), (people["0102"], "corrected birth")} <= moves


def test_an_empty_cell_takes_nothing_away(app: Flask, schools: Schools) -> None:
    with app.app_context():
        services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)

        plan = services.apply(
            schools.school, sheet_of(["初二(1)班", "0101", "小禾", "", ""]), by=schools.secretary
        )

        assert counts(plan) == {"unchanged": 1}


REFUSED = [
    (["初二(1)班", "", "小禾", "", ""], Reason.NO_NUMBER),
    (["初二(1)班", "01 <b>", "小禾", "", ""], Reason.NUMBER_UNREADABLE),
    (["初二(1)班", "0301", "", "", ""], Reason.NO_NAME),
    (["初二(1)班", "0302", "禾" * 61, "", ""], Reason.NAME_TOO_LONG),
    (["初二(1)班", "0303", "小禾<script>", "", ""], Reason.NAME_UNREADABLE),
    (["初二(1)班", "0304", "小禾（转来）", "", ""], Reason.NAME_UNREADABLE),
    (["", "0305", "小禾", "", ""], Reason.NO_CLASS),
    (["三班", "0306", "小禾", "", ""], Reason.CLASS_UNREADABLE),
    (["六年级1班", "0307", "小禾", "", ""], Reason.GRADE_OUT_OF_RANGE),
    (["初二(1)班", "0308", "小禾", "夏天", ""], Reason.BIRTH_UNREADABLE),
    (["初二(1)班", "0309", "小禾", "1970-05", ""], Reason.BIRTH_IMPLAUSIBLE),
    (["初二(1)班", "0310", "小禾", "", "口头"], Reason.CONSENT_UNREADABLE),
    (["初二(1)班", "0311", "小禾", "", "2099-01-01"], Reason.CONSENT_IN_FUTURE),
]


def test_refused_rows_leave_the_others(app: Flask, schools: Schools) -> None:
    with app.app_context():
        plan = services.apply(
            schools.school,
            sheet_of(
                *(row for row, _reason in REFUSED),
                ["初二(1)班", "0199", "小满", "", ""],
            ),
            by=schools.secretary,
        )

        assert [line.reason for line in plan.refused] == [reason for _row, reason in REFUSED]
        assert list(students(schools.school_id)) == ["0199"]


def test_names_in_any_script_are_names(app: Flask, schools: Schools) -> None:
    names = ["阿依古丽·买买提", "Ana-Maria O'Neil", "ئايگۈل", "བཀྲ་ཤིས", "欧阳小禾"]
    rows = [["初二(1)班", f"01{n:02}", name, "", ""] for n, name in enumerate(names)]
    with app.app_context():
        plan = services.check(schools.school, sheet_of(*rows), by=schools.secretary)

        assert counts(plan) == {"added": len(names)}


def test_a_number_that_comes_twice_is_refused_both_times(app: Flask, schools: Schools) -> None:
    with app.app_context():
        plan = services.check(
            schools.school,
            sheet_of(*FIRST, ["初二(1)班", "0101", "小麻", "", ""]),
            by=schools.secretary,
        )

        assert [line.reason for line in plan.refused] == [Reason.NUMBER_TWICE] * 2


def test_a_number_never_carries_letters_to_another_child(app: Flask, schools: Schools) -> None:
    with app.app_context():
        services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)

        plan = services.apply(
            schools.school,
            sheet_of(["初二(1)班", "0101", "大壮", "2011-01", ""]),
            by=schools.secretary,
        )

        assert [line.reason for line in plan.refused] == [Reason.ANOTHER_CHILD]
        assert students(schools.school_id)["0101"][0] == "小禾"


def test_two_schools_may_use_the_same_numbers(app: Flask, schools: Schools) -> None:
    with app.app_context():
        services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)
        neighbour = session().get_one(Unit, schools.neighbour_id)

        plan = services.apply(neighbour, sheet_of(*FIRST), by=schools.outsider)

        assert counts(plan) == {"added": 3}
        assert len(students(schools.school_id)) == len(students(schools.neighbour_id)) == 3


def test_only_the_school_s_secretary_and_the_operator_import(app: Flask, schools: Schools) -> None:
    with app.app_context():
        for who in (schools.teacher, schools.outsider):
            for verb in (services.check, services.apply):
                with pytest.raises(NotPermitted):
                    verb(schools.school, sheet_of(*FIRST), by=who)
            with pytest.raises(NotPermitted):
                uploads.keep(schools.school, sheet_of(*FIRST), file_name="a.csv", by=who)

        assert not students(schools.school_id)
        assert counts(services.apply(schools.school, sheet_of(*FIRST), by=SYSTEM)) == {"added": 3}


def test_a_failure_in_the_middle_leaves_nothing(
    app: Flask, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_names: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(writing, "_remember", fail)
    with app.app_context():
        before = everything_stored()

        with pytest.raises(RuntimeError):
            services.apply(schools.school, sheet_of(*FIRST), by=schools.secretary)

        session().expire_all()
        assert everything_stored() == before


def test_forbidden_data_is_nowhere_in_the_database(app: Flask, schools: Schools) -> None:
    with app.app_context():
        for content in (as_csv(EVERYTHING), as_xlsx(EVERYTHING)):
            sheet = reading.read(content)
            upload = uploads.keep(
                schools.school, sheet, file_name=f"{FORBIDDEN_WORDS[-2]}.csv", by=schools.secretary
            )
            assert upload.file_name == ""
            before = everything_stored()
            uploads.confirm(upload, seen="", by=schools.secretary)
            stored = before + everything_stored()
            plan = uploads.result(upload, by=schools.secretary)

            assert "小禾" in stored
            for word in FORBIDDEN_WORDS:
                assert word not in stored
                assert word not in repr(plan)


def test_planning_takes_as_many_queries_for_a_thousand_rows_as_for_one(
    app: Flask, schools: Schools
) -> None:
    rows = [[f"初二({n % 20 + 1})班", f"9{n:04}", "小禾", "2012-05", "是"] for n in range(1000)]
    with app.app_context():
        secretary, school = schools.secretary, schools.school
        made: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *call: made.append(call[2]))

        services.check(school, sheet_of(rows[0]), by=secretary)
        one = len(made)
        made.clear()
        services.check(school, sheet_of(*rows), by=secretary)

        assert len(made) == one <= 4


def test_five_thousand_students_come_in_within_ten_seconds(app: Flask, schools: Schools) -> None:
    rows = [
        [f"初{'一二三'[n % 3]}({n // 3 % 30 + 1})班", f"2026{n:05}", "小禾", "2012-05", "是"]
        for n in range(5000)
    ]
    content = as_xlsx([HEADINGS, *rows])
    with app.app_context():
        school, secretary = schools.school, schools.secretary
        begun = time.process_time()

        plan = services.apply(school, reading.read(content), by=secretary)

        assert time.process_time() - begun < 10
        assert counts(plan) == {"added": 5000}
        assert len(students(schools.school_id)) == 5000
