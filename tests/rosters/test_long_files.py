"""Long files are read and written behind the page, and can be called off until the end."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextvars import Context

import pytest
from flask import Flask
from flask.testing import FlaskClient
from huey import Huey
from werkzeug.test import TestResponse

from penpal.accounts.models import Enrolment
from penpal.kernel import clock, sealing
from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.rosters import planning, reading, services, uploads, watching
from penpal.rosters.models import RosterHeading, RosterUpload, Stage
from tests.house.conftest import stored
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import EVERYTHING, FORBIDDEN_WORDS, HEADINGS, as_csv

Door = Callable[[str], FlaskClient]
ROWS = [
    HEADINGS,
    *[["初二(1)班", f"{n:04}", f"小禾{chr(0x4E00 + n)}", "2012-05", "是"] for n in range(30)],
]
UNKNOWN = [["所属", "校内代码", "称呼", "备用"], ["初二(1)班", "0301", "小禾", "爱画画"]]


@pytest.fixture
def queue(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Huey]:
    """The queue, with everything counting as long and each row worth a word."""
    monkeypatch.setattr(uploads, "READ_AT_ONCE", 10)
    monkeypatch.setattr(uploads, "WRITE_AT_ONCE", 10)
    monkeypatch.setattr(reading, "_OFTEN", 1)
    monkeypatch.setattr(planning, "_OFTEN", 1)
    found: Huey = app.extensions["penpal.queue"]
    found.flush()
    yield found
    found.flush()


def work(queue: Huey) -> None:
    """What a worker does: one job, in a context of its own."""
    task = queue.dequeue()
    assert task is not None
    Context().run(queue.execute, task)
    session().rollback()


def send(client: FlaskClient, school_id: int, rows: list[list[str]]) -> TestResponse:
    return client.post(
        f"/schools/{school_id}/roster/uploads",
        data={"file": (io.BytesIO(as_csv(rows)), "名册.csv")},
    )


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def upload() -> RosterUpload:
    session().rollback()
    found = session().query(RosterUpload).one()
    return found


def test_a_long_file_is_read_and_written_by_jobs(door: Door, schools: Schools, queue: Huey) -> None:
    client = door("tuanwei")
    before = len(stored(Enrolment))

    sent = send(client, schools.school_id, ROWS)
    waiting = client.get(sent.location).text
    word = client.get(f"{sent.location}/progress").json
    work(queue)
    checked = client.get(sent.location).text
    client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})
    client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})
    writing = client.get(sent.location).text
    work(queue)
    done = client.get(sent.location).text

    assert "正在读名册" in waiting
    assert "<progress" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert word == {"runs": True, "percent": None}
    assert "还什么都没有写入" in checked
    assert "正在写入名册" in writing
    assert "名册收好了" in done
    assert len(stored(Enrolment)) == before + 30
    assert queue.dequeue() is None


def test_until_it_is_read_nobody_can_read_it(door: Door, schools: Schools, queue: Huey) -> None:
    sent = send(door("tuanwei"), schools.school_id, EVERYTHING)
    before = repr(stored(RosterUpload))
    sealed = upload().sealed
    work(queue)
    after = repr(stored(RosterUpload))

    assert sent.status_code == 302
    assert sealed is not None
    for word in (*FORBIDDEN_WORDS, "小禾"):
        assert word not in before
        assert word.encode() not in sealed
    assert upload().sealed is None
    assert "小禾" in repr(upload().sheet)
    assert not [word for word in FORBIDDEN_WORDS if word in repr(upload().sheet) + after]


def test_an_unreadable_long_file_is_answered_on_the_form(
    door: Door, schools: Schools, queue: Huey
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, [["书名", "作者"], ["草房子", "曹文轩"]])
    work(queue)

    answer = client.get(sent.location)

    assert answer.status_code == 422
    assert "没有找到表头" in answer.text
    assert upload().stage is Stage.FAILED


def test_reading_that_is_called_off_stops_and_leaves_nothing(
    door: Door, schools: Schools, queue: Huey, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, ROWS)
    heard: list[int] = []

    def call_off(watch: watching.Watch, done: int, all_: int) -> None:
        heard.append(done)
        if done == 3:
            client.post(f"{sent.location}/cancellation")
        _said(watch, done, all_)

    _said = watching.Watch.__call__
    monkeypatch.setattr(watching.Watch, "__call__", call_off)
    work(queue)

    assert heard == [1, 2, 3]
    assert stored(RosterUpload) == []
    assert client.get(sent.location).status_code == 404


def test_writing_that_is_called_off_leaves_the_school_as_it_was(
    door: Door, schools: Schools, queue: Huey, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, ROWS)
    work(queue)
    checked = client.get(sent.location).text
    before = stored(Enrolment), stored(Unit)
    client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})

    def call_off(watch: watching.Watch, done: int, all_: int) -> None:
        if done == all_:
            # The last moment: people are inserted, and not yet enrolled.
            watch.call_off()
        _said(watch, done, all_)

    _said = watching.Watch.__call__
    monkeypatch.setattr(watching.Watch, "__call__", call_off)
    work(queue)
    client.post(f"{sent.location}/cancellation")

    assert (stored(Enrolment), stored(Unit)) == before
    assert stored(RosterUpload) == []


def test_a_job_that_was_lost_gives_back_what_was_read(
    door: Door, schools: Schools, queue: Huey, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, ROWS)
    work(queue)
    checked = client.get(sent.location).text
    client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})
    queue.flush()
    later = clock.now() + uploads.PATIENCE * 2
    monkeypatch.setattr(clock, "now", lambda: later)

    lost = client.get(sent.location).text
    client.post(f"{sent.location}/application", data={"seen": seen_in(lost)})
    work(queue)

    assert "还什么都没有写入" in lost
    assert upload().stage is Stage.APPLIED


def test_a_job_that_was_lost_while_reading_says_so_and_drops_the_file(
    door: Door, schools: Schools, queue: Huey, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, ROWS)
    later = clock.now() + uploads.PATIENCE * 2
    monkeypatch.setattr(clock, "now", lambda: later)

    lost = client.get(sent.location)
    work(queue)

    assert lost.status_code == 422
    assert "再传一次" in lost.text
    assert upload().sealed is None
    assert upload().stage is Stage.FAILED


def test_what_nobody_came_back_for_is_swept_out(
    door: Door, schools: Schools, queue: Huey, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(door("tuanwei"), schools.school_id, ROWS)
    send(door("linxiao"), schools.neighbour_id, UNKNOWN)
    work(queue)
    work(queue)
    uploads.forget_sealed()
    assert len(stored(RosterUpload)) == 2

    later = clock.now() + uploads.SEALED_LIVES * 1.1
    monkeypatch.setattr(clock, "now", lambda: later)
    uploads.forget_sealed()

    assert upload().stage is Stage.CHECKED


def test_who_lost_the_office_meanwhile_writes_nothing(
    door: Door, schools: Schools, queue: Huey
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, ROWS)
    work(queue)
    checked = client.get(sent.location).text
    client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})
    task = queue.dequeue()
    task.kwargs["person_id"] = schools.outsider_id

    Context().run(queue.execute, task)

    assert upload().stage is Stage.CHECKED
    assert "不归你做" in upload().trouble


def test_two_secretaries_at_once_do_not_write_over_each_other(
    door: Door, app: Flask, schools: Schools, queue: Huey
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, ROWS)
    work(queue)
    checked = client.get(sent.location).text
    client.post(f"{sent.location}/application", data={"seen": seen_in(checked)})
    services.apply(schools.school, reading.read(as_csv([HEADINGS, ROWS[1]])), by=schools.secretary)

    work(queue)

    page = client.get(sent.location).text
    assert "学校的名册变了" in page
    assert upload().stage is Stage.CHECKED


def test_columns_are_explained_once_and_remembered(
    door: Door, schools: Schools, queue: Huey
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, UNKNOWN)
    work(queue)
    asked = client.get(sent.location).text

    twice = client.post(
        f"{sent.location}/headings",
        data={"column-0": "class", "column-1": "number", "column-2": "number"},
    )
    lacking = client.post(f"{sent.location}/headings", data={"column-0": "class", "column-9": "x"})
    told = client.post(
        f"{sent.location}/headings",
        data={"column-0": "class", "column-1": "number", "column-2": "name", "column-3": ""},
    )
    checked = client.get(sent.location).text
    again = send(client, schools.school_id, UNKNOWN)
    work(queue)
    second = client.get(again.location).text

    assert "这些列是什么" in asked
    assert "0301" in asked
    assert "两列不能是同一样东西" in twice.text
    assert "“学号”" in lacking.text
    assert (twice.status_code, lacking.status_code, told.status_code) == (422, 422, 302)
    assert "小禾" in checked
    assert "还什么都没有写入" in second
    assert [row.heading for row in session().query(RosterHeading)] == ["所属", "校内代码", "称呼"]


def test_a_heading_can_be_forgotten_by_its_own_school_alone(
    door: Door, schools: Schools, queue: Huey
) -> None:
    client = door("tuanwei")
    sent = send(client, schools.school_id, UNKNOWN)
    work(queue)
    client.post(
        f"{sent.location}/headings",
        data={"column-0": "class", "column-1": "number", "column-2": "name"},
    )
    heading = session().query(RosterHeading).first()
    assert heading is not None
    path = f"/roster/headings/{heading.id}/forgetting"

    foreign = door("linxiao").post(f"/schools/{schools.neighbour_id}{path}")
    teacher = door("banzhuren").post(f"/schools/{schools.school_id}{path}")
    assert len(stored(RosterHeading)) == 3
    own = client.post(f"/schools/{schools.school_id}{path}")

    assert (foreign.status_code, teacher.status_code, own.status_code) == (404, 403, 302)
    assert len(stored(RosterHeading)) == 2


def test_only_the_browser_that_sent_a_file_can_explain_it(
    door: Door, schools: Schools, queue: Huey
) -> None:
    sent = send(door("tuanwei"), schools.school_id, UNKNOWN)
    work(queue)
    other = door("tuanwei")

    page = other.get(sent.location).text
    told = other.post(f"{sent.location}/headings", data={"column-0": "class"})

    assert "另一个浏览器" in page
    assert "小禾" not in page + told.text
    assert upload().stage is Stage.ASKING


def test_a_seal_opens_with_its_own_key_alone() -> None:
    key, other = sealing.fresh_key(), sealing.fresh_key()
    text = "\0名册".encode()
    sealed = sealing.seal(text, key)

    assert sealing.unseal(sealed, key) == text
    assert sealing.unseal(sealing.seal(b"", key), key) == b""
    assert sealing.seal(text, key) != sealed
    for wrong, with_key in ((sealed, other), (sealed[:-1] + b"!", key), (b"short", key)):
        with pytest.raises(sealing.WrongKey):
            sealing.unseal(wrong, with_key)


def test_a_school_s_files_and_transfers_on_their_pages(door: Door, schools: Schools) -> None:
    client = door("tuanwei")
    row = ["初二(1)班", "0101", "小禾", "2012-05", "是"]
    services.apply(schools.school, reading.read(as_csv([HEADINGS, row])), by=schools.secretary)
    base = f"/schools/{schools.school_id}/roster"

    files = [client.get(f"{base}/students.{ending}") for ending in ("csv", "xlsx")]
    own = [
        door("banzhuren").get(f"/classes/{schools.class_id}/slips/{name}")
        for name in ("students.csv", "students.xlsx", "list.xlsx")
    ]
    given = client.post(f"{base}/transfers", data={"number": "0101"})
    page = client.get(f"{base}/transfers").text
    wrong = client.post(f"{base}/arrivals", data={"code": "nothing", "number": "1"})

    for answer in (*files, *own):
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        # The server refuses a header with anything else in it.
        assert answer.headers["Content-Disposition"].isascii()
        assert "no-store" in answer.headers["Cache-Control"]
    assert given.status_code == 302
    assert "小禾" in page
    assert wrong.status_code == 422
    assert "转学码没对上" in wrong.text
    for who in ("linxiao", "banzhuren"):
        for path in ("/transfers", "/students.csv", "/students.xlsx"):
            assert door(who).get(base + path).status_code in (403, 404)
        for path in ("/transfers", "/arrivals"):
            assert door(who).post(base + path).status_code in (403, 404)
