"""What is counted for whoever watches the server: numbers of endpoints, jobs and letters, never of people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_login import user_logged_in
from huey.api import Huey
from huey.signals import SIGNAL_COMPLETE, SIGNAL_ERROR
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import db
from penpal.kernel.live import socketio
from penpal.notices import digests

DOORS = {
    "accounts.begin_session": "password",
    "accounts.activate": "code",
    "factor.check": "second step",
    "factor.set_up_at_the_door": "second step",
}
"""The endpoints at which people come in, by what they show there."""
REFUSED = (401, 422, 429)

_EXTENSION = "penpal.metrics"
_WEEK = timedelta(days=7)
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# When a counter was made says nothing that its reader does not know.
disable_created_metrics()  # type: ignore[no-untyped-call]

_CLASSES = ("?", "1xx", "2xx", "3xx", "4xx", "5xx")


class Metrics:
    """The counters of one application in one process."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.registry = CollectorRegistry()
        self._app, self._settings = app, settings
        self._requests = Histogram(
            "penpal_request_seconds",
            "Requests by endpoint, method and class of status, and how long they took.",
            ("endpoint", "method", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._children: dict[tuple[str, str, int], Any] = {}
        self._sign_ins = Counter("penpal_sign_ins", "Sessions that began.", registry=self.registry)
        self._refused = Counter(
            "penpal_sign_ins_refused",
            "Tries at a door that did not lead in.",
            ("door",),
            registry=self.registry,
        )
        self.letters = Counter(
            "penpal_letters_delivered", "Letters delivered.", registry=self.registry
        )
        self._jobs = Counter(
            "penpal_jobs", "Jobs that this process ran.", ("job", "outcome"), registry=self.registry
        )
        self._waiting = self._gauge("penpal_jobs_waiting", "Jobs in the queue.")
        self._scheduled = self._gauge("penpal_jobs_scheduled", "Jobs that wait for their time.")
        self._sockets = self._gauge("penpal_sockets_open", "Open sockets of this process.")
        self._in_use = self._gauge(
            "penpal_database_connections_in_use", "Database connections that answer somebody now."
        )
        self._size = self._gauge(
            "penpal_database_connections_kept", "Database connections that the pool may keep."
        )
        self._room = self._gauge(
            "penpal_data_free_bytes", "Room that is left on the disk of the data folder."
        )
        self._mails = self._gauge("penpal_mails_waiting", "Mails to staff that wait to be sent.")
        self._failing = self._gauge(
            "penpal_mails_failing", "Mails that wait because sending them failed at least once."
        )
        self._lost = self._gauge(
            "penpal_mails_given_up", "Mails of the last seven days that no server took."
        )
        for door in DOORS.values():
            self._refused.labels(door)
        ProcessCollector(registry=self.registry)

    def answered(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        key = (endpoint, method, status // 100)
        child = self._children.get(key)
        if child is None:
            labels = (endpoint, method, _CLASSES[key[2]])
            child = self._children[key] = self._requests.labels(*labels)
        child.observe(seconds)
        if endpoint in DOORS and method == "POST" and status in REFUSED:
            self._refused.labels(DOORS[endpoint]).inc()

    def signed_in(self, _app: Flask, **_who: object) -> None:
        self._sign_ins.inc()

    def ran(self, signal: str, task: Any, _error: object = None) -> None:
        """A job ended, in whichever way. One that fails is tried again, and each try counts."""
        # What is asked for by name runs as one task, which is told the name first.
        name = task.args[0] if task.args else task.name.removeprefix("every.")
        self._jobs.labels(name, "done" if signal == SIGNAL_COMPLETE else "failed").inc()

    def text(self) -> bytes:
        """All of it as Prometheus reads it, with what is so at this moment."""
        for gauge, value in self._now():
            gauge.set(value)
        return generate_latest(self.registry)

    def _now(self) -> Iterator[tuple[Gauge, float]]:
        queue: Huey = self._app.extensions["penpal.queue"]
        yield self._waiting, queue.pending_count()
        yield self._scheduled, queue.scheduled_count()
        assert socketio.server is not None
        yield self._sockets, len(socketio.server.eio.sockets)
        try:
            pool = db.engine.pool
        except SQLAlchemyError:
            pool = None
        if isinstance(pool, QueuePool):
            yield self._in_use, pool.checkedout()
            yield self._size, pool.size()
        yield from self._post()
        disk = os.statvfs(self._settings.data)
        yield self._room, disk.f_bavail * disk.f_frsize

    def _post(self) -> Iterator[tuple[Gauge, float]]:
        try:
            waiting, failing = digests.waiting()
            lost = digests.given_up_since(clock.now() - _WEEK)
        except SQLAlchemyError:
            # Whoever watches learns it from the gauges of the database.
            return
        yield self._mails, waiting
        yield self._failing, failing
        yield self._lost, lost

    def _gauge(self, name: str, words: str) -> Gauge:
        return Gauge(name, words, registry=self.registry)


def configure(app: Flask, settings: Settings) -> None:
    """Begin to count what passes through this application."""
    counted = Metrics(app, settings)
    app.extensions[_EXTENSION] = counted
    user_logged_in.connect(counted.signed_in, app)


def count_jobs(app: Flask) -> None:
    """Listen to the queue, once there is one."""
    queue: Huey = app.extensions["penpal.queue"]
    queue.signal(SIGNAL_COMPLETE, SIGNAL_ERROR)(of(app).ran)


def of(app: Flask) -> Metrics:
    found: Metrics = app.extensions[_EXTENSION]
    return found
