"""Many who talk at once, in a process of their own: raw frames, so that they cost little beside the server.

    python -m bench.talkers < plan.json

Each holds one websocket and speaks Socket.IO by hand. Partners sit in one process, so one clock tells
how long a line took from the one to the other.
"""

from __future__ import annotations

import base64
import json
import os
import random
import secrets
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

SIGNS = "春夏秋冬山水风花雪月云雨星光草木"
"""What lines are made of: the guard finds nothing in them."""
_CONNECTING = 20
"""Handshakes under way at once."""


@dataclass(frozen=True)
class Seat:
    """One socket: the address and headers of its handshake, what it hands over, its room."""

    path: str
    pair: int
    headers: dict[str, str] = field(default_factory=dict)
    auth: dict[str, Any] = field(default_factory=dict)
    enter: dict[str, Any] | None = None
    port: int = 0
    """Of the process to which a proxy would lead it; 0 where there is only one."""


@dataclass(frozen=True)
class Plan:
    """``rate`` in lines a second of all together; 0 lets each send as soon as the last one is acknowledged."""

    port: int
    seats: list[Seat]
    seconds: float
    rate: float = 0.0
    say: str = "say"
    told: str = "line"
    settle: float = 1.0


@dataclass
class Figures:
    acknowledged: int = 0
    refused: int = 0
    delivered: int = 0
    seconds: float = 0.0
    lost: int = 0
    ack_ms: dict[str, float] = field(default_factory=dict)
    delivery_ms: dict[str, float] = field(default_factory=dict)


class Talker:
    """One socket and what it has sent."""

    def __init__(self, crowd: Crowd, seat: Seat) -> None:
        self.crowd, self.seat = crowd, seat
        self.said = 0
        self.sent: dict[int, float] = {}
        self.is_in = False
        self._in = b""
        port = seat.port or crowd.plan.port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._shake_hands()

    def _shake_hands(self) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {self.seat.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in self.seat.headers.items()),
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
        ]
        if "Host" not in self.seat.headers:
            lines.insert(1, f"Host: 127.0.0.1:{self.seat.port or self.crowd.plan.port}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._in:
            received = self.socket.recv(65536)
            assert received, self._in
            self._in += received
        head, _, self._in = self._in.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
        self.send("40" + json.dumps(self.seat.auth))

    def send(self, text: str) -> None:
        payload = text.encode()
        size = len(payload)
        # The mask is zero, which leaves the words as they are: a client must mask, a light one may so.
        length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self.socket.sendall(b"\x81" + length + b"\0\0\0\0" + payload)

    def say(self) -> None:
        self.said += 1
        text = "".join(random.choices(SIGNS, k=14))
        payload = {"pair": self.seat.pair, "key": secrets.token_hex(8), "body": text}
        now = self.sent[self.said] = time.perf_counter()
        self.crowd.on_the_way[text] = (now, self)
        words = json.dumps([self.crowd.plan.say, payload], ensure_ascii=False)
        self.send(f"42{self.said}{words}")

    def read(self) -> None:
        received = self.socket.recv(65536)
        assert received, "the server closed a socket"
        self._in += received
        for message in self._frames():
            self._take(message)

    def _frames(self) -> Iterator[str]:
        while len(self._in) >= 2:
            size, at = self._in[1] & 0x7F, 2
            if size == 126:
                size, at = int.from_bytes(self._in[2:4], "big"), 4
            elif size == 127:
                size, at = int.from_bytes(self._in[2:10], "big"), 10
            if len(self._in) < at + size:
                return
            kind, payload = self._in[0] & 0x0F, self._in[at : at + size]
            self._in = self._in[at + size :]
            assert kind != 8, f"the server hung up: {payload!r}"
            yield payload.decode()

    def _take(self, message: str) -> None:
        if message == "2":
            self.send("3")
        elif message.startswith("40"):
            if self.seat.enter is None:
                self.is_in = True
            else:
                self.send("420" + json.dumps(["chat.enter", self.seat.enter]))
        elif message.startswith("43"):
            number, _, answer = message[2:].partition("[")
            if number == "0":
                self.is_in = True
            else:
                self.crowd.acknowledged(self, int(number), "[" + answer)
        elif message.startswith("42"):
            self.crowd.told(self, message[2:])
        else:
            assert message[0] in "06", message


class Crowd:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.on_the_way: dict[str, tuple[float, Talker]] = {}
        self.figures = Figures()
        self.is_counting = self.is_talking = False
        self._acks: list[float] = []
        self._deliveries: list[float] = []
        self._ready = selectors.DefaultSelector()
        self.talkers: list[Talker] = []

    def come(self) -> None:
        for seat in self.plan.seats:
            talker = Talker(self, seat)
            self.talkers.append(talker)
            self._ready.register(talker.socket, selectors.EVENT_READ, talker)
            if len(self.talkers) % _CONNECTING == 0:
                self._until(lambda: all(one.is_in for one in self.talkers))
        self._until(lambda: all(one.is_in for one in self.talkers))

    def talk(self) -> Figures:
        """First for a second that does not count."""
        self.is_talking = True
        if not self.plan.rate:
            for talker in self.talkers:
                talker.say()
        self._talk_for(self.plan.settle)
        self.is_counting = True
        report("begin")
        begun = time.perf_counter()
        self._talk_for(self.plan.seconds)
        self.figures.seconds = time.perf_counter() - begun
        report("end")
        self.is_counting = self.is_talking = False
        # Slow is not lost: what is on the way has its time.
        until = time.perf_counter() + 30
        while self.on_the_way and time.perf_counter() < until:
            self._listen(0.05)
        self.figures.lost = len(self.on_the_way)
        self.figures.ack_ms = _spread(self._acks)
        self.figures.delivery_ms = _spread(self._deliveries)
        return self.figures

    def acknowledged(self, talker: Talker, number: int, answer: str) -> None:
        took = time.perf_counter() - talker.sent.pop(number)
        if self.is_counting:
            if '"ok":false' in answer:
                self.figures.refused += 1
            else:
                self.figures.acknowledged += 1
                self._acks.append(took)
        if self.is_talking and not self.plan.rate:
            talker.say()

    def told(self, talker: Talker, words: str) -> None:
        name, payload = json.loads(words)[:2]
        if name != self.plan.told:
            return
        text = payload.get("text") or payload.get("line", {}).get("text")
        found = self.on_the_way.get(text)
        if found is not None and found[1] is not talker:
            del self.on_the_way[text]
            if self.is_counting:
                self.figures.delivered += 1
                self._deliveries.append(time.perf_counter() - found[0])

    def _talk_for(self, seconds: float) -> None:
        if not self.plan.rate:
            self._listen_for(seconds)
            return
        begun = time.perf_counter()
        due, step = begun, 1 / self.plan.rate
        while (now := time.perf_counter()) < begun + seconds:
            while due <= now:
                random.choice(self.talkers).say()
                due += step
            self._listen(max(0.0, min(due - time.perf_counter(), 0.05)))

    def _listen_for(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._listen(min(left, 0.05))

    def _listen(self, seconds: float) -> None:
        for key, _events in self._ready.select(seconds):
            key.data.read()

    def _until(self, done: Any) -> None:
        deadline = time.perf_counter() + 120
        while not done():
            assert time.perf_counter() < deadline, "the sockets do not come in"
            self._listen(0.05)


def report(word: str, **more: object) -> None:
    """Tell whoever started us, who looks at the server's clock then."""
    print(json.dumps({"at": word, **more}), flush=True)
    if word != "figures":
        sys.stdin.readline()


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    ordered = sorted(seconds)
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)
        for name, share in (("p50", 0.5), ("p99", 0.99), ("longest", 1.0))
    }


def main() -> None:
    told = json.loads(sys.stdin.readline())
    seats = [Seat(**seat) for seat in told.pop("seats")]
    crowd = Crowd(Plan(seats=seats, **told))
    crowd.come()
    report("in", sockets=len(crowd.talkers))
    if crowd.plan.seconds:
        report("figures", **asdict(crowd.talk()))


if __name__ == "__main__":
    main()
