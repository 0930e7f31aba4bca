"""One process on one machine: migrate, load the demo when there is nothing, serve pages, sockets and jobs."""

from __future__ import annotations

import gc
import logging
import threading
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from penpal.accounts import sockets
from penpal.accounts.models import Person
from penpal.config import Settings
from penpal.demo import services as demo
from penpal.kernel import jobs
from penpal.kernel.db import db, session
from penpal.programmes import services as programmes
from penpal.screening import screen

GARBAGE = (10_000, 20, 20)
"""So many new objects before they are looked through for garbage; CPython's 700 are for small programs."""


class Log(Logger):
    """gunicorn's own lines, in the form of all others: its own would quote addresses with what was asked."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True


class Server(BaseApplication):
    """gunicorn with threads, one worker, for an application that is there already."""

    def __init__(self, app: Flask, settings: Settings, greeting: str) -> None:
        self.served, self.settings, self.greeting = app, settings, greeting
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self.settings.threads,
            "timeout": 120,
            "graceful_timeout": 5,
            "keepalive": 5,
            "control_socket_disable": True,
            "logger_class": Log,
            "post_worker_init": self._begin,
            "when_ready": lambda _server: print(self.greeting, flush=True),
        }
        assert self.cfg is not None
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.served

    def _begin(self, _worker: object) -> None:
        keep_what_is_loaded()
        sockets.begin_sweeping(self.served)
        warm_up_later(self.settings)
        if self.settings.jobs == "embedded":
            jobs.start_embedded(self.served)


def warm_up_later(settings: Settings) -> None:
    """The guard's rules take seconds to be made: after the first pages, before the first letter."""

    def warm_up() -> None:
        screen.warm_up()
        keep_what_is_loaded()

    warming = threading.Timer(settings.guard_ready_after, warm_up)
    warming.daemon = True
    warming.start()


def keep_what_is_loaded(garbage: tuple[int, int, int] = GARBAGE) -> None:
    """Look for garbage more seldom, and not among what was loaded: everybody would wait a seventh of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*garbage)


def prepare(app: Flask) -> str:
    """Bring the database up to date; load what ships, and the demo into an empty one. Returns the greeting."""
    settings: Settings = app.extensions["penpal.settings"]
    with app.app_context():
        # Alembic logs each step it looks at; a start should say only what a person needs.
        logging.getLogger("alembic").setLevel(logging.WARNING)
        upgrade()
        programmes.load()
        if settings.demo and session().scalar(sa.select(sa.func.count()).select_from(Person)) == 0:
            print("The database is empty: loading the demo …", flush=True)
            demo.load(settings=settings)
        greeting = _greeting(settings)
        # The server forks: no connection of this process may be shared with its child.
        db.session.remove()
        db.engine.dispose()
    return greeting


def serve(app: Flask) -> None:
    """Serve until told to stop."""
    greeting = prepare(app)
    Server(app, app.extensions["penpal.settings"], greeting).run()


def _greeting(settings: Settings) -> str:
    lines = ["", f"  Penpal (结对子)  http://localhost:{settings.port}/", ""]
    if session().scalar(sa.select(Person.id).where(Person.is_demo).limit(1)):
        lines += ["  Demo sign-ins, password penpal-demo:"]
        lines += [f"    {login:<14} {who}" for login, who in demo.SIGN_INS]
        lines += [""]
    return "\n".join(lines)
