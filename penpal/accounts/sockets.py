"""Who may hold a socket: signed in, of this site, and not too many at once; and who speaks through it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import structlog
from flask import Flask, current_app, request, session
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer
from socketio.exceptions import ConnectionRefusedError as Refused

from penpal.accounts import sessions, signed_in, snapshots
from penpal.config import Settings
from penpal.kernel import clock, db, live
from penpal.kernel.access import NOBODY, Actor

_TOKEN_SECONDS = 24 * 3600
_TOKEN_FRESH = 3600
SWEEP_SECONDS = 60
TICK_SECONDS = 1.0
UNJOINED_SECONDS = 20.0
"""How long a connection may stay that never said which page it is of."""
FRESH_SECONDS = 5.0
"""For so long a child who speaks in a socket is known; what ends it is told at once all the same."""
_TOO_MANY = _l("你开着的页面有点多。关掉几个，过一会儿会自己连上。")

log = structlog.get_logger(__name__)


class _Known(NamedTuple):
    actor: Actor
    at: float


_tokens: dict[str, str] = {}
"""The session of each socket, as its cookie names it."""
_known: dict[str, _Known] = {}
_ticking: list[Callable[[], None]] = []


def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="socket")


def token(actor: Actor) -> str:
    """What a page hands over at connect: CSRF protection does not see sockets, so the page proves itself."""
    key: str = current_app.config["SECRET_KEY"]
    return _token(
        key, actor.person_id, actor.session_id, int(clock.now().timestamp()) // _TOKEN_FRESH
    )


@lru_cache(maxsize=2048)
def _token(key: str, person_id: int | None, session_id: int | None, _hour: int) -> str:
    """Signed once an hour, not for every page."""
    return str(_serializer(key).dumps([person_id, session_id]))


def room_key(kind: str, number: int) -> str:
    """By what a proxy chooses the process for a page: the same for both of a pair, and telling nothing.

    It opens nothing. Whoever makes one up is only led to another process.
    """
    return _room_key(current_app.config["SECRET_KEY"], kind, number)


@lru_cache(maxsize=4096)
def _room_key(key: str, kind: str, number: int) -> str:
    return hashlib.blake2b(f"{kind}:{number}".encode(), key=key.encode()[:64]).hexdigest()[:16]


def register() -> None:
    live.socketio.on_event("connect", _connect)
    live.socketio.on_event("disconnect", _disconnect)
    live.on_leaving(_forget)
    live.obey("person.again", look_again)


def _connect(auth: object = None) -> bool:
    """Join the person's own room, or be turned away. The room's name is never the client's to say."""
    actor = signed_in.actor()
    if actor.person_id is None or actor.session_id is None or not _belongs(auth, actor):
        return False
    socket_id: str = request.sid  # type: ignore[attr-defined]
    if not _welcome(actor):
        return False
    if not live.admit(
        actor.person_id,
        socket_id,
        session_id=actor.session_id,
        at_most=_settings().sockets_per_person,
    ):
        raise Refused(str(_TOO_MANY), {"why": "too_many", "wait": SWEEP_SECONDS})
    _tokens[socket_id] = str(session.get("_user_id", ""))
    # Whoever was signed out since the question above was sent out of the room before coming in.
    if not _welcome(ask_again(socket_id)):
        live.leave(socket_id)
        return False
    return True


def _welcome(actor: Actor) -> bool:
    return actor.person_id is not None and (not actor.is_student or actor.takes_part)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


def _belongs(auth: object, actor: Actor) -> bool:
    given = auth.get("token", "") if isinstance(auth, dict) else ""
    try:
        said = _serializer(current_app.config["SECRET_KEY"]).loads(
            str(given), max_age=_TOKEN_SECONDS
        )
    except BadSignature:
        return False
    return bool(said == [actor.person_id, actor.session_id])


def asking() -> Actor:
    """Who speaks in this event."""
    return who(request.sid)  # type: ignore[attr-defined]


def who(socket_id: str) -> Actor:
    """Whose socket it is, by what is stored; of a child, by what was stored a moment ago.

    What ends a child's session or place closes the socket in every process, so that the moment is
    only for what no process was told of. ``NOBODY`` once the session is over or the socket closed.
    """
    found = _known.get(socket_id)
    if found is not None and time.monotonic() - found.at < FRESH_SECONDS:
        return found.actor
    return ask_again(socket_id)


def ask_again(socket_id: str) -> Actor:
    """Whose socket it is, by what is stored at this moment."""
    token = _tokens.get(socket_id)
    # SQLite would answer as of the first question that this event asked.
    db.let_go()
    actor = (snapshots.by_token(token) if token else None) or NOBODY
    if actor.is_student and actor.takes_part and live.is_open(socket_id):
        _known[socket_id] = _Known(actor, time.monotonic())
    else:
        _known.pop(socket_id, None)
    return actor


def look_again(person_id: int) -> None:
    """Close the sockets of a person that nobody would be let in with any more; their others stay."""
    for socket_id in live.held_by(person_id):
        if not _welcome(ask_again(socket_id)):
            live.close([socket_id])


def _forget(socket_id: str) -> None:
    _known.pop(socket_id, None)
    _tokens.pop(socket_id, None)


def each_second(work: Callable[[], None]) -> None:
    """Have this done each second in every process that holds sockets; it must cost next to nothing."""
    if work not in _ticking:
        _ticking.append(work)


def begin_sweeping(app: Flask) -> threading.Event:
    """Sweep once a minute, in a thread of this process: only it can close the sockets that it holds.

    Returns what ends it when it is set.
    """
    ended = threading.Event()
    threading.Thread(target=_sweep_until, args=(ended, app), name="sweep", daemon=True).start()
    return ended


def _sweep_until(ended: threading.Event, app: Flask) -> None:
    swept_at = time.monotonic()
    while not ended.wait(min(TICK_SECONDS, SWEEP_SECONDS)):
        due = list(_ticking)
        if time.monotonic() - swept_at >= SWEEP_SECONDS:
            swept_at = time.monotonic()
            due.append(sweep)
        for work in due:
            try:
                with app.app_context():
                    work()
            except Exception:
                # The next time is another chance; a thread that ended would be none.
                log.exception("sweep_failed")


def sweep() -> None:
    """Close the sockets whose session is over: ended elsewhere, run out, or idle for too long.

    A page that is only open asks for nothing, so nobody would notice at its next request.
    """
    live.cut_unjoined(UNJOINED_SECONDS)
    opened_in = live.opened_in()
    over = sessions.over(set(opened_in.values()))
    live.close([socket_id for socket_id, number in opened_in.items() if number in over])


def _disconnect(_reason: str | None = None) -> None:
    live.leave(request.sid)  # type: ignore[attr-defined]
