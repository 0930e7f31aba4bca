"""Limits at the door. A class signs in behind one address, so only failures count, and names apart."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from penpal.accounts import codes
from penpal.config import Settings
from penpal.kernel.errors import TooMany

DOORS = ("accounts", "factor", "guardians", "piece_guardians")
"""The blueprints whose views may have limits."""

log = structlog.get_logger(__name__)
limiter = Limiter(
    get_remote_address,
    strategy="moving-window",
    headers_enabled=False,
    in_memory_fallback_enabled=True,
)


@cache
def _at_hand() -> MovingWindowRateLimiter:
    """Counts for the time without Redis, in this process alone: a door neither falls shut nor stands open.

    Made when it is first needed, for it keeps a thread, and the server forks.
    """
    return MovingWindowRateLimiter(MemoryStorage())


def _shared() -> MovingWindowRateLimiter:
    """Counts where all processes do, and raises ``RedisError`` while that is away.

    ``limiter.limiter`` would go over to a memory of the decorators' own then, and begin anew there.
    """
    return MovingWindowRateLimiter(limiter.storage)


def count(limits: Sequence[RateLimitItem], whose: str) -> None:
    """Count one more in each of the limits, until one is full. Raises ``TooMany`` then.

    Each is counted before it is judged, however many come at once.
    """
    if not limiter.enabled:
        return
    try:
        fits = all(_shared().hit(limit, whose) for limit in limits)
    except RedisError as problem:
        log.warning("counted_at_hand", problem=type(problem).__name__)
        fits = all(_at_hand().hit(limit, whose) for limit in limits)
    if not fits:
        raise TooMany


def configure(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    if settings.redis_url:
        # A Redis that hangs is one that is away: nobody waits for it at the door.
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {
            "socket_connect_timeout": 1,
            "socket_timeout": 1,
            "retry": Retry(NoBackoff(), 1),
        }
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    limiter.init_app(app)
    _stay_at_the_door(app)


def _stay_at_the_door(app: Flask) -> None:
    """Only the doors have limits: pages elsewhere need not be asked for theirs, a twentieth of their cost."""
    for hooks in (app.before_request_funcs, app.after_request_funcs):
        everywhere: list[Any] = hooks.get(None, [])
        own = [
            hook
            for hook in everywhere
            if limiter in (getattr(hook, "__self__", None), *getattr(hook, "args", ()))
        ]
        for hook in own:
            everywhere.remove(hook)
        for door in DOORS:
            hooks.setdefault(door, []).extend(own)


def _failed(response: Response) -> bool:
    return response.status_code == 422


def _name_and_address() -> str:
    return f"name:{request.form.get('login_name', '').strip().lower()[:80]}@{get_remote_address()}"


def _code() -> str:
    return f"code:{codes.tidy(request.form.get('code', ''))[:12]}"


# Somebody who mistypes has ten tries; a classmate at another address cannot lock them out.
by_name = limiter.limit("10 per 10 minutes", key_func=_name_and_address, deduct_when=_failed)
by_code = limiter.limit("10 per hour", key_func=_code, deduct_when=_failed)
# Sixty children who each mistype three times are no attack; a list of ten thousand names is.
by_address = limiter.limit("200 per 10 minutes; 1000 per day", deduct_when=_failed)

# Three codes of a million fit at any moment: twenty tries a day find one in fifty years.
_ANSWERS = (parse("5 per 15 minutes"), parse("20 per day"))


DOOR, CONFIRMATION = "second-step", "confirmation"
"""Where an answer is asked for: whoever guesses at one place closes nothing at the other."""


def count_answer(person_id: int, *, at: str) -> None:
    """One more code or password is tried at that place. Raises ``TooMany``."""
    # The longer limit is not spent on what the shorter refuses.
    count(_ANSWERS, f"{at}:{person_id}")


def forgive_answers(person_id: int, *, at: str) -> None:
    """It was right: those before it were slips."""
    if not limiter.enabled:
        return
    for limit in _ANSWERS:
        _at_hand().clear(limit, f"{at}:{person_id}")
        with suppress(RedisError):
            _shared().clear(limit, f"{at}:{person_id}")


# Whoever talks by a form says as much as by a socket, where events are counted for themselves.
_LINES = (parse("40 per minute"),)


def count_line(person_id: int) -> None:
    """One more line of chat comes by a form. Raises ``TooMany``."""
    count(_LINES, f"line:{person_id}")


# A stack of holiday photos goes through; whoever fills the disk is slowed down.
_PHOTOS = (parse("60 per 10 minutes"), parse("300 per day"))


def count_photo(person_id: int) -> None:
    """One more photo comes from this person. Raises ``TooMany``."""
    count(_PHOTOS, f"photo:{person_id}")
