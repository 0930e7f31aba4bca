"""Every event that pages may say × every role × own and other: what is answered, as a table a person has read.

The table (``socket_matrix.txt``) is made from the registry of events, so one that is new, gone or
answers otherwise fails here until its lines have been looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from sqlalchemy.engine import make_url

from penpal.accounts import hearing, sockets
from penpal.accounts.hearing import Event
from penpal.desk import matrix
from penpal.kernel import clock, live
from penpal.kernel.db import db, transaction
from tests.chat import talking
from tests.conftest import SignedIn, copy_database
from tests.house.conftest import World
from tests.house.test_matrix import PEOPLE, _appoint
from tests.wires import COOKIE, token_of

# Both databases keep the same rules; the file of this one is put back in a moment.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

TABLE = Path(__file__).with_name("socket_matrix.txt")
NO_SOCKET = "no socket"
REFUSED = (NO_SOCKET, "ended")
Answers = dict[str, dict[str, str]]


def _said(world: World) -> dict[str, object]:
    """What each event brings: something of 小禾's and 小麦's, or of their school's."""
    pair = {"pair": world.cast.pair().id}
    item = {"item": f"hold:{world.hold}"}
    board = {"board": world.cast.unit("bj-class").id}
    return {
        "chat.enter": pair | {"after": 0},
        "chat.say": pair | {"key": "said-over-the-wire", "body": "你好"},
        "chat.unsend": pair | {"line": world.lines["fresh"]},
        "chat.got": pair | {"sequence": 1},
        "chat.seen": pair | {"sequence": 1},
        "chat.typing": pair | {"on": True},
        "queue.look": item,
        "queue.here": item,
        "queue.left": item,
        "board.look": board,
        "board.here": board,
        "board.left": board,
    }


@contextmanager
def connected(app: Flask, browser: FlaskClient, token: str) -> Iterator[SocketIOTestClient | None]:
    """A socket of a page; None where it is turned away."""
    cookie = browser.get_cookie(COOKIE)
    headers = {"Cookie": f"{COOKIE}={cookie.value}"} if cookie else {}
    page = _apart(live.socketio.test_client, app, auth={"token": token}, headers=headers)
    try:
        yield page if page.is_connected() else None
    finally:
        if page.is_connected():
            _apart(page.disconnect)
        # The library's client stands in for the line, and does not step aside by itself.
        for name in ("_send_packet", "_send_eio_packet"):
            vars(live.socketio.server).pop(name, None)


def _apart(work: Callable[..., Any], *given: object, **named: object) -> Any:
    """In a context of its own, as on a thread of the server: the one of the test knows somebody already."""
    return Context().run(work, *given, **named)


def _answer(page: SocketIOTestClient | None, event: Event, said: object, enter: object) -> str:
    if page is None:
        return NO_SOCKET
    if event.name != "chat.enter":
        _apart(page.emit, "chat.enter", enter, callback=True)
    # Whoever is shown out is hung up on meanwhile, before the answer or after it.
    given = page.is_connected() and _apart(page.emit, event.name, said, callback=True)
    if not given:
        return "ended"
    return "yes" if given["ok"] else str(given["why"])


def test_each_event_answers_each_role_as_the_table_says(
    app: Flask, world: World, as_: SignedIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sockets, "FRESH_SECONDS", 0.0)
    _appoint(world.cast)
    talking.open_rooms(world.cast)
    world.lines["fresh"] = talking.say(world.cast, "刚说的", key="just-said").line.id
    said = _said(world)
    assert said.keys() == hearing.events.keys(), "say in _said() what a new event brings"
    visitors = list(_visitors(app, as_))
    there = Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
    whole = there.with_suffix(".wired")
    whole.unlink(missing_ok=True)
    copy_database(there, whole)
    answers: Answers = defaultdict(dict)

    for name, browser, token in visitors:
        with connected(app, browser, token) as page:
            for event in hearing.events.values():
                answer = _answer(page, event, said[event.name], said["chat.enter"])
                answers[event.name][name] = answer
                if answer == "yes":
                    db.session.remove()
                    copy_database(whole, there)

    for event in hearing.events.values():
        copy_database(whole, there)
        browser = as_("xiaohe")
        with connected(app, browser, token_of(browser)) as page:
            # By hand, so that nothing tells the process of it.
            with transaction():
                world.cast.person("xiaohe").disabled_at = clock.now()
            answer = _answer(page, event, said[event.name], said["chat.enter"])
            answers[event.name]["student, disabled meanwhile"] = answer

    found = _as_text(answers)
    (tmp_path / TABLE.name).write_text(found, encoding="utf-8")
    assert found.splitlines() == TABLE.read_text(encoding="utf-8").splitlines(), (
        f"read each line that differs; the table as it is now: {tmp_path / TABLE.name}"
    )
    _nobody_passes_whom_the_rulebook_never_lets_in(answers)


def _visitors(app: Flask, as_: SignedIn) -> Iterator[tuple[str, FlaskClient, str]]:
    yield "nobody", app.test_client(), ""
    for kind, own, other in PEOPLE:
        for who in filter(None, (own, other)):
            browser = as_(who)
            yield f"{kind} (other)" if who == other else kind, browser, token_of(browser)


def _as_text(answers: Answers) -> str:
    lines = []
    for event, by_visitor in sorted(answers.items()):
        lines.append(f"{event}  ({hearing.events[event].permission.value})")
        by_answer: dict[str, list[str]] = defaultdict(list)
        for visitor, answer in by_visitor.items():
            by_answer[answer].append(visitor)
        lines += [f"    {answer:10} {'; '.join(who)}" for answer, who in sorted(by_answer.items())]
    return "\n".join(lines) + "\n"


def _nobody_passes_whom_the_rulebook_never_lets_in(answers: Answers) -> None:
    for event, by_visitor in answers.items():
        permission = hearing.events[event].permission
        assert by_visitor["nobody"] == NO_SOCKET
        assert by_visitor["student, disabled meanwhile"] in REFUSED
        for visitor, answer in by_visitor.items():
            kind = visitor.removesuffix(" (other)").partition(",")[0]
            if kind != "nobody" and matrix.cell(permission, kind) == matrix.NEVER:
                assert answer in REFUSED, (event, visitor)
            assert not (visitor.endswith(" (other)") and answer == "yes"), (event, visitor)
