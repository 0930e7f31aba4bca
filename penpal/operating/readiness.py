"""Whether this process can do its work: does the database answer, is its schema ours, can files be written."""

from __future__ import annotations

import os
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import lru_cache
from time import monotonic

import structlog
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from penpal.config import ROOT, Settings
from penpal.kernel.db import db

PATIENCE = 3.0
"""Seconds after which a database that says nothing counts as one that does not answer."""
FRESH = 1.0
"""Seconds for which an answer is given again: anybody may ask, and nobody shall tire the database."""
WELL = "ok"

log = structlog.get_logger(__name__)

Findings = dict[str, str]


class Readiness:
    """Asks all parts, one time for everybody who asks at once."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._lock = threading.Lock()
        self._found: Findings = {}
        self._until = 0.0
        self._asked: Future[Findings] | None = None
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="readiness")

    def findings(self) -> Findings:
        """``ok`` for each part that is well, else what is the matter, in words without any secret."""
        with self._lock:
            if monotonic() >= self._until:
                self._found = self._database() | {"data": self._data()}
                self._until = monotonic() + FRESH
            return self._found

    def _database(self) -> Findings:
        # A question that hangs is not asked twice: its thread would hang as well.
        if self._asked is None or self._asked.done():
            self._asked = self._asking.submit(self._ask)
        try:
            return self._asked.result(timeout=PATIENCE)
        except TooLate:
            return {"database": "does not answer", "schema": "unknown"}

    def _ask(self) -> Findings:
        try:
            with self._app.app_context(), db.engine.connect() as connection:
                found = MigrationContext.configure(connection).get_current_heads()
        except SQLAlchemyError as problem:
            log.warning("database_not_ready", exc_info=problem)
            return {"database": "does not answer", "schema": "unknown"}
        schema = WELL if set(found) == newest() else "not at the newest migration"
        return {"database": WELL, "schema": schema}

    def _data(self) -> str:
        try:
            with tempfile.NamedTemporaryFile(dir=self._settings.data, prefix=".ready-") as file:
                file.write(b"ready")
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            log.warning("data_not_ready", exc_info=problem)
            return "cannot be written"
        return WELL


@lru_cache(maxsize=1)
def newest() -> frozenset[str]:
    """The revisions at which a database of this version stands."""
    return frozenset(ScriptDirectory(str(ROOT / "migrations")).get_heads())
