"""Whether the mailbox stays as quick when the table grows: the same pair's page among few letters and many.

    python -m bench.growth [--few 20000] [--many 2000000] [--database SQLite]

Both servers are asked in turn in one run. On PostgreSQL the time until the answer is told beside the
server's CPU, because the database's own CPU is outside the server.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import ExitStack

from bench import corpus
from bench.measuring import ROUNDS, Visitor
from tests.servers import new_database

PATHS = {
    "mailbox": "/letters",
    "home": "/",
    "search, one character": "/letters/search?words=%E9%9B%A8",
}
_REQUESTS = 100


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--few", type=int, default=20_000)
    arguments.add_argument("--many", type=int, default=2_000_000)
    arguments.add_argument("--database", choices=["SQLite", "PostgreSQL"], help="one of them only")
    chosen = arguments.parse_args()
    with corpus.databases() as databases:
        for name, address in databases.items():
            if chosen.database in (None, name):
                _measure(name, address, chosen.few, chosen.many)


def _measure(name: str, address: str, few: int, many: int) -> None:
    with ExitStack() as open_:
        visitors = []
        for title, letters in (("few", few), ("many", many)):
            own = new_database(address, title) if address else ""
            begun = time.monotonic()
            filled = open_.enter_context(corpus.filled(own, crowd=letters))
            print(f"{name}: {letters:,} letters in {time.monotonic() - begun:.0f} s", flush=True)
            visitors.append(filled.visitor())
        print(f"{'':28}{few:>12,}{many:>12,}{'ratio':>8}   (µs of CPU; µs until the answer)")
        for title, path in PATHS.items():
            for what, measured in (("CPU", _cpu), ("answer", _answer)):
                rounds = [
                    tuple(measured(visitor, path) for visitor in visitors) for _ in range(ROUNDS)
                ]
                less, more = (statistics.median(column) for column in zip(*rounds, strict=True))
                print(
                    f"{title + ', ' + what:28}{less * 1e6:12.0f}{more * 1e6:12.0f}{more / less:8.2f}"
                )


def _cpu(visitor: Visitor, path: str) -> float:
    return visitor.cpu(path, _REQUESTS)


def _answer(visitor: Visitor, path: str) -> float:
    """The median time until a request is answered."""
    taken = []
    for _ in range(_REQUESTS):
        begun = time.perf_counter()
        visitor.get(path)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
