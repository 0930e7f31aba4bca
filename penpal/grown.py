"""One process of many: pages with threads, or sockets with greenlets, on PostgreSQL and Redis.

Sockets and pages are processes of their own: a socket costs a greenlet where a page wants a thread.
``grown.py`` beside ``app.py`` starts one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from flask import Flask
from gunicorn.app.base import BaseApplication

from penpal import create_app, embedded
from penpal.accounts import sockets
from penpal.config import Settings
from penpal.kernel import live
from penpal.screening import screen

Serves = Literal["pages", "sockets"]

GREENLETS = 20_000
"""Connections of one socket process at most; what is open is a matter of memory, not of threads."""


GARBAGE = (50_000, 20, 20)
"""So many new objects before they are looked through for garbage."""


class Server(BaseApplication):
    """gunicorn with one worker, which makes the application itself: nothing is shared over a fork."""

    def __init__(
        self, settings: Settings, *, worker: Literal["gthread", "gevent"], load: Callable[[], Flask]
    ) -> None:
        self.settings, self.worker, self._load = settings, worker, load
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "worker_class": self.worker,
            "workers": 1,
            "threads": self.settings.threads,
            "worker_connections": GREENLETS,
            "timeout": 120,
            "graceful_timeout": 5,
            "keepalive": 5,
            "control_socket_disable": True,
            "logger_class": embedded.Log,
        }
        assert self.cfg is not None
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = self._load()
        # A line on its way lives longer than a request: looking for garbage as often as a program of the
        # command line does would be a fifth of the work.
        embedded.keep_what_is_loaded(GARBAGE)
        return app


def serve(serves: Serves) -> None:
    """Serve pages or sockets, on the port of the settings, until told to stop."""
    settings = Settings(serves=serves)
    _insist(settings)
    worker: Literal["gthread", "gevent"] = "gevent" if serves == "sockets" else "gthread"
    Server(settings, worker=worker, load=lambda: _application(settings)).run()


def prepare() -> None:
    """Bring the database up to date, once, before any of them starts."""
    embedded.prepare(create_app(Settings()))


def _insist(settings: Settings) -> None:
    """Refuse to start on what only one process can share."""
    if settings.database.startswith("sqlite") or not settings.redis_url:
        raise SystemExit("Several processes need DATABASE_URL (PostgreSQL) and REDIS_URL.")
    if not settings.secret_key.get_secret_value():
        raise SystemExit("Several processes need one PENPAL_SECRET_KEY.")


def _application(settings: Settings) -> Flask:
    app = create_app(settings)
    if settings.serves == "sockets":
        # Nobody is served while the guard is made ready: among greenlets everybody would wait for it.
        screen.warm_up()
        live.listen()
        sockets.begin_sweeping(app)
    else:
        embedded.warm_up_later(settings)
    return app
