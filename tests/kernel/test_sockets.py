"""Sockets on a real server: who may hold one, where it listens, when it must go."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from simple_websocket import ConnectionClosed

from penpal.accounts import services as accounts
from penpal.accounts import sockets as account_sockets
from penpal.accounts.models import SignIn
from penpal.kernel import clock, live, wires
from penpal.kernel.db import transaction
from tests.cast import Cast
from tests.conftest import SignedIn, _app, _fill
from tests.letters.writing import composed
from tests.wires import Socket, cookie_of, gone, serving, token_of, turned_away


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, int]]:
    """The application on a port. Sockets belong to the process, so it is one of its own, on SQLite."""
    app = _app(tmp_path_factory.mktemp("sockets"))
    _fill(app)
    with serving(app) as port:
        yield app, port


@pytest.fixture
def app(served: tuple[Flask, int]) -> Iterator[Flask]:
    with served[0].app_context():
        yield served[0]


@pytest.fixture
def port(served: tuple[Flask, int]) -> int:
    return served[1]


Open = Callable[[FlaskClient], Socket]


@pytest.fixture
def sockets(port: int) -> Iterator[list[Socket]]:
    """Every socket of a test is closed at its end, and the server has seen it go."""
    found: list[Socket] = []
    yield found
    for socket in found:
        socket.close()
    gone()


@pytest.fixture
def open_(port: int, sockets: list[Socket]) -> Open:
    def connect(browser: FlaskClient) -> Socket:
        sockets.append(Socket(port, cookie_of(browser)))
        return sockets[-1]

    return connect


def test_whoever_is_not_signed_in_gets_no_handshake(app: Flask, port: int) -> None:
    with turned_away():
        Socket(port)
    with turned_away():
        Socket(port, cookie="made-up")

    asked = app.test_client().get("/socket.io/?EIO=4&transport=polling")
    assert asked.status_code == 403
    assert asked.get_data() == b""


def test_a_page_of_another_site_gets_no_handshake(app: Flask, port: int, as_: SignedIn) -> None:
    cookie = cookie_of(as_("xiaohe"))

    for origin in ("https://example.org", "null", f"http://127.0.0.1:{port + 1}"):
        with turned_away():
            Socket(port, cookie, origin)
    assert as_("xiaohe").get("/socket.io/?EIO=4&transport=websocket").status_code == 403


def test_a_page_of_ours_joins_the_room_of_its_person(
    as_: SignedIn, cast: Cast, open_: Open
) -> None:
    browser = as_("xiaohe")
    other = as_("xiaomai")
    mine, hers = open_(browser), open_(other)
    assert str(mine.join(token_of(browser))).startswith("40{")
    assert str(hers.join(token_of(other))).startswith("40{")

    live.tell(cast.person("xiaohe").id, "letter.arrived", {"number": 7})

    assert mine.read() == '42["letter.arrived",{"number":7}]'
    assert hers.wire.receive(timeout=0.3) is None


def test_a_letter_that_is_sent_is_told_to_the_partners_page(as_: SignedIn, open_: Open) -> None:
    reader = as_("xiaomai")
    page = open_(reader)
    page.join(token_of(reader))

    as_("xiaohe").post("/letters", data=composed(body="你好，小麦。"))

    told = str(page.read())
    assert told.startswith('42["notice"')
    assert "你好" not in told


def test_a_socket_without_its_pages_token_is_turned_away(as_: SignedIn, open_: Open) -> None:
    browser = as_("xiaohe")
    of_another = token_of(as_("xiaomai"))
    of_an_older_session = token_of(as_("xiaohe"))

    for token in (None, "", "made-up", of_another, of_an_older_session, 7, ["x"]):
        said = open_(browser).join(token)
        assert str(said).startswith("44"), token


def test_a_client_cannot_name_a_room(as_: SignedIn, cast: Cast, open_: Open) -> None:
    browser = as_("xiaolin")
    page = open_(browser)
    page.join(token_of(browser))
    for name in ("join", "join_room", "subscribe", "room"):
        page.wire.send("42" + json.dumps([name, live.room_of(cast.person("xiaohe").id)]))

    live.tell(cast.person("xiaohe").id, "letter.arrived", {"number": 7})

    assert page.wire.receive(timeout=0.3) is None


def test_one_person_holds_no_more_than_a_few(app: Flask, as_: SignedIn, open_: Open) -> None:
    browser = as_("xiaohe")
    token = token_of(browser)
    most = app.extensions["penpal.settings"].sockets_per_person
    held = [open_(browser) for _ in range(most)]
    assert all(str(socket.join(token)).startswith("40{") for socket in held)

    assert str(open_(browser).join(token)).startswith("44")

    held.pop().close()
    deadline = time.monotonic() + 60
    while not str(open_(browser).join(token)).startswith("40{"):
        assert time.monotonic() < deadline, "a page that was closed keeps its place"
        time.sleep(0.1)


def test_signing_out_closes_the_sockets_of_that_person_alone(as_: SignedIn, open_: Open) -> None:
    browser, other = as_("xiaohe"), as_("xiaomai")
    mine, hers = open_(browser), open_(other)
    mine.join(token_of(browser))
    hers.join(token_of(other))

    browser.post("/sign-out")

    assert mine.overheard() == ["chat.out", "out", "closed"]
    assert hers.wire.receive(timeout=0.3) is None


def test_a_socket_that_is_let_in_while_its_person_signs_out_does_not_stay(
    app: Flask, as_: SignedIn, open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_("xiaohe")
    page = open_(browser)
    token = token_of(browser)
    admit = live.admit

    def late(*words: int | str, **more: int) -> bool:
        # In another thread, as another request of hers: after the question, before the room.
        leaving = threading.Thread(target=browser.post, args=["/sign-out"])
        leaving.start()
        leaving.join(timeout=60)
        return admit(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(live, "admit", late)

    assert str(page.join(token)).startswith("44")
    assert not live._open


def test_a_person_whose_sessions_end_can_open_no_more(as_: SignedIn, cast: Cast, port: int) -> None:
    browser = as_("xiaohe")
    cookie = cookie_of(browser)
    accounts.sign_out_everywhere(by=cast.actor("xiaohe"))

    with turned_away():
        Socket(port, cookie)


@pytest.mark.parametrize(
    "change",
    [
        {"last_seen_at": clock.now() - timedelta(hours=1, minutes=1)},
        {"expires_at": clock.now()},
        {"ended_at": clock.now()},
    ],
    ids=["idle", "run out", "ended in another process"],
)
def test_a_socket_goes_with_its_session(
    as_: SignedIn, cast: Cast, open_: Open, change: dict[str, datetime]
) -> None:
    first, second, child = as_("teacher_bj"), as_("teacher_bj"), as_("xiaohe")
    over, running, other = open_(first), open_(second), open_(child)
    for socket, browser in ((over, first), (running, second), (other, child)):
        assert str(socket.join(token_of(browser))).startswith("40{")
    number = min(live.opened_in().values())
    with transaction() as current:
        current.execute(sa.update(SignIn).where(SignIn.id == number).values(**change))

    account_sockets.sweep()
    live.tell(cast.person("teacher_bj").id, "letter.arrived", {"number": 7})

    assert over.overheard() == ["chat.out", "out", "closed"]
    assert running.read() == '42["letter.arrived",{"number":7}]'
    assert other.wire.receive(timeout=0.3) is None
    assert number not in live.opened_in().values()
    with turned_away():
        open_(first)


def test_a_server_sweeps_by_itself(
    app: Flask, as_: SignedIn, open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_("teacher_bj")
    page = open_(browser)
    page.join(token_of(browser))
    monkeypatch.setattr(account_sockets, "SWEEP_SECONDS", 0.2)
    with transaction() as current:
        long_ago = clock.now() - timedelta(hours=2)
        current.execute(sa.update(SignIn).values(last_seen_at=long_ago))

    ended = account_sockets.begin_sweeping(app)

    told = page.heard("chat.out")
    ended.set()
    assert told["words"]


def test_a_frame_over_the_limit_closes_the_connection(as_: SignedIn, open_: Open) -> None:
    browser = as_("xiaohe")
    page = open_(browser)
    page.join(token_of(browser))

    page.wire.send("42" + json.dumps(["note", "x" * (wires.MAX_FRAME - 100)]))
    assert page.wire.receive(timeout=0.3) is None
    page.wire.send("42" + json.dumps(["note", "x" * wires.MAX_FRAME]))

    with pytest.raises(ConnectionClosed):
        page.wire.receive(timeout=60)


def test_nothing_is_told_to_a_socket_that_is_about_to_be_closed(
    as_: SignedIn, cast: Cast, open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_("xiaohe")
    page = open_(browser)
    page.join(token_of(browser))
    late: list[str] = []
    monkeypatch.setattr(live, "_hang_up", late.append)

    live.eject(cast.person("xiaohe").id)
    live.tell(cast.person("xiaohe").id, "letter.arrived", {"number": 7})

    assert page.overheard() == ["chat.out"]
    monkeypatch.undo()
    live._hang_up(late[0])
    assert page.overheard() == ["out", "closed"]
