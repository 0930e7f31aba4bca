"""Someone in a room who talks while everything round them breaks: keeps a line and its key until it is acknowledged.

What they meant and what was acknowledged stands in the crash ledger; what their page was told, live or
when it caught up, is kept by its number.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import simple_websocket

from tests.browser.client import Client, NoAnswer
from tests.faults.ledger import Ledger, digest

PATIENCE = 20.0
"""Seconds for an answer; then the page thinks that the line is dead and begins anew."""
HANGS_UP = 5
"""At the first try of each fifth line they hang up before the answer comes, as a phone in a lift does."""
_GONE = (OSError, simple_websocket.ConnectionClosed, simple_websocket.ConnectionError, NoAnswer)


class Cut(Exception):
    """The line is dead, or nothing comes any more."""


@dataclass(frozen=True)
class Page:
    """What a room's page holds for its script."""

    pair: int
    room_key: str
    token: str
    origin: str

    @classmethod
    def of(cls, client: Client, origin: str = "http://127.0.0.1") -> Page:
        """``origin`` is what the server takes for its own; this client of ours names no port to it."""
        path = client.get("/chat").location
        text = client.get(path).text
        found = {
            name: re.search(rf'<meta name="live-{name}" content="([^"]+)"', text)
            for name in ("room", "token")
        }
        room, token = found["room"], found["token"]
        assert room is not None, text[:3000]
        assert token is not None
        return cls(int(path.rstrip("/").rpartition("/")[2]), room[1], token[1], origin)


class Wire:
    """One websocket that speaks Socket.IO."""

    def __init__(self, client: Client, page: Page) -> None:
        self.page = page
        self._number = 0
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        self.socket = simple_websocket.Client(
            f"ws://127.0.0.1:{client.port}/socket.io/?EIO=4&transport=websocket&room={page.room_key}",
            headers={"Cookie": cookies, "Origin": page.origin},
        )
        self._send("40" + json.dumps({"token": page.token}))
        self._until(lambda word: word.startswith("40"), [])

    def ask(self, event: str, told: list[dict[str, Any]], **payload: Any) -> dict[str, Any]:
        """Send an event and wait for its acknowledgement; lines that come meanwhile go to ``told``."""
        number = self.send(event, **payload)
        answer = self._until(lambda word: word.startswith(f"43{number}["), told)
        found: dict[str, Any] = json.loads(answer[2 + len(str(number)) :])[0]
        return found

    def send(self, event: str, **payload: Any) -> int:
        self._number += 1
        words = json.dumps([event, {"pair": self.page.pair, **payload}], ensure_ascii=False)
        self._send(f"42{self._number}{words}")
        return self._number

    def listen(self, seconds: float, told: list[dict[str, Any]]) -> None:
        """Hear what comes for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            word = self.socket.receive(timeout=left)
            if word is not None:
                self._hear(str(word), told)

    def hang_up(self) -> None:
        self.socket.sock.close()

    def close(self) -> None:
        with suppress(*_GONE):
            self.socket.close()

    def _send(self, word: str) -> None:
        self.socket.send(word)

    def _until(self, is_it: Any, told: list[dict[str, Any]]) -> str:
        deadline = time.monotonic() + PATIENCE
        while (left := deadline - time.monotonic()) > 0:
            word = self.socket.receive(timeout=left)
            if word is None:
                break
            if is_it(str(word)):
                return str(word)
            self._hear(str(word), told)
        raise Cut("no answer")

    def _hear(self, word: str, told: list[dict[str, Any]]) -> None:
        if word == "2":
            self._send("3")
        elif word.startswith("44"):
            raise Cut(word)
        elif word.startswith("42"):
            name, payload = json.loads(word[2:])[:2]
            if name == "chat.line":
                told.append(payload["line"])
            elif name == "chat.out":
                raise Cut(payload["words"])


@dataclass
class Shown:
    """What a page was told: number to (id, digest of the text, own), and what contradicts itself."""

    lines: dict[int, tuple[int, str, bool]] = field(default_factory=dict)
    contradicted: list[int] = field(default_factory=list)

    def take(self, told: list[dict[str, Any]]) -> None:
        for line in told:
            if line["sequence"] is None:
                continue
            seen = (line["id"], digest(line["text"]), line["mine"])
            if self.lines.setdefault(line["sequence"], seen) != seen:
                self.contradicted.append(line["sequence"])

    @property
    def last(self) -> int:
        """The number up to which nothing is missing."""
        last = 0
        while last + 1 in self.lines:
            last += 1
        return last


class Talker(threading.Thread):
    """Says one line after the other until told to stop, and listens meanwhile."""

    def __init__(
        self, client: Client, page: Page, ledger: Ledger, *, same_key: bool = True
    ) -> None:
        super().__init__(name=f"talker-{page.pair}", daemon=True)
        self.client, self.page, self.ledger, self.same_key = client, page, ledger, same_key
        self.enough = threading.Event()
        self.said = self.repeated = self.cuts = 0
        self.acknowledged: list[int] = []
        """The numbers of one's own lines, in the order in which they were said."""
        self.shown = Shown()
        self.trouble: BaseException | None = None
        self._wire: Wire | None = None

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                self._say()
                self._pause()
        except BaseException as trouble:  # The test that started the thread must hear of it.
            self.trouble = trouble
        finally:
            self._drop()

    def catch_up(self) -> None:
        """What the page shows once everything is calm again."""
        self._drop()
        self._in().close()
        self._wire = None

    def _say(self) -> None:
        key = secrets.token_urlsafe(16)
        body = "".join(secrets.choice("春夏秋冬山水风花雪月") for _place in range(20))
        self.ledger.note("INTENT", key, digest(body))
        hangs_up = self.said % HANGS_UP == 0
        while True:
            try:
                wire = self._in()
                if hangs_up:
                    hangs_up = False
                    wire.send("chat.say", key=key, body=body, sticker=None, quotes=None)
                    time.sleep(0.02)
                    wire.hang_up()
                    raise Cut("hung up")
                told: list[dict[str, Any]] = []
                answer = wire.ask("chat.say", told, key=key, body=body, sticker=None, quotes=None)
                self.shown.take(told)
            except (*_GONE, Cut):
                self._again()
            else:
                if answer.get("ok"):
                    line = answer["line"]
                    self.ledger.note("ACK", key, str(line["id"]))
                    self.acknowledged.append(line["sequence"])
                    self.shown.take([line])
                    self.said += 1
                    return
                assert answer["why"] == "unavailable", answer
                self._again()
            if not self.same_key:
                key = secrets.token_urlsafe(16)
                self.ledger.note("INTENT", key, digest(body))

    def _again(self) -> None:
        self.repeated += 1
        self._drop()
        time.sleep(0.1)

    def _pause(self) -> None:
        told: list[dict[str, Any]] = []
        try:
            self._in().listen(0.03, told)
        except (*_GONE, Cut):
            self._drop()
        self.shown.take(told)

    def _in(self) -> Wire:
        """Come in, as often as it takes, and catch up from the last line that is there."""
        if self._wire is not None:
            return self._wire
        deadline = time.monotonic() + 120
        while True:
            try:
                wire = Wire(self.client, self.page)
                told: list[dict[str, Any]] = []
                more = True
                while more:
                    answer = wire.ask("chat.enter", told, after=self.shown.last)
                    if not answer.get("ok"):
                        raise Cut(str(answer))
                    self.shown.take(answer["lines"])
                    more = answer["more"]
                self.shown.take(told)
            except (*_GONE, Cut):
                self.cuts += 1
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                self._wire = wire
                return wire

    def _drop(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


@dataclass
class Findings:
    """What must not be; all lists are empty after an honest run."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reordered: list[int] = field(default_factory=list)
    unlike: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)

    def any(self) -> bool:
        return any((self.lost, self.doubled, self.reordered, self.unlike, self.missed))


def compare(ledger: Ledger, talkers: list[Talker]) -> Findings:
    """Hold the ledger against what the pages of both show after they have caught up."""
    intended, acknowledged = ledger.noted("INTENT"), ledger.noted("ACK")
    one, other = (talker.shown for talker in talkers)
    texts: dict[str, int] = {}
    for _id, text, _own in one.lines.values():
        texts[text] = texts.get(text, 0) + 1
    ids = {str(number): text for number, text, _own in one.lines.values()}
    last = max(one.lines, default=0)
    return Findings(
        lost=[key for key, line in acknowledged.items() if ids.get(line) != intended[key]],
        doubled=[key for key, text in intended.items() if texts.get(text, 0) > 1],
        reordered=[
            sequence
            for talker in talkers
            for before, sequence in zip(talker.acknowledged, talker.acknowledged[1:], strict=False)
            if sequence <= before
        ],
        unlike=[
            *one.contradicted,
            *other.contradicted,
            *(
                sequence
                for sequence, (number, text, own) in one.lines.items()
                if other.lines.get(sequence) != (number, text, not own)
            ),
        ],
        missed=[number for number in range(1, last + 1) if number not in one.lines],
    )
