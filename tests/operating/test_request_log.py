"""The log: one line a request, enough to find what went wrong, and nothing of anybody in it."""

from __future__ import annotations

import ast
import logging
import re
import threading
from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.config import ROOT
from penpal.kernel import logs
from penpal.kernel.db import session, transaction
from penpal.operating.requests import HEADER, Watch, fresh_number
from tests.conftest import SignedIn
from tests.letters.writing import KEY
from tests.operating.conftest import Log, watch_of

MARK = "markedwords"
"""Stands in every text, name and query of these tests, and may stand in no line."""


def test_each_request_is_one_line_with_what_an_operator_needs(
    as_: SignedIn, client: FlaskClient, log: Log
) -> None:
    page = as_("xiaohe").get("/letters")
    client.get("/no-such-page")

    first, second = log.of_requests()
    assert set(first) == {
        "at", "level", "event", "request", "endpoint", "method", "status", "ms", "actor"
    }  # fmt: skip
    assert first["endpoint"] == "letters.mailbox"
    assert (first["method"], first["status"], first["actor"]) == ("GET", 200, "student")
    assert first["request"] == page.headers[HEADER]
    assert (second["endpoint"], second["status"], second["actor"]) == ("nowhere", 404, "nobody")


def test_numbers_are_short_and_read_well_aloud() -> None:
    numbers = {fresh_number() for _ in range(1000)}

    assert len(numbers) == 1000
    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{8}", each) for each in numbers)


def test_machines_that_ask_all_the_time_leave_no_lines(client: FlaskClient, log: Log) -> None:
    client.get("/healthz")
    client.get("/readyz")

    assert log.of_requests() == []


def test_a_socket_is_one_line_when_it_closes_and_no_error(app: Flask, log: Log) -> None:
    def speaks_past_wsgi(_environ: object, _start: object) -> list[bytes]:
        return []

    def breaks(_environ: object, _start: object) -> list[bytes]:
        raise ValueError(MARK)

    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/socket.io/", "QUERY_STRING": MARK}
    layer = watch_of(app)
    for inner in (speaks_past_wsgi, breaks):
        watch = Watch(app, inner, app.extensions["penpal.settings"])
        watch.writes = layer.writes
        with suppress(ValueError):
            watch(dict(asked), lambda *_: None)

    closed, broken = log.of_requests()
    assert (closed["endpoint"], closed["status"], closed["level"]) == ("socket", 101, "info")
    assert (broken["endpoint"], broken["status"], broken["level"]) == ("socket", 500, "error")
    assert MARK not in log.text


def test_an_unknown_method_is_not_repeated(client: FlaskClient, log: Log) -> None:
    client.open("/letters", method=MARK.upper())

    assert log.of_requests()[0]["method"] == "OTHER"
    assert MARK.upper() not in log.text


def test_an_error_says_its_number_on_the_page_in_the_header_and_in_the_log(
    app: Flask, as_: SignedIn, log: Log
) -> None:
    app.view_functions["letters.mailbox"], kept = _raising, app.view_functions["letters.mailbox"]
    try:
        answer = as_("xiaohe").get(f"/letters?words={MARK}")
    finally:
        app.view_functions["letters.mailbox"] = kept

    number = answer.headers[HEADER]
    assert answer.status_code == 500
    assert number in answer.text
    error, line = log.lines
    assert error["event"] == "unexpected"
    assert error["request"] == line["request"] == number
    assert error["endpoint"] == "letters.mailbox"
    assert error["error"][0]["kind"] == "builtins.ValueError"
    assert any("_raising" in place for place in error["error"][0]["at"])
    assert MARK not in log.text


def _raising() -> None:
    raise ValueError(f"what somebody wrote: {MARK}")


_raising.permission = None  # type: ignore[attr-defined]


def test_what_people_write_ask_for_and_are_called_stands_in_no_line(
    app: Flask, as_: SignedIn, client: FlaskClient, log: Log
) -> None:
    with transaction() as current:
        current.execute(sa.text(f"UPDATE person SET name = '{MARK}', display_name = '{MARK}'"))
    xiaohe, teacher = as_("xiaohe"), as_("teacher_bj")
    letter = {"key": KEY, "body": f"{MARK} 你好", "envelope": "sealed", "action": "send"}

    for browser in (xiaohe, teacher, client):
        browser.get(f"/letters/search?words={MARK}")
        browser.get(f"/{MARK}?next={MARK}", headers={"Referer": f"/{MARK}", "User-Agent": MARK})
        browser.post("/letters", data=letter)
        browser.put(f"/letters/drafts/{MARK}", data=letter | {"body": MARK})
        browser.post("/profile", data={"introduction": MARK})
        browser.post("/tell", data={"words": MARK, "key": MARK})
        browser.post("/sign-in", data={"login_name": MARK, "password": MARK})
        browser.post("/activate", data={"code": MARK, "display_name": MARK, "password": MARK})

    assert len(log.of_requests()) == 24
    assert MARK not in log.text
    assert "xiaohe" not in log.text


@pytest.mark.usefixtures("app")
def test_an_error_of_the_database_tells_its_constraint_and_no_value(log: Log) -> None:
    insert = sa.text(
        "INSERT INTO person (kind, login_name, name, display_name, created_at, is_demo) "
        "VALUES ('student', 'xiaohe', :name, :name, '2026-09-01', false)"
    )
    with pytest.raises(sa.exc.IntegrityError) as raised, transaction() as current:
        current.execute(insert, {"name": MARK})

    logs._of_thread(threading.ExceptHookArgs((raised.type, raised.value, None, None)))

    assert "login_name" in log.text
    assert "xiaohe" not in log.text
    assert MARK not in log.text
    session().rollback()


def test_what_libraries_log_is_told_without_what_they_filled_in(app: Flask, log: Log) -> None:
    gunicorn, flask = logging.getLogger("gunicorn.error"), app.logger
    try:
        raise KeyError(MARK)
    except KeyError as problem:
        gunicorn.exception("Error handling request %s", f"/letters?words={MARK}")
        gunicorn.exception(problem)
        flask.error(f"Exception on /{MARK} [GET]", exc_info=True)
        logging.getLogger("huey").warning("Task %s was revoked", MARK)
    gunicorn.warning(f"Invalid request from ip=10.0.0.1: GET /{MARK}")

    assert len(log.lines) == 5
    assert log.lines[0]["event"] == "Error handling request %s"
    assert log.lines[0]["error"][0]["kind"] == "builtins.KeyError"
    assert MARK not in log.text
    assert "10.0.0.1" not in log.text


def test_a_thread_that_fails_is_told_in_the_same_form(app: Flask, log: Log) -> None:
    def fail() -> None:
        raise ValueError(MARK)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    assert log.lines[0]["event"] == "thread_failed"
    assert MARK not in log.text


FIELDS = {
    "attempt",
    "book",
    "bytes",
    "endpoint",
    "event_kind",
    "exc_info",
    "issue",
    "job",
    "kind",
    "lines",
    "mail",
    "photos",
    "problem",
    "socket_event",
    "trouble",
}
"""What our own lines may carry; a new one is added here when it was looked at."""


def test_our_own_lines_carry_these_fields_and_no_others() -> None:
    found = set()
    for file in (ROOT / "penpal").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and re.fullmatch(
                r"log\.(debug|info|warning|error|exception|critical)", ast.unparse(node.func)
            ):
                assert isinstance(node.args[0], ast.Constant), f"{file.name}:{node.lineno}"
                found |= {str(word.arg) for word in node.keywords}

    assert found <= FIELDS


def test_a_text_that_gets_into_a_field_all_the_same_is_only_counted(app: Flask, log: Log) -> None:
    logs.structlog.get_logger().error("something", trouble=f"{MARK} 小禾", job="rosters.read")

    assert log.lines[0]["trouble"] == "… (14)"
    assert log.lines[0]["job"] == "rosters.read"
