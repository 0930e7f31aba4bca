"""Sockets for tests: a server on a port, and pages that speak Socket.IO by hand, over a websocket or by polling."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from simple_websocket import Client, ConnectionClosed, ConnectionError
from werkzeug.serving import make_server

from penpal.kernel import live
from tests import servers

COOKIE = "penpal"
PATIENCE = 20.0


@contextmanager
def serving(app: Flask) -> Iterator[int]:
    """The application on a port. Sockets belong to the process: it must be the last that was made."""
    port = servers.free_port()
    server = make_server("127.0.0.1", port, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        server.shutdown()
        thread.join(timeout=10)


class Socket:
    """One page's connection over a websocket."""

    def __init__(self, port: int, cookie: str = "", origin: str = "") -> None:
        # This client names its host without the port, so its own page has none either.
        headers = {"Origin": origin or "http://127.0.0.1"}
        if cookie:
            headers["Cookie"] = f"{COOKIE}={cookie}"
        address = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self.wire = Client.connect(address, headers=headers)
        self.waiting: list[list[Any]] = []
        self.asked = 0

    def read(self, seconds: float = PATIENCE) -> str | None:
        """The next word from the server; None where it has nothing to say."""
        return self.wire.receive(timeout=seconds)  # type: ignore[no-any-return]

    def write(self, frame: str | bytes) -> None:
        self.wire.send(frame)

    def join(self, token: object) -> str | None:
        """Ask to be let in; returns the answer. The server's greeting may come with the handshake,
        where this client notices it only when the next word arrives."""
        self.write("40" + json.dumps({"token": token}))
        greeting = self.read()
        assert str(greeting).startswith("0{")
        return self.read()

    def ask(self, event: str, said: object = None, **fields: object) -> dict[str, Any]:
        """Say something and return its acknowledgement; what is told meanwhile waits to be heard."""
        self.asked += 1
        self.write(f"42{self.asked}" + json.dumps([event, fields if said is None else said]))
        return self.heard_answer(self.asked)

    def heard_answer(self, number: int) -> dict[str, Any]:
        """The acknowledgement of what was said under this number."""
        while True:
            word = self.read()
            assert word is not None, f"{number} was not answered"
            if word.startswith(f"43{number}["):
                answer: dict[str, Any] = json.loads(word.removeprefix(f"43{number}"))[0]
                return answer
            self._keep(word)

    def heard(self, event: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The next thing that was told under this name; what is told before it is dropped."""
        until = time.monotonic() + seconds
        while True:
            while self.waiting:
                name, payload = self.waiting.pop(0)
                if name == event:
                    return payload  # type: ignore[no-any-return]
            left = until - time.monotonic()
            word = self.read(left) if left > 0 else None
            assert word is not None, f"{event} was not told"
            self._keep(word)

    def overheard(self, seconds: float = 0.3) -> list[str]:
        """The names of all that was told until nothing more comes."""
        try:
            while (word := self.read(seconds)) is not None:
                self._keep(word)
        except ConnectionClosed:
            self.waiting.append(["closed", {}])
        names = [name for name, _payload in self.waiting]
        self.waiting.clear()
        return names

    def _keep(self, word: str) -> None:
        if word.startswith("42["):
            self.waiting.append(json.loads(word[2:]))
        elif word.startswith("41"):
            self.waiting.append(["out", {}])
        elif word == "2":
            self.write("3")

    def is_closed(self, seconds: float = PATIENCE) -> bool:
        """Whether the server hangs up, before so long."""
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                if self.read(until - time.monotonic()) is None:
                    return False
        except ConnectionClosed:
            return True
        return False

    def close(self) -> None:
        # The server may close it at this moment.
        with suppress(ConnectionClosed, OSError):
            self.wire.close()


class Polling(Socket):
    """One page's connection by long polling, where a proxy lets no websocket through."""

    def __init__(self, port: int, cookie: str = "", origin: str = "") -> None:
        self.port, self.waiting, self.asked = port, [], 0
        self.headers = {"Referer": f"{origin or f'http://127.0.0.1:{port}'}/chat/1"}
        self.posts = {"Origin": origin or f"http://127.0.0.1:{port}"}
        if cookie:
            self.headers["Cookie"] = self.posts["Cookie"] = f"{COOKIE}={cookie}"
        self.number = ""
        self.frames: list[str] = []
        status, greeting = self.get()
        if status != 200:
            raise ConnectionError(status)
        self.frames = greeting.split("\x1e")
        self.number = json.loads(self.frames[0][1:])["sid"]

    def get(self, **asked: str) -> tuple[int, str]:
        return self._send("GET", "", self.headers, asked)

    def post(self, body: str | bytes, **asked: str) -> tuple[int, str]:
        return self._send("POST", body, self.posts, asked)

    def _send(
        self, method: str, body: str | bytes, headers: dict[str, str], asked: dict[str, str]
    ) -> tuple[int, str]:
        query = {"EIO": "4", "transport": "polling"} | ({"sid": self.number} if self.number else {})
        words = "&".join(f"{name}={value}" for name, value in (query | asked).items())
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            given = body.encode() if isinstance(body, str) else body
            line.request(method, f"/socket.io/?{words}", given or None, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def read(self, seconds: float = PATIENCE) -> str | None:
        if not self.frames:
            status, body = self.get()
            if status != 200:
                raise ConnectionClosed(status, body)
            self.frames = body.split("\x1e")
        return self.frames.pop(0)

    def write(self, frame: str | bytes) -> None:
        status, body = self.post(frame)
        assert status == 200, (status, body)

    def close(self) -> None:
        self.post("1")


def cookie_of(browser: FlaskClient) -> str:
    found = browser.get_cookie(COOKIE)
    assert found is not None
    return found.value


def token_of(browser: FlaskClient) -> str:
    """What the page hands to its script."""
    page = browser.get("/account").get_data(as_text=True)
    found = re.search(r'name="live-token" content="([^"]+)"', page)
    assert found is not None
    return found.group(1)


@contextmanager
def turned_away() -> Iterator[None]:
    with pytest.raises((ConnectionError, ConnectionClosed)):
        yield


def gone(within: float = 5.0) -> None:
    """Wait until the server has seen every socket go."""
    nothing = threading.Event()
    until = time.monotonic() + within
    while live.opened_in() and time.monotonic() < until:
        nothing.wait(0.05)
