"""What pages may say through a socket: declared like endpoints, asked like them, answered in one form.

``@on(event, permission, payload)`` stands above a reaction. The permission is asked at each event, the
payload is checked, how often it comes is counted, and what a service refuses goes back in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from flask import request
from flask_babel import lazy_gettext as _l
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import BaseModel, ConfigDict, ValidationError

from penpal.accounts import sockets
from penpal.accounts.limits import limiter
from penpal.kernel import access, clock, live
from penpal.kernel.access import Actor
from penpal.kernel.errors import NotPermitted, PenpalError

P = TypeVar("P", bound="Said")
Answer = dict[str, Any]
Reaction = Callable[[Any, Actor], Answer | None]

_ENDED = _l("你已经退出了。写了一半的字还在这台设备上，登录以后接着写。")
_GARBLED = _l("这一条没有看懂。刷新一下页面再试。")
_TOO_QUICK = _l("说得太快了，歇一小会儿。你写的还在。")
_AWAY = _l("这会儿连不上。你写的还在这台设备上，过一会儿会自己再送。")

_WHY = {403: "ended", 404: "ended", 409: "conflict", 422: "invalid", 429: "too_many"}
"""In one word for the page what a service refused; an error of a room may say so itself (``why``)."""


@cache
def _counts() -> FixedWindowRateLimiter:
    """Counted where the socket is held: a person's pages meet in one process, or in two at most.

    Made when it is first needed, for it keeps a thread, and the server forks.
    """
    return FixedWindowRateLimiter(MemoryStorage())


_ALL = parse("300 per minute")
_FLOOD = parse("1200 per minute")
"""Past it there is no page, and no more words."""

log = structlog.get_logger(__name__)


class Said(BaseModel):
    """What an event brings. Whatever is not named is refused, and nothing is made into anything else."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Event:
    name: str
    permission: Enum
    payload: type[Said]
    react: Reaction
    at_most: RateLimitItem | None


events: dict[str, Event] = {}
"""Everything that a page may say, by name."""


def on(
    name: str, permission: Enum, payload: type[P], *, at_most: str = ""
) -> Callable[[Callable[[P, Actor], Answer | None]], Callable[[P, Actor], Answer | None]]:
    """Declare an event of pages. ``at_most`` is how often one person may say it: ``"40 per minute"``."""

    def declare(
        react: Callable[[P, Actor], Answer | None],
    ) -> Callable[[P, Actor], Answer | None]:
        events[name] = Event(name, permission, payload, react, parse(at_most) if at_most else None)
        return react

    return declare


def register() -> None:
    """Have the server of this application listen to all that was declared."""
    for event in events.values():
        live.hear(event.name, partial(hear, event))


def hear(event: Event, said: object = None, *_more: object) -> Answer:
    """Work on one event of the socket that is being read, and say how it went."""
    try:
        return _answer(event, said)
    except PenpalError as refused:
        return refusal(refused)
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        log.warning("socket_without_database", socket_event=event.name)
        return {"ok": False, "why": "unavailable", "words": str(_AWAY)}
    except Exception:
        log.exception("socket_event_failed", socket_event=event.name)
        return {"ok": False, "why": "unavailable", "words": str(_AWAY)}


def _answer(event: Event, said: object) -> Answer:
    socket_id: str = request.sid  # type: ignore[attr-defined]
    person_id = live.person_of(socket_id)
    if person_id is None:
        return {"ok": False, "why": "ended", "words": str(_ENDED)}
    if (wait := _seconds_to_wait(event, person_id)) is not None:
        if limiter.enabled and not _counts().test(_FLOOD, "flood", str(person_id)):
            live.close([socket_id])
        return {"ok": False, "why": "too_many", "words": str(_TOO_QUICK), "wait": wait}
    by = sockets.asking()
    if by.person_id != person_id:
        live.close([socket_id])
        return {"ok": False, "why": "ended", "words": str(_ENDED)}
    if not access.conceivable(by, event.permission):
        raise NotPermitted
    try:
        payload = event.payload.model_validate(said)
    except (ValidationError, RecursionError):
        return {"ok": False, "why": "invalid", "words": str(_GARBLED)}
    return {"ok": True} | (event.react(payload, by) or {})


def _seconds_to_wait(event: Event, person_id: int) -> int | None:
    """None as long as they are within the limits; each event counts, whatever becomes of it."""
    if not limiter.enabled:
        return None
    who = str(person_id)
    _counts().hit(_FLOOD, "flood", who)
    asked = [(_ALL, "all")]
    if event.at_most is not None:
        asked.append((event.at_most, event.name))
    for limit, name in asked:
        if not _counts().hit(limit, name, who):
            ends_at = _counts().get_window_stats(limit, name, who).reset_time
            return max(1, round(ends_at - clock.now().timestamp()))
    return None


def refusal(error: PenpalError) -> Answer:
    """What a service refused, as an acknowledgement."""
    why = getattr(error, "why", "") or _WHY.get(error.status, "unavailable")
    return {"ok": False, "why": why, "words": str(error)}
