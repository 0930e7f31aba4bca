"""The school secretary's way: send, look, confirm, fetch what was refused."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.rosters import reading
from penpal.rosters.models import RosterHeading, RosterUpload
from tests.house.conftest import stored
from tests.rosters import broken_files as broken
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import EVERYTHING, FORBIDDEN_WORDS, HEADINGS, as_csv, as_xlsx

Door = Callable[[str], FlaskClient]

ROWS = [
    HEADINGS,
    ["初二(1)班", "0101", "小禾", "2012-05", "是"],
    ["初二(2)班", "0201", "小麦", "2012-11", ""],
    ["初二(2)班", "", "=小麻", "", ""],
]


def send(
    client: FlaskClient, schools: Schools, content: bytes, name: str = "名册.csv"
) -> TestResponse:
    return client.post(
        f"/schools/{schools.school_id}/roster/uploads", data={"file": (io.BytesIO(content), name)}
    )


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_from_the_file_to_the_slips(door: Door, schools: Schools) -> None:
    client = door("tuanwei")

    sent = send(client, schools, as_csv(ROWS, encoding="gb18030"))
    checked = client.get(sent.location).text
    applied = client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})
    again = client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})
    done = client.get(applied.location).text

    assert sent.status_code == applied.status_code == again.status_code == 302
    assert "还什么都没有写入" in checked
    assert "初二(2)班" in checked
    assert "没有学号" in checked
    assert "名册收好了" in done
    assert "没有学号" in done
    assert f"/classes/{schools.class_id}/slips" in done


def test_one_outcome_at_a_time_and_pages_of_two_hundred(door: Door, schools: Schools) -> None:
    client = door("tuanwei")
    many = [["初二(1)班", f"{n:04}", f"小禾{chr(0x4E00 + n)}", "", ""] for n in range(250)]
    sent = send(client, schools, as_csv([HEADINGS, *many, ["", "0999", "小麻", "", ""]]))

    refused = client.get(f"{sent.location}?show=refused").text
    first = client.get(sent.location).text
    second = client.get(f"{sent.location}?from=200").text
    odd = client.get(f"{sent.location}?show=odd&from=-5")

    assert refused.count("<tr") == 2
    assert first.count("<tr") == 201
    assert second.count("<tr") == 52
    assert "from=200" in first
    assert odd.status_code == 200


def test_a_cancelled_upload_is_gone(door: Door, schools: Schools) -> None:
    client = door("tuanwei")
    sent = send(client, schools, as_csv(ROWS))

    answer = client.post(f"{sent.location}/cancellation")

    assert answer.status_code == 302
    assert client.get(sent.location).status_code == 404
    assert client.post(f"{sent.location}/application").status_code == 404


def test_a_broken_file_is_answered_on_the_form_and_leaves_nothing_behind(
    door: Door, schools: Schools
) -> None:
    client = door("tuanwei")
    chosen = (
        "a renamed PDF",
        "nothing at all",
        "headings of another list",
        "billion laughs",
        "a zip bomb",
        "only headings",
        "two sheets with students",
    )

    for what, make, words in broken.REFUSED:
        if what in chosen:
            answer = client.post(
                f"/schools/{schools.school_id}/roster/uploads",
                data={"file": (io.BytesIO(make()), "名册.xlsx")},
            )
            assert answer.status_code == 422, what
            assert words[0] in answer.text, what
            assert 'type="file"' in answer.text, what

    assert stored(RosterUpload) == []


def test_nothing_of_headings_is_kept_before_someone_chose(door: Door, schools: Schools) -> None:
    client = door("tuanwei")

    sent = client.post(
        f"/schools/{schools.school_id}/roster/uploads",
        data={"file": (io.BytesIO(as_csv(broken.UNKNOWN)), "名册.csv")},
    )

    assert sent.status_code == 302
    assert stored(RosterHeading) == []
    assert "小禾" not in repr(stored(RosterUpload))
    assert "0301" not in repr(stored(RosterUpload))


def test_no_file_is_answered_on_the_form(door: Door, schools: Schools) -> None:
    answer = door("tuanwei").post(f"/schools/{schools.school_id}/roster/uploads")

    assert answer.status_code == 422
    assert "先选一个文件" in answer.text


def test_refused_rows_come_back_as_files_that_can_be_mended(door: Door, schools: Schools) -> None:
    client = door("tuanwei")
    sent = send(client, schools, as_csv([*ROWS, ["", "0007", "小满", "2012-05", "2026-09-01"]]))

    as_text = client.get(f"{sent.location}/refused.csv")
    as_workbook = client.get(f"{sent.location}/refused.xlsx")

    assert as_text.data.startswith(b"\xef\xbb\xbf")
    assert "'=小麻" in as_text.text
    assert "attachment" in as_text.headers["Content-Disposition"]
    assert "no-store" in as_text.headers["Cache-Control"]
    for content in (as_text.data, as_workbook.data):
        rows = reading.read(content).rows
        assert [row.name for row in rows] == ["=小麻", "小满"]
        assert rows[1].number == "0007"
        assert rows[1].consent == "2026-09-01"


@pytest.mark.parametrize("make", [as_csv, as_xlsx])
def test_forbidden_data_is_on_no_page_and_in_no_file(
    make: Callable[..., bytes], door: Door, schools: Schools
) -> None:
    client = door("tuanwei")
    sent = send(client, schools, make(EVERYTHING), name=f"{FORBIDDEN_WORDS[-2]}.csv")

    pages = [client.get(sent.location), client.get(f"{sent.location}/refused.csv")]
    client.post(f"{sent.location}/application", data={"seen": seen_in(pages[0].text)})
    pages += [client.get(sent.location), client.get(f"{sent.location}/refused.csv")]

    assert "读的时候已经丢掉" in pages[0].text
    assert "民族" in pages[0].text
    for page in pages:
        assert page.status_code == 200
        assert not [word for word in FORBIDDEN_WORDS if word in page.text]


def test_templates_read_back_and_their_examples_are_refused(
    app: Flask, door: Door, schools: Schools
) -> None:
    client = door("tuanwei")

    for language in ("zh_Hans", "en"):
        client.set_cookie("penpal_lang", language)
        for name in ("template.xlsx", "template.csv"):
            answer = client.get(f"/schools/{schools.school_id}/roster/{name}")
            sheet = reading.read(answer.data)
            sent = send(client, schools, answer.data)
            page = client.get(sent.location).text

            assert len(sheet.headings) == 6
            assert len(sheet.rows) == 2
            assert sheet.dropped_values == 0
            assert 'name="seen"' not in page


def test_the_door_stays_shut_for_who_never_brings_a_roster_in(door: Door, schools: Schools) -> None:
    sent = send(door("tuanwei"), schools, as_csv(ROWS))
    for who in ("linxiao", "banzhuren"):
        client = door(who)
        for path in ("", "/template.csv", "/template.xlsx"):
            answer = client.get(f"/schools/{schools.school_id}/roster{path}")
            assert answer.status_code in (403, 404)
        assert send(client, schools, as_csv(ROWS)).status_code in (403, 404)
        for path in ("", "/refused.csv", "/refused.xlsx"):
            assert client.get(sent.location + path).status_code in (403, 404)
        for path in ("/application", "/cancellation"):
            assert client.post(sent.location + path).status_code in (403, 404)


def test_an_upload_is_found_under_its_own_school_alone(door: Door, schools: Schools) -> None:
    sent = send(door("tuanwei"), schools, as_csv(ROWS))
    elsewhere = sent.location.replace(f"/{schools.school_id}/", f"/{schools.neighbour_id}/")

    assert door("tuanwei").get(elsewhere).status_code == 404


def test_only_schools_have_a_roster(door: Door, schools: Schools) -> None:
    assert door("tuanwei").get(f"/schools/{schools.class_id}/roster").status_code == 404


def test_who_is_signed_out_is_asked_to_sign_in(app: Flask, schools: Schools) -> None:
    answer = app.test_client().get(f"/schools/{schools.school_id}/roster")

    assert answer.status_code in (302, 401)
