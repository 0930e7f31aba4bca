"""Two people on one item: who is told that somebody looks, and who can say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextvars import Context
from datetime import timedelta

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from penpal.kernel import clock, live
from penpal.kernel.access import Actor
from penpal.safeguarding import looking
from penpal.safeguarding.models import Report
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.telling import tell


@pytest.fixture
def report(cast: Cast) -> Iterator[Report]:
    """Told to the teacher of 小禾; her secretary may see it, too."""
    told = tell(cast)
    yield told
    for who in ("teacher_bj", "secretary_bj"):
        looking.left("report", told.id, cast.actor(who))


def told_by(cast: Cast, who: str, report: Report) -> list[int]:
    by = cast.actor(who)
    return list(looking.colleagues("report", report.id, by, report.class_.path))


class Socket:
    """A page's socket, which asks in a context of its own, as ``Visitor`` does."""

    def __init__(self, app: Flask, as_: SignedIn, who: str) -> None:
        browser = as_(who)
        found = re.search(r'name="live-token" content="([^"]+)"', browser.get("/account").text)
        assert found
        self.client: SocketIOTestClient = Context().run(
            live.socketio.test_client,
            app,
            flask_test_client=browser,
            auth={"token": found.group(1)},
        )

    def emit(self, event: str, said: object) -> None:
        Context().run(self.client.emit, event, said)

    def close(self) -> None:
        Context().run(self.client.disconnect)


def names(report: Report, asking: Actor) -> list[str]:
    return looking.others("report", report.id, asking)


def test_only_those_who_may_see_an_item_are_told_who_looks_at_it(
    cast: Cast, report: Report
) -> None:
    assert told_by(cast, "teacher_bj", report) == [cast.person("secretary_bj").id]
    assert told_by(cast, "secretary_bj", report) == [cast.person("teacher_bj").id]


def test_who_opened_it_within_the_last_minute_is_named_to_the_others_alone(
    cast: Cast, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, secretary = cast.actor("teacher_bj"), cast.actor("secretary_bj")
    looking.note("report", report.id, teacher)

    assert names(report, secretary) == ["班主任"]
    assert names(report, teacher) == []
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert names(report, secretary) == []


def test_a_socket_says_that_it_looks_only_at_what_its_person_may_see(
    app: Flask, cast: Cast, as_: SignedIn, report: Report
) -> None:
    secretary = cast.actor("secretary_bj")
    item = {"item": f"report:{report.id}"}

    for stranger in ("teacher_tj", "xiaohe"):
        other = Socket(app, as_, stranger)
        other.emit("queue.look", item)
        other.close()
    assert names(report, secretary) == []
    socket = Socket(app, as_, "teacher_bj")
    for nonsense in (None, 7, {"item": 7}, {"item": "report:x"}, {"item": "x" * 100}, {}):
        socket.emit("queue.look", nonsense)
    assert names(report, secretary) == []
    socket.emit("queue.look", item)

    assert names(report, secretary) == ["班主任"]
    socket.emit("queue.left", item)
    assert names(report, secretary) == []
    socket.close()
