"""The same room where pages and sockets are processes of their own, which tell each other by Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from flask import Flask

from penpal import create_app
from penpal.accounts import limits
from penpal.accounts import services as accounts
from penpal.config import Settings
from penpal.kernel import jobs
from penpal.kernel.db import db
from penpal.kernel.errors import TooMany
from penpal.safeguarding import blocking
from tests import servers
from tests.cast import Cast
from tests.chat import talking
from tests.conftest import SignedIn, Visitor, _app, _fill
from tests.wires import Polling, Socket, cookie_of, token_of

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


@contextmanager
def _sockets(settings: Settings, log: Path) -> Iterator[int]:
    """A process that serves sockets alone, with greenlets."""
    port = servers.free_port()
    environment = os.environ | {
        "PORT": str(port),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PENPAL_DATA": str(settings.data),
        "PENPAL_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PENPAL_RATE_LIMITS": "false",
        "PENPAL_SECOND_FACTOR": "off",
        "PENPAL_LOG_LEVEL": "WARNING",
        "PENPAL_QUIET_FROM": "00:00",
        "PENPAL_QUIET_UNTIL": "00:00",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "grown.py", "sockets"],
            cwd=servers.ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        servers.wait_for_port(port)
        # It listens before it has made the guard ready; whoever asks meanwhile waits in the line.
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=180).close()
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _until_heard(exchange: servers.Restarted) -> None:
    """Wait until the process of the sockets listens: what is told before reaches it within a minute only."""
    with redis.Redis.from_url(exchange.address) as client:
        deadline = time.monotonic() + 30
        while not client.pubsub_numsub("penpal")[0][1]:
            assert time.monotonic() < deadline, "nobody listens"
            time.sleep(0.05)


@pytest.fixture
def exchange() -> Iterator[servers.Restarted]:
    with servers.restarted_redis() as started:
        yield started


@pytest.fixture
def app(tmp_path: Path, exchange: servers.Restarted) -> Iterator[Flask]:
    """A process of pages, on PostgreSQL and Redis."""
    with servers.postgres() as database:
        folder = tmp_path / "data"
        first = _app(folder, servers.new_database(database, "grown"))
        settings: Settings = first.extensions["penpal.settings"].model_copy(
            update={"redis_url": exchange.address, "serves": "pages"}
        )
        app = create_app(settings)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        app.test_client_class = Visitor
        _fill(app)
        with app.app_context():
            talking.open_rooms(Cast())
            yield app
            db.session.remove()
            db.engine.dispose()


def test_two_talk_in_one_process_and_are_shown_out_by_another(
    app: Flask, as_: SignedIn, cast: Cast, tmp_path: Path, exchange: servers.Restarted
) -> None:
    settings: Settings = app.extensions["penpal.settings"]
    pair, log = cast.pair().id, tmp_path / "sockets.log"
    with _sockets(settings, log) as port:
        browser, other = as_("xiaohe"), as_("xiaomai")
        he, mai = Polling(port, cookie_of(browser)), Socket(port, cookie_of(other))
        for page, token in ((he, token_of(browser)), (mai, token_of(other))):
            assert str(page.join(token)).startswith("40{")
            assert page.ask("chat.enter", pair=pair, after=0)["room"]["state"] == "open"

        said = mai.ask("chat.say", pair=pair, key="by-the-wire", body="听得到吗")
        assert said["ok"]
        assert he.heard("chat.line")["line"]["text"] == "听得到吗"

        # By the plain form of a page, in this process.
        browser.post(f"/chat/{pair}/say", data={"key": "by-the-page", "body": "听得到"})
        assert mai.heard("chat.line")["line"]["text"] == "听得到"

        # While Redis is away nobody tells the other process; it looks when it hears again.
        exchange.stop(signal.SIGKILL)
        browser.post(f"/chat/{pair}/say", data={"key": "while-away", "body": "这一句没人转告"})
        exchange.start()
        _until_heard(exchange)
        assert mai.heard("chat.missed") == {"pair": pair}
        caught_up = mai.ask("chat.enter", pair=pair, after=2)["lines"]
        assert [line["text"] for line in caught_up] == ["这一句没人转告"]

        block = blocking.pause(cast.pair(), by=cast.actor("xiaomai"))
        assert mai.heard("chat.room")["state"] == he.heard("chat.room")["state"] == "paused"
        refused = mai.ask("chat.say", pair=pair, key="while-paused", body="还在吗")
        assert (refused["ok"], refused["why"]) == (False, "paused")
        blocking.lift(block, by=cast.actor("xiaomai"))
        while mai.heard("chat.room")["state"] != "open":
            pass

        assert he.post("4" + "[" * 30_000)[0] == 400
        accounts.sign_out_everywhere(by=cast.actor("xiaomai"))
        assert mai.heard("chat.out")["words"]
        assert mai.is_closed()
    assert '"level": "error"' not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_nobody_who_talks_by_a_form_waits_for_a_redis_that_is_away_or_hangs(
    tmp_path: Path,
) -> None:
    with servers.restarted_redis() as exchange:
        first = _app(tmp_path / "data")
        settings: Settings = first.extensions["penpal.settings"].model_copy(
            update={"redis_url": exchange.address, "serves": "pages", "rate_limits": True}
        )
        app = create_app(settings)
        assert exchange.process is not None
        with app.app_context():
            for _line in range(40):
                limits.count_line(7)
            with pytest.raises(TooMany):
                limits.count_line(7)
            exchange.process.send_signal(signal.SIGSTOP)
            begun = time.monotonic()
            limits.count_line(7)
            hangs = time.monotonic() - begun
            exchange.stop(signal.SIGKILL)
            begun = time.monotonic()
            limits.count_line(7)
            jobs.ask("accounts.note_seen", session_id=1, at=0.0)
            away = time.monotonic() - begun
        exchange.start()

    assert hangs < 5
    assert away < 2
