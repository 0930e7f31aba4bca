"""What gathers the lines of a process and commits them together, so that they wait for the disk once."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from penpal.chat import recalling, storing
from penpal.chat.events import LineSent
from penpal.chat.lines import Answer, Kept, Name, NewLine
from penpal.kernel import events
from penpal.kernel.db import db, transaction
from penpal.kernel.errors import PenpalError

WINDOW = 0.005
"""Seconds for which the first line waits for others."""
LARGEST = 200
"""Lines of one transaction at most."""
PATIENCE = 20.0
"""Seconds after which whoever waits is told to try again; the same key finds what was kept meanwhile."""

_UNSURE_AT_MOST = 10_000
_EXTENSION = "penpal.chat.committer"

log = structlog.get_logger(__name__)
_starting = threading.Lock()


class Unavailable(PenpalError):
    """The database is away, or too slow: nothing is known to be kept. The same key may be sent again."""

    status = 503
    message = _l("这会儿连不上，这一句还在你这里。过一会儿再发，不会发成两句。")


@dataclass(eq=False, slots=True)
class _Waiting:
    """A line and whoever waits for it: ``known`` is let go when there is an answer."""

    line: NewLine
    known: Any
    answer: Answer | Exception = field(default_factory=Unavailable)

    def let_know(self) -> None:
        with suppress(RuntimeError):
            self.known.release()


class Committer:
    """Keeps lines in a thread of its own, one transaction after the other.

    In a socket process the thread is a greenlet, as are those who wait for it.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lines: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._unsure: set[Name] = set()
        threading.Thread(target=self._commit_forever, name="committer", daemon=True).start()

    def hand_in(self, line: NewLine) -> Answer | Exception:
        """Return once the line is kept, or is not."""
        # A lock taken twice is the lightest thing that one thread waits for and another gives.
        waiting = _Waiting(line, threading.Lock())
        waiting.known.acquire()
        self._lines.put(waiting)
        waiting.known.acquire(timeout=PATIENCE)
        return waiting.answer

    def _commit_forever(self) -> None:
        while True:
            batch = self._gathered()
            with self._app.app_context():
                try:
                    self._commit(batch)
                except Exception as trouble:
                    log.exception("lines_not_kept", lines=len(batch))
                    for waiting in batch:
                        waiting.answer = _in_words(trouble)
                        waiting.let_know()
                finally:
                    db.session.remove()

    def _gathered(self) -> list[_Waiting]:
        batch = [self._lines.get()]
        time.sleep(WINDOW)
        with suppress(queue.Empty):
            while len(batch) < LARGEST:
                batch.append(self._lines.get_nowait())
        return batch

    def _commit(self, batch: list[_Waiting]) -> None:
        news = self._keep(batch)
        # Before the author hears of it: their next line is looked at beside this one.
        recalling.hear(news)
        for waiting in batch:
            waiting.let_know()
        # Whoever waits is told first: to tell all others takes longer than the commit.
        events.send(list(news))

    def _keep(self, batch: list[_Waiting]) -> list[LineSent]:
        """Answer all of them. Gives what is to be told."""
        try:
            return self._try(batch)
        except (OperationalError, PoolTimeout) as trouble:
            # The connection broke, perhaps after the commit: a new one finds out.
            self._doubt(batch)
            log.warning("lines_tried_again", lines=len(batch), kind=type(trouble).__name__)
            return self._try(batch)
        except Exception:
            if len(batch) == 1:
                raise
            # One of them cannot be stored: each goes alone, so that it takes no other with it.
            return [event for waiting in batch for event in self._keep_alone(waiting)]

    def _keep_alone(self, waiting: _Waiting) -> list[LineSent]:
        try:
            return self._keep([waiting])
        except Exception as trouble:
            log.exception("line_not_kept")
            waiting.answer = _in_words(trouble)
            return []

    def _try(self, batch: list[_Waiting]) -> list[LineSent]:
        lines = [waiting.line for waiting in batch]
        with transaction():
            answers, news = storing.store(lines, unsure=self._unsure)
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.answer = answer
            if self._unsure and isinstance(answer, Kept):
                self._unsure.discard(waiting.line.name)
        return news

    def _doubt(self, batch: list[_Waiting]) -> None:
        """Remember lines that may be there without anybody having been told: told when they come again."""
        if len(self._unsure) < _UNSURE_AT_MOST:
            self._unsure |= {waiting.line.name for waiting in batch}


def _in_words(trouble: Exception) -> Exception:
    """What the author is told: to try again, unless the line itself cannot be stored."""
    is_away = isinstance(trouble, (OperationalError, PoolTimeout))
    return Unavailable() if is_away else PenpalError()


def committer() -> Committer:
    """That of this application in this process, which begins with its first line."""
    found = current_app.extensions.get(_EXTENSION)
    if found is None:
        found = _begun(current_app._get_current_object())  # type: ignore[attr-defined]
    begun: Committer = found
    return begun


def _begun(app: Flask) -> Committer:
    with _starting:
        found: Committer | None = app.extensions.get(_EXTENSION)
        if found is None:
            found = app.extensions[_EXTENSION] = Committer(app)
        return found
