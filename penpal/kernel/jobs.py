"""Work that is done later or again and again: registered by name, run by huey, safe to run twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
import structlog
from flask import Flask, current_app
from huey import RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.consumer import Consumer
from redis.backoff import NoBackoff
from redis.retry import Retry

from penpal.config import Settings
from penpal.kernel.db import db

_ANSWERS = 3.0
"""Seconds in which Redis takes a piece of work, or does not."""

log = structlog.get_logger(__name__)

Work = Callable[..., None]
_work: dict[str, Work] = {}
_periods: dict[str, Callable[..., bool]] = {}


def job(name: str, *, minute: str | None = None, hour: str = "*") -> Callable[[Work], Work]:
    """Register work by name; with ``minute`` (crontab words, server time in UTC) it runs by itself."""

    def register(work: Work) -> Work:
        _work[name] = work
        if minute is not None:
            _periods[name] = crontab(minute=minute, hour=hour)
        return work

    return register


def enqueue(name: str, **arguments: Any) -> None:
    """Ask for work by name. The arguments must survive JSON: numbers and words, never rows."""
    if name not in _work:
        raise LookupError(f"no job is called {name!r}")
    current_app.extensions["penpal.run_job"](name, **arguments)


def ask(name: str, **arguments: Any) -> None:
    """Ask for work that may as well be left undone: without Redis whoever asks goes on."""
    try:
        enqueue(name, **arguments)
    except redis.RedisError as problem:
        log.warning("job_not_asked_for", job=name, problem=type(problem).__name__)


def run(name: str, **arguments: Any) -> None:
    """Do the work now, in this process."""
    _work[name](**arguments)


def note(name: str, **told: Any) -> None:
    """Leave word for whoever watches or does a piece of work, in whichever process they are.

    It stands beside the queue, not in the database: a job that holds the write lock of SQLite for
    seconds can say how far it is, and can be told to stop. Written over by the next of that name.
    """
    current_app.extensions["penpal.queue"].put(f"note.{name}", told)


def noted(name: str) -> dict[str, Any] | None:
    """The last word of that name, or None."""
    told: dict[str, Any] | None = current_app.extensions["penpal.queue"].get(
        f"note.{name}", peek=True
    )
    return told


def forget(name: str) -> None:
    """Take a word back."""
    current_app.extensions["penpal.queue"].delete(f"note.{name}")


def configure(app: Flask, settings: Settings) -> None:
    """Make the queue: beside the embedded database, or in Redis where there is one."""
    options: dict[str, Any] = {"results": False, "utc": True}
    queue: Huey
    if settings.redis_url:
        # A worker waits a second for work; whoever brings some does not wait for a Redis that hangs.
        pool = redis.ConnectionPool.from_url(
            settings.redis_url,
            socket_connect_timeout=_ANSWERS,
            socket_timeout=_ANSWERS,
            retry=Retry(NoBackoff(), 1),
        )
        queue = RedisHuey("penpal", connection_pool=pool, **options)
    else:
        settings.data.mkdir(parents=True, exist_ok=True)
        queue = SqliteHuey(
            "penpal", filename=str(settings.data / "jobs.sqlite"), fsync=True, **options
        )

    def perform(name: str, **arguments: Any) -> None:
        with app.app_context():
            try:
                run(name, **arguments)
            except Exception:
                log.exception("job_failed", job=name)
                raise
            finally:
                db.session.remove()

    task = queue.task(name="penpal", retries=5, retry_delay=30)(perform)
    for name, due in _periods.items():
        queue.periodic_task(due, name=f"every.{name}")(_periodic(perform, name))
    app.extensions["penpal.queue"] = queue
    app.extensions["penpal.run_job"] = task


def _periodic(perform: Callable[..., None], name: str) -> Callable[[], None]:
    @wraps(perform)
    def once() -> None:
        perform(name)

    return once


def work_forever(app: Flask, *, threads: int) -> None:
    """Run the queue in this process until it is told to stop: a worker of its own."""
    Consumer(app.extensions["penpal.queue"], workers=threads, periodic=True).run()


def start_embedded(app: Flask) -> None:
    """Run the queue's consumer in threads of this process: the embedded server has no other worker."""
    consumer = Consumer(
        app.extensions["penpal.queue"], workers=1, periodic=True, check_worker_health=True
    )
    # The consumer's own signal handlers belong to a main process; the server keeps its own.
    consumer._set_signal_handlers = lambda: None  # type: ignore[method-assign]
    threading.Thread(target=consumer.run, name="jobs", daemon=True).start()
