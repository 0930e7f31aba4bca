"""Who has a thing open just now: remembered for a minute, in this process or in Redis where there is one.

Nothing depends on it: it only keeps two people from doing the same thing twice.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import redis
import structlog
from flask import Flask, current_app
from redis.backoff import NoBackoff
from redis.retry import Retry

from penpal.config import Settings
from penpal.kernel import clock

MINUTE = timedelta(minutes=1)
_REMEMBERED = 5000
_EXTENSION = "penpal.looking"

Seen = dict[int, tuple[str, datetime]]
"""By person: their name, and when they were there last."""

log = structlog.get_logger(__name__)


class _Memory(Protocol):
    def note(self, thing: str, person_id: int, name: str) -> None: ...
    def left(self, thing: str, person_id: int) -> None: ...
    def seen(self, thing: str) -> Seen: ...


class _Here:
    """The memory of a server that is one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, Seen] = {}

    def note(self, thing: str, person_id: int, name: str) -> None:
        with self._lock:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen.setdefault(thing, {})[person_id] = (name, clock.now())

    def left(self, thing: str, person_id: int) -> None:
        with self._lock:
            self._seen.get(thing, {}).pop(person_id, None)

    def seen(self, thing: str) -> Seen:
        with self._lock:
            return dict(self._seen.get(thing, {}))


class _Shared:
    """The memory of several processes: a hash for each thing, which Redis forgets by itself."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis.Redis.from_url(
            url,
            socket_timeout=1,
            socket_connect_timeout=1,
            # The library would try again for ten seconds.
            retry=Retry(NoBackoff(), 1),
            decode_responses=True,
        )

    def note(self, thing: str, person_id: int, name: str) -> None:
        told = json.dumps([name, clock.now().timestamp()])

        def write() -> None:
            pipe = self._redis.pipeline()
            pipe.hset(_key(thing), str(person_id), told)
            pipe.expire(_key(thing), 2 * int(MINUTE.total_seconds()))
            pipe.execute()

        _kindly(write, None)

    def left(self, thing: str, person_id: int) -> None:
        _kindly(lambda: self._redis.hdel(_key(thing), str(person_id)), None)

    def seen(self, thing: str) -> Seen:
        found: dict[str, str] = _kindly(lambda: self._redis.hgetall(_key(thing)), {})
        told = {int(person): json.loads(words) for person, words in found.items()}
        return {
            person: (str(name), datetime.fromtimestamp(at, UTC))
            for person, (name, at) in told.items()
        }


def _key(thing: str) -> str:
    return f"penpal:looking:{thing}"


def _kindly(ask: Callable[[], Any], otherwise: Any) -> Any:
    """Without Redis nobody sees who else is there; the work itself goes on."""
    try:
        return ask()
    except redis.RedisError as problem:
        log.warning("looking_without_redis", problem=type(problem).__name__)
        return otherwise


def configure(app: Flask, settings: Settings) -> None:
    app.extensions[_EXTENSION] = _Shared(settings.redis_url) if settings.redis_url else _Here()


def note(thing: str, person_id: int, name: str) -> None:
    """Somebody has it open just now. ``thing`` is written as ``hold:7``."""
    _memory().note(thing, person_id, name)


def left(thing: str, person_id: int) -> None:
    _memory().left(thing, person_id)


def who(thing: str) -> dict[int, str]:
    """Who had it open within the last minute, by name."""
    since = clock.now() - MINUTE
    return {person: name for person, (name, at) in _memory().seen(thing).items() if at >= since}


def _memory() -> _Memory:
    memory: _Memory = current_app.extensions[_EXTENSION]
    return memory
