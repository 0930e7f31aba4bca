"""What a reader costs: CPU of the public home, a piece and a search, kept and made anew, beside yardsticks.

    python -m bench.special [--pieces 300]

What is kept is measured beside Flask's own "hello", what is made anew beside the same page from bare
Flask and Jinja, all under the same gunicorn; and once the first page after something was withdrawn,
when all that is out is read from the database again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time as hour
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from flask import Flask
from flask_migrate import upgrade

from bench import bare
from bench.measuring import Visitor, compare
from penpal import create_app
from penpal.config import Settings
from penpal.embedded import Server as Embedded
from penpal.kernel.db import db
from tests import cast
from tests.browser.server import Server
from tests.publishing.special import printed
from tests.servers import free_port

OF_ONE_ISSUE = 8
REQUESTS = 1000
"""In a round: the kernel counts in hundredths of a second, and a kept page costs a third of a thousandth."""
KEPT, ANEW = 1.3, 4.0
"""What a reader may cost of the yardsticks."""
PAGES = {"home": "/special", "a piece": "/special/{piece}"}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pieces", type=int, default=300)
    chosen = arguments.parse_args()
    print(f"{chosen.pieces} pieces are out; CPU of a request in microseconds")
    print(f"{'':44}{'ours':>8}{'bare':>8}{'ratio':>8}{'at most':>9}")
    with (
        TemporaryDirectory(prefix="penpal-bench-") as folder,
        _filled(folder, chosen.pieces) as (
            visitor,
            piece,
        ),
    ):
        for title, path in PAGES.items():
            address = path.replace("{piece}", str(piece))
            with _hello() as hello:
                _measure(f"{title}, kept; hello", visitor, address, hello, KEPT)
            # After a pause the server may have let the connection go.
            visitor.connection.close()
            _status, rendered = visitor.get(address)
            with bare.served(rendered) as plain:
                _measure(
                    f"{title}, made anew; Jinja", visitor, f"{address}?visit={{}}", plain, ANEW
                )
        words = quote("核桃")
        spent = visitor.cpu(f"/special/search?words={words}&visit={{}}", times=50)
        print(f"{f'a search in {chosen.pieces} texts':44}{spent * 1e6:8.0f}")


def _measure(title: str, ours: Visitor, path: str, theirs: Visitor, most: float) -> None:
    found = compare(lambda: ours.cpu(path, REQUESTS), lambda: theirs.cpu("/", REQUESTS))
    print(
        f"{title:44}{found.ours * 1e6:8.0f}{found.theirs * 1e6:8.0f}{found.ratio:8.2f}{most:9.1f}",
        flush=True,
    )


@contextmanager
def _filled(folder: str, pieces: int) -> Iterator[tuple[Visitor, int]]:
    """Somebody who reads a server with so many pieces in issues, and the number of the newest one."""
    settings = Settings(
        data=Path(folder),
        DATABASE_URL="",
        demo=False,
        quiet_from=hour(),
        quiet_until=hour(),
        log_level="ERROR",
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
        cast.build()
        people = cast.Cast()
        issues = -(-pieces // OF_ONE_ISSUE)
        for number in range(1, issues + 1):
            out = printed.OUT - timedelta(days=7 * (issues - number))
            issue = printed.issue(number, out=out)
            for position in range(OF_ONE_ISSUE):
                piece = printed.piece(
                    people,
                    issue,
                    title=f"第{number}期的第{position + 1}封信",
                    position=position,
                    out=out,
                )
        _first_page(app)
        db.session.remove()
        db.engine.dispose()
    server = Server(Path(folder), PENPAL_DEMO="false", PENPAL_JOBS="worker")
    server.start()
    try:
        yield Visitor(server.port, server.pid), piece
    finally:
        server.stop()


def _first_page(app: Flask) -> None:
    """Twice, as the first one also compiles templates and statements."""
    client = app.test_client()
    for _time in range(2):
        app.extensions["penpal.shelf"].forget()
        app.extensions["penpal.newsstand"].forget()
        begun = time.process_time()
        assert client.get("/special/places").status_code == 200
        spent = time.process_time() - begun
    print(f"{'all texts read anew, once for each change':44}{spent * 1e6:8.0f}")


@contextmanager
def _hello() -> Iterator[Visitor]:
    """Flask's first page, on a server of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.special", "hello", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield bare.reached(Visitor(port, process.pid))
    finally:
        process.terminate()
        process.wait()


def _say_hello(port: int) -> None:
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "<p>Hello, World!</p>"

    Embedded(app, Settings(PORT=port, jobs="worker"), "").run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["hello"]:
        _say_hello(int(sys.argv[2]))
    else:
        main()
