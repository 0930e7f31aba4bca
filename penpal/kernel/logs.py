"""Logs: one line of JSON for whatever happened, and never what anybody wrote, is called or asked for."""

from __future__ import annotations

import errno
import json
import logging
import re
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from pathlib import Path
from traceback import walk_tb
from typing import Any

import structlog

from penpal.config import ROOT, Settings
from penpal.kernel import clock

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The number of the request that this thread answers; '' outside of one."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")
_OUTERMOST = 30
"""Frames of one error that are told, counted from where it was raised."""

# Which messages of libraries are put together from nothing but ports, numbers and settings.
_HARMLESS = ("gunicorn.error", "huey", "alembic")

# What SQLite says of constraints and of itself names tables and columns; the rest may quote a text.
_OF_SQLITE = re.compile(
    r"(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: [\w., ]+)?"
    r"|no such (?:table|column): [\w.]+|database (?:is locked|disk image is malformed)"
    r"|attempt to write a readonly database|unable to open database file|disk I/O error"
    r"|database or disk is full"
)


def configure(settings: Settings) -> None:
    """Send what we and the libraries have to say to standard error, in one form."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    root = logging.getLogger()
    root.setLevel(level)
    if not any(isinstance(handler, _Lines) for handler in root.handlers):
        root.addHandler(_Lines())
    for name in ("engineio.server", "socketio.server"):
        # Without a level they would add handlers of their own, which print texts of exceptions.
        logging.getLogger(name).setLevel(logging.ERROR)
    threading.excepthook = _of_thread
    structlog.configure(
        processors=[_as_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Writer,
        # Another application in the same process may have another level.
        cache_logger_on_first_use=False,
    )


def write(line: str) -> None:
    """Put a finished line out, in one piece."""
    sys.stderr.write(line + "\n")


def moment() -> str:
    return clock.now().isoformat(timespec="milliseconds")


def told(error: BaseException) -> list[dict[str, Any]]:
    """An error and what it came from, outermost first: kinds and places, not what its message quotes."""
    found = []
    for link in _chain(error):
        kind = type(link)
        said: dict[str, Any] = {"kind": f"{kind.__module__}.{kind.__qualname__}"}
        if because := _because(link):
            said["because"] = because
        frames = [
            f"{_place(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
            for frame, line in walk_tb(link.__traceback__)
        ]
        said["at"] = frames[-_OUTERMOST:]
        found.append(said)
    return found


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _because(error: BaseException) -> str:
    """The part of a message that cannot hold a person's words: names of constraints, numbers of the system."""
    raised = getattr(error, "orig", None) or error
    diagnosis = getattr(raised, "diag", None)
    if diagnosis is not None:
        names = (getattr(raised, "sqlstate", None), diagnosis.table_name, diagnosis.constraint_name)
        return " ".join(name for name in names if name)
    if hasattr(raised, "sqlite_errorname"):
        message = str(raised)
        return message if _OF_SQLITE.fullmatch(message) else str(raised.sqlite_errorname)
    if isinstance(raised, OSError) and raised.errno is not None:
        return errno.errorcode.get(raised.errno, str(raised.errno))
    return ""


def _place(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return path.relative_to(ROOT).as_posix()
    return file.rpartition("site-packages/")[2].rpartition("/python3.")[2]


def _safe(value: object) -> object:
    """Numbers and names of ours as they are; of any other text only how long it is."""
    if value is None or isinstance(value, bool | int | float):
        return value
    words = str(value)
    return words if _NAME.fullmatch(words) else f"… ({len(words)})"


def _as_line(_logger: object, level: str, said: MutableMapping[str, Any]) -> str:
    event = said.pop("event", "")
    error = said.pop("exc_info", None)
    if error is True or isinstance(error, tuple):
        error = sys.exc_info()[1] if error is True else error[1]
    fields = {name: _safe(value) for name, value in said.items()}
    return _line(level, str(event), fields, error or None)


def _line(level: str, event: str, fields: dict[str, Any], error: BaseException | None) -> str:
    whole: dict[str, Any] = {
        "at": moment(),
        "level": "error" if level == "exception" else level,
        "event": event,
    }
    if request := request_id.get():
        whole["request"] = request
    whole |= fields
    if error is not None:
        whole["error"] = told(error)
    return json.dumps(whole, ensure_ascii=False)


class _Writer:
    """Where structlog hands over finished lines, whichever level they have."""

    def __init__(self, *_names: object) -> None:
        pass

    def msg(self, line: str) -> None:
        write(line)

    debug = info = warning = error = critical = exception = msg


class _Lines(logging.Handler):
    """What libraries log. Their messages may quote an address or a form: what they fill in stays out."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            place = f"{_place(record.pathname)}:{record.lineno}"
            fields = {"logger": record.name, "place": place}
            error = record.exc_info[1] if record.exc_info else None
            if error is None and isinstance(record.msg, BaseException):
                error = record.msg
            write(_line(record.levelname.lower(), _words_of(record), fields, error))
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """The library's own way would print the message with what was filled in."""
        write(_line("error", "a line could not be written", {"logger": _safe(record.name)}, None))


def _words_of(record: logging.LogRecord) -> str:
    if record.levelno <= logging.INFO and record.name.split(".")[0] in ("penpal", "tools"):
        return record.getMessage()
    if record.levelno <= logging.INFO and record.name.startswith(_HARMLESS):
        return record.getMessage()
    if isinstance(record.msg, str) and record.args:
        return record.msg
    # A message without arguments was perhaps put together before; its place says which one it is.
    return "a library logged"


def _of_thread(raised: threading.ExceptHookArgs) -> None:
    if raised.exc_value is not None and raised.exc_type is not SystemExit:
        write(_line("error", "thread_failed", {}, raised.exc_value))
