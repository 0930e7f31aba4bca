"""A school signs in at eight: pages beside 500 sign-ins within a minute, and the same pages without them.

    python -m bench.sign_ins [--sign-ins 500] [--seconds 60] [--postgres]

The sign-ins come at their own pace, whether or not the last one was answered, as children do. Those
who are in ask for home, mailbox and a letter meanwhile, also at a pace of their own. A wait is counted
from when the request was due, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import argparse
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import corpus
from bench.corpus import Filled
from bench.measuring import Visitor, cpu_of
from penpal.accounts.models import Person
from penpal.kernel.db import session, transaction
from tests import cast, servers

PAGES = ("/", "/letters", "/letters/1")
GOAL = 0.5
"""Seconds that 99 of 100 pages may take while everybody signs in."""
HANDS = 40
"""Threads of the crowd: a computer room's worth of browsers that wait at the same time."""


@dataclass
class Waits:
    """Seconds from when each request was due until its answer was there, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def share(self, part: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sign-ins", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pages", type=float, default=10, help="pages asked for in a second")
    parser.add_argument("--letters", type=int, default=40_000, help="letters of the others")
    parser.add_argument("--postgres", action="store_true")
    chosen = parser.parse_args()
    # 500 a minute also when the run is shorter, or longer.
    pace = chosen.sign_ins / 60
    with ExitStack() as stack:
        address = stack.enter_context(servers.postgres()) if chosen.postgres else ""
        filled = stack.enter_context(corpus.filled(address, crowd=chosen.letters))
        names = _with_passwords(filled)
        print(
            f"{'PostgreSQL' if address else 'SQLite'}, {os.cpu_count()} cores, "
            f"{chosen.pages:g} pages a second, milliseconds"
        )
        print(f"{'':<28}{'pages':>8}{'p50':>8}{'p99':>8}{'max':>8}{'failed':>8}{'CPU':>8}")
        _measure("pages alone", filled, chosen.seconds, chosen.pages, None, [])
        signed_in = Waits()
        took = _measure(
            "while people sign in", filled, chosen.seconds, chosen.pages, (pace, signed_in), names
        )
    done = len(signed_in.seconds)
    print(
        f"{done} sign-ins, {done * 60 / took:.0f} a minute, p50 {1000 * signed_in.share(0.5):.0f}, "
        f"p99 {1000 * signed_in.share(0.99):.0f}, failed {signed_in.failed}"
    )


def _with_passwords(filled: Filled) -> list[str]:
    """The crowd gets 小禾's hash, so that each of them can sign in for the cost of a sign-in."""
    with filled.app.app_context(), transaction() as current:
        hashed = cast.Cast().person("xiaohe").password_hash
        crowd = current.query(Person).filter(Person.login_name.startswith("crowd"))
        crowd.update(
            {Person.password_hash: hashed, Person.activated_at: Person.created_at},
            synchronize_session=False,
        )
        names = [
            name
            for (name,) in session()
            .query(Person.login_name)
            .filter(Person.login_name.startswith("crowd"))
        ]
    assert names
    return names


def _measure(
    title: str,
    filled: Filled,
    seconds: float,
    pages: float,
    sign_ins: tuple[float, Waits] | None,
    names: list[str],
) -> float:
    readers: queue.Queue[Visitor] = queue.Queue()
    for _ in range(8):
        readers.put(filled.visitor())
    waits = Waits()
    turn = iter(range(1_000_000))

    def read() -> None:
        visitor = readers.get()
        try:
            status, _text = visitor.get(PAGES[next(turn) % len(PAGES)])
            assert status == 200, status
        finally:
            readers.put(visitor)

    def sign_in() -> None:
        visitor = Visitor(filled.server.port, filled.server.pid)
        visitor.sign_in(names[next(turn) % len(names)], cast.PASSWORD)
        visitor.connection.close()

    crowds = [_crowd(read, pages, seconds, waits, hands=8)]
    if sign_ins is not None:
        crowds.append(_crowd(sign_in, sign_ins[0], seconds, sign_ins[1], hands=HANDS))
    spent, begun = cpu_of(filled.server.pid), time.monotonic()
    for crowd in crowds:
        crowd.start()
    for crowd in crowds:
        crowd.join()
    took = time.monotonic() - begun
    spent = (cpu_of(filled.server.pid) - spent) / took
    print(
        f"{title:<28}{len(waits.seconds):>8}{1000 * waits.share(0.5):>8.0f}"
        f"{1000 * waits.share(0.99):>8.0f}{1000 * waits.share(1):>8.0f}{waits.failed:>8}{spent:>7.0%}",
        flush=True,
    )
    return took


def _crowd(
    act: Callable[[], None], pace: float, seconds: float, waits: Waits, *, hands: int
) -> threading.Thread:
    """Acts ``pace`` times a second for so long, each by whichever hand is free; returns its thread."""
    due = _moments(pace, seconds)
    lock = threading.Lock()

    def hand() -> None:
        while True:
            with lock:
                moment = next(due, None)
            if moment is None:
                return
            time.sleep(max(moment - time.monotonic(), 0))
            try:
                act()
            except (AssertionError, OSError):
                waits.failed += 1
            else:
                waits.seconds.append(time.monotonic() - moment)

    def run() -> None:
        threads = [threading.Thread(target=hand) for _ in range(hands)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return threading.Thread(target=run)


def _moments(pace: float, seconds: float) -> Iterator[float]:
    begun = time.monotonic()
    for number in range(int(pace * seconds)):
        yield begun + number / pace


if __name__ == "__main__":
    main()
