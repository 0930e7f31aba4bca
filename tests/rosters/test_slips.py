"""Slips: a code for each child who needs one, four to a page, with a QR code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.accounts import services as people
from penpal.accounts.models import Activation, Enrolment
from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from penpal.kernel.trail import TrailEntry
from penpal.rosters import reading, services, slips
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import HEADINGS, as_csv

Door = Callable[[str], FlaskClient]


@pytest.fixture
def class_of_five(app: Flask, schools: Schools) -> None:
    rows = [["初二(1)班", f"010{n}", f"小{name}", "", ""] for n, name in enumerate("禾麦满麻稷")]
    with app.app_context():
        services.apply(
            schools.school, reading.read(as_csv([HEADINGS, *rows])), by=schools.secretary
        )


@pytest.mark.usefixtures("class_of_five")
@pytest.mark.parametrize("who", ["banzhuren", "tuanwei"])
def test_school_staff_issue_and_print_slips(who: str, door: Door, schools: Schools) -> None:
    client = door(who)
    address = f"/classes/{schools.class_id}/slips"

    before = client.get(address).text
    issued = client.post(address)
    page = client.get(issued.location)
    after = client.get(address).text

    assert before.count("还没有卡") == 5
    assert issued.location.endswith(f"{address}/print")
    assert page.text.count('class="slip"') == 5
    assert "小禾" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "还没有卡" not in after


@pytest.mark.usefixtures("class_of_five")
def test_a_printed_code_opens_the_door_once(app: Flask, schools: Schools) -> None:
    settings = app.extensions["penpal.settings"]
    with app.app_context():
        slips.issue(schools.class_, by=schools.teacher, settings=settings)
        slip = slips.of_class(schools.class_, by=schools.teacher, settings=settings)[0]

        person, _token = people.activate(
            code="-".join(slip.spaced_code),
            display_name="阿禾",
            password="walnuts by the canal",
            shared_device=False,
            settings=settings,
        )

        assert person.id == slip.person_id
        left = slips.of_class(schools.class_, by=schools.teacher, settings=settings)
        assert slip.person_id not in [other.person_id for other in left]
        assert len(left) == 4


@pytest.mark.usefixtures("class_of_five")
def test_issuing_again_makes_no_second_code(app: Flask, schools: Schools) -> None:
    settings = app.extensions["penpal.settings"]
    with app.app_context():
        made = [
            slips.issue(schools.class_, by=schools.teacher, settings=settings) for _ in range(2)
        ]

        assert made == [5, 0]
        assert session().scalar(sa.select(sa.func.count()).select_from(Activation)) == 5
        told = (
            session().scalars(sa.select(TrailEntry).where(TrailEntry.move == "issued slips")).all()
        )
        assert [(entry.actor_id, entry.reason) for entry in told] == [(schools.teacher_id, "5")]


@pytest.mark.usefixtures("class_of_five")
def test_a_qr_code_is_a_picture_that_nobody_keeps(app: Flask, door: Door, schools: Schools) -> None:
    client = door("banzhuren")
    address = f"/classes/{schools.class_id}/slips"
    client.post(address)
    with app.app_context():
        student_id = session().scalar(
            sa.select(Enrolment.person_id).where(Enrolment.class_id == schools.class_id)
        )

    drawn = client.get(f"{address}/{student_id}.svg")
    nobody = client.get(f"{address}/{schools.teacher_id}.svg")

    assert drawn.mimetype == "image/svg+xml"
    assert drawn.text.startswith("<svg")
    assert "style" not in drawn.text
    assert "no-store" in drawn.headers["Cache-Control"]
    assert nobody.status_code == 404


@pytest.mark.usefixtures("class_of_five")
def test_strangers_get_no_slips(app: Flask, door: Door, schools: Schools) -> None:
    client = door("linxiao")
    address = f"/classes/{schools.class_id}/slips"

    for path in ("", "/print", "/1.svg"):
        assert client.get(address + path).status_code == 404
    assert client.post(address).status_code == 404
    with app.app_context():
        settings = app.extensions["penpal.settings"]
        for verb in (slips.issue, slips.of_class):
            with pytest.raises(NotPermitted):
                verb(schools.class_, by=schools.outsider, settings=settings)
        assert session().scalar(sa.select(sa.func.count()).select_from(Activation)) == 0


def test_a_class_without_students_says_where_they_come_from(door: Door, schools: Schools) -> None:
    client = door("banzhuren")
    address = f"/classes/{schools.class_id}/slips"

    assert "还没有学生" in client.get(address).text
    assert "没有要打印的卡" in client.get(f"{address}/print").text
    assert client.get(f"/classes/{schools.school_id}/slips").status_code == 404
