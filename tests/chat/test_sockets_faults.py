"""What no page of ours sends: it ends at the door or in the connection, and nowhere as a fault."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from simple_websocket import ConnectionClosed

from penpal.accounts import hearing, sockets
from penpal.accounts.limits import limiter
from penpal.kernel import live, wires
from penpal.kernel.db import db
from tests import servers
from tests.cast import Cast
from tests.chat import talking
from tests.conftest import SignedIn, Store, _sqlite
from tests.wires import Polling, Socket, cookie_of, gone, serving, token_of, turned_away

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
DEEP = "[" * 30_000

# Frames of a websocket that Engine.IO or Socket.IO could stumble over.
GARBAGE: tuple[str | bytes, ...] = (
    "", "x", "é", "7", "9", "2", "2probe", "5", "b", "bAAAA", b"", b"\x00\xff", b"4" * 100,
    "4", "4x", "40{", "4" + DEEP, "42", "42" + DEEP, '42{"a":1}', "42null", "42[]", "42[[]]", "427",
    "42[7]", '42[{"a":1}]', "42[null]", '42/other,["chat.say",{}]', "451-[{}]", "46", "44", "41/x",
    "43", '430["x"]', "42" + "9" * 200 + "[]", '42["' + "x" * 60_000 + '"]', "42[NaN]", "40/admin,",
)  # fmt: skip
PAYLOADS: tuple[object, ...] = (
    None, 7, 1.5, True, "x", [], [[]], {}, {"pair": "1"}, {"pair": True}, {"pair": 1.0}, {"pair": -1},
    {"pair": 10**30}, {"pair": None}, {"pair": {"$ne": 1}}, {"pair": 1, "and": "more"},
    {"pair": 1, "key": "x" * 65, "body": ""}, {"pair": 1, "key": [], "body": {}},
    {"pair": 1, "key": "x" * 8, "body": "x" * 4001}, {"item": "x" * 65}, {"item": 7},
)  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, int]]:
    store = _sqlite(tmp_path_factory.mktemp("faults"))
    with serving(store.app) as port:
        yield store, port


@pytest.fixture
def app(served: tuple[Store, int]) -> Iterator[Flask]:
    store, _port = served
    store.restore()
    with store.app.app_context():
        talking.open_rooms(Cast())
        yield store.app
        gone()
        db.session.remove()


@pytest.fixture
def port(served: tuple[Store, int]) -> int:
    return served[1]


def faults(said: str) -> list[dict[str, Any]]:
    """What was logged as a fault: a warning, an error, or anything that is no line of ours."""
    found = []
    for line in said.splitlines():
        told = json.loads(line) if line.startswith("{") else {"level": "error", "event": line}
        # The tests' server reads what a cut connection left behind as a request; gunicorn does not.
        if told["level"] not in ("debug", "info") and told.get("logger") != "werkzeug":
            found.append(told)
    return found


def test_garbage_closes_the_connection_and_is_no_fault(
    app: Flask, port: int, as_: SignedIn, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = as_("xiaohe")
    cookie, token = cookie_of(browser), token_of(browser)
    good = Socket(port, cookie)
    good.join(token)

    for frame in GARBAGE:
        page = Socket(port, cookie)
        page.join(token)
        page.write(frame)
        try:
            page.write('42["nothing"]')
        except (ConnectionClosed, OSError):
            continue
        finally:
            page.close()

    assert good.ask("chat.enter", pair=Cast().pair().id, after=0)["ok"]
    good.close()
    assert faults(capfd.readouterr().err) == []


def test_payloads_of_every_kind_are_refused_in_words(
    app: Flask, port: int, as_: SignedIn, capfd: pytest.CaptureFixture[str]
) -> None:
    for who in ("xiaohe", "teacher_bj"):
        browser = as_(who)
        page = Socket(port, cookie_of(browser))
        page.join(token_of(browser))
        for name in hearing.events:
            for payload in PAYLOADS:
                page.asked += 1
                page.write(f"42{page.asked}" + json.dumps([name, payload]))
                answer = page.heard_answer(page.asked)
                assert not answer["ok"], (name, payload)
                assert answer["why"] in ("invalid", "ended")
                assert answer["words"]
        page.write('42["connect",{"token":"x"}]')
        page.write('42["disconnect"]')
        page.write('42["message","x"]')
        assert page.overheard() == []
        page.close()

    assert faults(capfd.readouterr().err) == []


def test_ten_thousand_events_at_once_are_cut_off(
    app: Flask,
    port: int,
    as_: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    browser, other = as_("xiaohe"), as_("xiaomai")
    flooding, page = Socket(port, cookie_of(browser)), Socket(port, cookie_of(other))
    flooding.join(token_of(browser))
    page.join(token_of(other))
    pair = Cast().pair().id
    threads = threading.active_count()

    with suppress(ConnectionClosed, OSError):
        for number in range(10_000):
            flooding.write(f'42{number}["chat.typing",{{"pair":{pair},"on":true}}]')

    assert flooding.is_closed()
    assert threading.active_count() < threads + 20
    assert page.ask("chat.enter", pair=pair, after=0)["ok"]
    page.close()
    assert faults(capfd.readouterr().err) == []


def test_who_says_too_much_is_told_how_long_to_wait(
    app: Flask, port: int, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    browser = as_("xiaomai")
    page = Socket(port, cookie_of(browser))
    page.join(token_of(browser))
    said = {"pair": Cast().pair().id, "line": 999}

    answers = [page.ask("chat.unsend", said) for _ in range(31)]

    assert {answer["why"] for answer in answers[:30]} == {"ended"}
    assert answers[30]["why"] == "too_many"
    assert 1 <= answers[30]["wait"] <= 60
    assert answers[30]["words"]
    page.close()


@pytest.mark.parametrize("size", [70_000, 100_000_000])
def test_a_frame_that_is_too_long_is_cut_before_it_is_in_memory(
    app: Flask, port: int, as_: SignedIn, size: int, capfd: pytest.CaptureFixture[str]
) -> None:
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    asked = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        f"Cookie: penpal={cookie_of(as_('xiaohe'))}", "", "",
    )  # fmt: skip
    line.sendall("\r\n".join(asked).encode())
    assert b"101" in line.recv(4096)
    before, part = _memory(), b"x" * 65_536

    sent = 0
    line.sendall(b"\x81\xff" + struct.pack(">Q", size) + b"\x00" * 4)
    try:
        while sent < size:
            sent += line.send(part[: size - sent])
        # The frame that says goodbye; the tests' server does not hang up after it, gunicorn does.
        while b"\x88" not in (said := line.recv(4096)):
            assert said
    except OSError:
        assert sent < size
    line.close()

    assert sent == size or sent < 16_000_000
    assert _memory() - before < 16_000_000
    assert faults(capfd.readouterr().err) == []


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_polling_keeps_the_same_door(
    app: Flask, port: int, as_: SignedIn, capfd: pytest.CaptureFixture[str]
) -> None:
    browser, other = as_("xiaohe"), as_("xiaomai")
    cookie = cookie_of(browser)
    for origin in ("https://example.org", "null", "http://[", f"http://127.0.0.1:{port + 1}"):
        with turned_away():
            Polling(port, cookie, origin)
    with turned_away():
        Polling(port)
    page, hers = Polling(port, cookie), Polling(port, cookie_of(other))
    page.join(token_of(browser))

    assert page.get(j="0")[0] == 400
    assert page.get(transport="websocket")[0] == 400
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": page.posts["Origin"]}
    page.headers |= upgrade
    assert page.get()[0] == 400
    for name in upgrade:
        del page.headers[name]
    assert page.post("4" + "x" * wires.MAX_FRAME)[0] == 413
    assert page.post(b"\xff\xfe")[0] == 400
    assert page.post("\x1e".join(["3"] * 17))[0] == 400
    for frame in GARBAGE:
        assert page.post(frame)[0] in (200, 400), frame
    hers.number, mine = page.number, hers.number
    assert (hers.get()[0], hers.post('42["x"]')[0]) == (400, 400)
    hers.number = mine
    hers.close()

    page = Polling(port, cookie)
    page.join(token_of(browser))
    waiting = threading.Thread(target=page.get)
    waiting.start()
    _until(lambda: live.place_of(page.number).fetching.locked())
    assert page.get()[0] == 409
    browser.post("/sign-out")
    waiting.join(timeout=20)
    assert not waiting.is_alive()
    assert page.post("3")[0] in (400, 403)
    assert faults(capfd.readouterr().err) == []


def test_places_are_counted_by_person_and_given_back(
    app: Flask, port: int, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_("xiaohe")
    most = app.extensions["penpal.settings"].sockets_per_person
    token = token_of(browser)
    pages = [Polling(port, cookie_of(browser)) for _ in range(most * 2)]
    with turned_away():
        Socket(port, cookie_of(browser))
    joined = [str(page.join(token)) for page in pages[: most + 1]]

    assert [answer[:2] for answer in joined] == ["40"] * most + ["44"]
    assert json.loads(joined[-1][2:])["data"]["why"] == "too_many"
    monkeypatch.setattr(sockets, "UNJOINED_SECONDS", 0.0)
    sockets.sweep()
    Socket(port, cookie_of(browser)).close()
    for page in pages:
        page.close()
    _until(lambda: not live.opened_in())


@pytest.mark.redis
def test_an_order_is_done_in_other_processes() -> None:
    done: list[tuple[str, dict[str, Any]]] = []
    with servers.redis() as address, redis.Redis.from_url(address) as client:
        ours, theirs = (
            wires.Exchange(address, lambda name, told: done.append((name, told)), lambda: None)
            for _ in range(2)
        )
        heard = client.pubsub(ignore_subscribe_messages=True)
        heard.subscribe("penpal")
        _until(lambda: client.pubsub_numsub("penpal")[0][1])

        ours.pass_on("eject", {"person_id": 7})
        # As at the end of a command.
        ours.carry_all()
        message = heard.get_message(timeout=0.0) or next(heard.listen())
        theirs._handle_emit(json.loads(message["data"]))

    assert done == [("eject", {"person_id": 7})]


@pytest.mark.redis
def test_a_redis_that_hangs_holds_up_nobody_who_has_news_and_hears_it_later() -> None:
    with (
        servers.restarted_redis() as server,
        redis.Redis.from_url(server.address) as client,
    ):
        ours = wires.Exchange(server.address, lambda _name, _told: None, lambda: None)
        heard = client.pubsub(ignore_subscribe_messages=True)
        heard.subscribe("penpal")
        _until(lambda: client.pubsub_numsub("penpal")[0][1])
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)

        begun = time.monotonic()
        for number in range(wires.MOST_NEWS + 10):
            ours.pass_on("chat.line", {"line_id": number})
        took = time.monotonic() - begun
        server.process.send_signal(signal.SIGCONT)
        lines = [json.loads(message["data"])["data"][1]["line_id"] for message in _next(heard)]

    assert took < 1.0
    # The oldest of those that waited were lost; the first one was on its way already.
    assert lines[0] == 0
    assert lines[-wires.MOST_NEWS + 1 :] == list(range(11, wires.MOST_NEWS + 10))


def _next(heard: Any) -> Iterator[dict[str, Any]]:
    """What is told, up to the last that was left."""
    for message in heard.listen():
        yield message
        if f'"line_id": {wires.MOST_NEWS + 9}}}' in message["data"].decode():
            return


def _until(happens: Any) -> None:
    pause = threading.Event()
    for _ in range(400):
        if happens():
            return
        pause.wait(0.05)
    raise AssertionError("it did not happen")
