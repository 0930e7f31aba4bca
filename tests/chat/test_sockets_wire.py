"""One connection by itself: what it costs, what it does with frames of any kind, and with an end that takes nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import (
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    TextMessage,
)

from penpal.kernel import live, wires
from penpal.kernel.db import db
from penpal.kernel.websockets import Wire
from tests.cast import Cast
from tests.chat import talking
from tests.conftest import SignedIn, _sqlite
from tests.wires import Socket, cookie_of, gone, serving, token_of

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@dataclass
class Line:
    """Both ends of a connection: ours with a thread that hears, theirs as raw bytes."""

    ours: Wire
    theirs: socket.socket
    client: Connection = field(default_factory=lambda: Connection(ConnectionType.CLIENT))
    heard: list[str | None] = field(default_factory=list)
    writers: list[threading.Thread] = field(default_factory=list)

    def listen(self) -> threading.Thread:
        def hear() -> None:
            while (frame := self.ours.hear()) is not None:
                self.heard.append(frame)
            self.ours.close()

        listening = threading.Thread(target=hear, daemon=True)
        listening.start()
        return listening

    def send(self, *events: Event) -> None:
        for event in events:
            self.theirs.sendall(self.client.send(event))

    def told(self, most: int = 1) -> list[Event]:
        """What comes to the other end, until so much has come or the line is over."""
        found: list[Event] = []
        while len(found) < most and (came := self.theirs.recv(65_536)):
            self.client.receive_data(came)
            found += self.client.events()
        return found


@pytest.fixture
def line() -> Iterator[Line]:
    one, other = socket.socketpair()
    writers: list[threading.Thread] = []

    def begin(work: object) -> None:
        writers.append(threading.Thread(target=work, daemon=True))  # type: ignore[arg-type]
        writers[-1].start()

    other.settimeout(20)
    ours = Wire(one, begin)
    ours.shake_hands(KEY)
    answer = other.recv(4096).decode()
    assert "101 Switching Protocols" in answer
    # The example of RFC 6455, 1.3.
    assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
    assert "Extensions" not in answer
    yield Line(ours, other, writers=writers)
    ours.close()
    other.close()


def test_frames_come_whole_and_pings_are_answered_and_a_close_is_returned(line: Line) -> None:
    listening = line.listen()

    line.send(
        TextMessage("一", message_finished=False),
        Ping(b"?"),
        TextMessage("二", message_finished=False),
        TextMessage("三"),
        TextMessage("四"),
        CloseConnection(1000),
    )
    told = line.told(2)
    listening.join(timeout=20)

    assert line.heard == ["一二三", "四"]
    assert isinstance(told[0], Pong)
    assert isinstance(told[1], CloseConnection)
    assert told[1].code == 1000


@pytest.mark.parametrize(
    "kind", ["long", "many parts", "long in bytes", "binary", "unmasked", "bits", "flood"]
)
def test_what_no_page_sends_ends_the_connection(line: Line, kind: str) -> None:
    listening = line.listen()

    half = "x" * (wires.MAX_FRAME // 2 + 1)
    if kind == "long":
        line.send(TextMessage("x" * (wires.MAX_FRAME + 1)))
    elif kind == "many parts":
        line.send(TextMessage(half, message_finished=False), TextMessage(half))
    elif kind == "long in bytes":
        line.send(TextMessage("字" * (wires.MAX_FRAME // 3 + 1)))
    elif kind == "binary":
        line.send(BytesMessage(b"4x"))
    elif kind == "flood":
        line.theirs.sendall(line.client.send(TextMessage("3")) * (wires.FLOOD + 1))
    elif kind == "unmasked":
        line.theirs.sendall(b"\x81\x01x")
    else:
        line.theirs.sendall(b"\xc1\x81\0\0\0\0x")
    told = line.told()[0]
    listening.join(timeout=20)

    expected = {"binary": 1003, "unmasked": 1002, "bits": 1002, "flood": 1008}
    assert isinstance(told, CloseConnection)
    assert told.code == expected.get(kind, 1009)
    assert len(line.heard) < wires.FLOOD if kind == "flood" else line.heard == []


def test_after_goodbye_nothing_is_heard_or_said(line: Line) -> None:
    listening = line.listen()

    line.ours.hang_up()
    line.ours.say("nothing")
    line.send(TextMessage("still here"))
    told = line.told()
    line.send(told[0].response())  # type: ignore[attr-defined]
    listening.join(timeout=20)

    assert [type(event) for event in told] == [CloseConnection]
    assert line.heard == []
    assert not listening.is_alive()
    assert line.theirs.recv(10) == b""


def test_an_end_that_takes_nothing_holds_up_nobody_and_gets_all_in_order_once_it_does(
    line: Line,
) -> None:
    words = [f"{number:05}" + "x" * 20_000 for number in range(wires.BACKLOG // 2)]

    begun = time.monotonic()
    for word in words:
        line.ours.say(word)
    took = time.monotonic() - begun
    parts: list[str] = []
    while len("".join(parts)) < len("".join(words)):
        parts += [event.data for event in line.told() if isinstance(event, TextMessage)]
    line.ours.say("after")

    assert took < 5
    assert "".join(parts) == "".join(words)
    assert len(line.writers) < 5
    assert [event.data for event in line.told()] == ["after"]  # type: ignore[attr-defined]


def test_whoever_leaves_hundreds_of_frames_is_hung_up_on(line: Line) -> None:
    listening = line.listen()

    for _number in range(wires.BACKLOG + 100):
        line.ours.say("x" * 20_000)
    listening.join(timeout=20)
    for writer in line.writers:
        writer.join(timeout=20)

    assert not listening.is_alive()
    assert not any(writer.is_alive() for writer in line.writers)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, int]]:
    store = _sqlite(tmp_path_factory.mktemp("wire"))
    with store.app.app_context():
        talking.open_rooms(Cast())
    with serving(store.app) as port:
        yield store.app, port


@pytest.fixture
def app(served: tuple[Flask, int]) -> Iterator[Flask]:
    with served[0].app_context():
        yield served[0]
        gone()
        db.session.remove()


@pytest.fixture
def port(served: tuple[Flask, int]) -> int:
    return served[1]


def test_a_page_costs_one_thread_and_is_kept_while_it_answers_pings(
    app: Flask, port: int, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live.socketio.server is not None
    engine = live.socketio.server.eio
    monkeypatch.setattr(engine, "ping_interval", 0.5)
    monkeypatch.setattr(engine, "ping_timeout", 1.5)
    browsers = as_("xiaohe"), as_("xiaomai")
    for browser in browsers:
        # One that came and went: what a process starts once is there.
        page = Socket(port, cookie_of(browser))
        page.join(token_of(browser))
        page.close()
    gone()
    threads = threading.active_count()

    answers, silent = (Socket(port, cookie_of(browser)) for browser in browsers)
    for page, browser in ((answers, browsers[0]), (silent, browsers[1])):
        assert str(page.join(token_of(browser))).startswith("40{")
    costs = threading.active_count() - threads
    [connection, *_] = [sid for sid in engine.sockets if live.place_of(sid) is not None]
    kept = live.socketio.server.environ[connection]
    until = time.monotonic() + 5
    pings = 0
    while time.monotonic() < until:
        if answers.read(1) == "2":
            answers.write("3")
            pings += 1

    # The threads of this test's own two clients, and one of the server for each.
    assert costs <= 4
    assert pings >= 3
    assert silent.is_closed()
    assert not {"wsgi.input", "werkzeug.socket", "HTTP_SEC_WEBSOCKET_KEY"} & set(kept)
    answers.close()


def test_a_page_that_is_kept_waiting_is_not_taken_for_silent(
    app: Flask, port: int, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live.socketio.server is not None
    engine = live.socketio.server.eio
    monkeypatch.setattr(engine, "ping_interval", 0.3)
    monkeypatch.setattr(engine, "ping_timeout", 0.5)
    monkeypatch.setattr(live, "_heard", set(live._heard))
    goes_on = threading.Event()
    live.hear("test.waits", lambda *_said: goes_on.wait(20))
    browser = as_("xiaohe")
    page = Socket(port, cookie_of(browser))
    page.join(token_of(browser))

    page.write('42["test.waits",{}]')
    while page.read() != "2":
        pass
    page.write("3")
    # Longer than anybody may be silent; whatever is told asks whether they were.
    time.sleep(1.5)
    live.tell(Cast().person("xiaohe").id, "letter.arrived", {"number": 7})
    goes_on.set()

    assert page.heard("letter.arrived") == {"number": 7}
    assert page.ask("chat.enter", pair=Cast().pair().id, after=0)["ok"]
    page.close()
