"""Who may hold a socket: signed in, of this site, and not too many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from penpal.accounts import sessions, signed_in
from penpal.config import Settings
from penpal.kernel import clock, live
from penpal.kernel.access import Actor

_TOKEN_SECONDS = 24 * 3600
_TOKEN_FRESH = 3600
SWEEP_SECONDS = 60
PAGES_SHARE = 4
"""One in so many threads is never given to a socket."""

StartResponse = Callable[..., Any]
log = structlog.get_logger(__name__)


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


def register() -> None:
    live.socketio.on_event("connect", _connect)
    live.socketio.on_event("disconnect", _disconnect)


def _connect(auth: dict[str, Any] | None = None) -> bool:
    """Join the person's own room, or be turned away. The room's name is never the client's to say."""
    actor = signed_in.actor()
    if actor.person_id is None or actor.session_id is None or not _belongs(auth, actor):
        return False
    socket_id: str = request.sid  # type: ignore[attr-defined]
    if not _welcome(actor) or not live.admit(
        actor.person_id,
        socket_id,
        session_id=actor.session_id,
        at_most=_settings().sockets_per_person,
    ):
        return False
    # Whoever was signed out since the question above was sent out of the room before coming in.
    if not _welcome(signed_in.still()):
        live.leave(socket_id)
        return False
    return True


def _welcome(actor: Actor) -> bool:
    return actor.person_id is not None and (not actor.is_student or actor.takes_part)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


def _belongs(auth: dict[str, Any] | None, actor: Actor) -> bool:
    try:
        said = _serializer(current_app.config["SECRET_KEY"]).loads(
            str((auth or {}).get("token", "")), max_age=_TOKEN_SECONDS
        )
    except BadSignature:
        return False
    return bool(said == [actor.person_id, actor.session_id])


def begin_sweeping(app: Flask) -> threading.Event:
    """Sweep once a minute, in a thread of this process: only it can close the sockets that it holds.

    Returns what ends it when it is set.
    """
    ended = threading.Event()
    threading.Thread(target=_sweep_until, args=(ended, app), name="sweep", daemon=True).start()
    return ended


def _sweep_until(ended: threading.Event, app: Flask) -> None:
    while not ended.wait(SWEEP_SECONDS):
        try:
            with app.app_context():
                sweep()
        except Exception:
            # The next minute is another chance; a thread that ended would be none.
            log.exception("sweep_failed")


def sweep() -> None:
    """Close the sockets whose session is over: ended elsewhere, run out, or idle for too long.

    A page that is only open asks for nothing, so nobody would notice at its next request.
    """
    opened_in = live.opened_in()
    over = sessions.over(set(opened_in.values()))
    live.close([socket_id for socket_id, number in opened_in.items() if number in over])


def _disconnect(_reason: str | None = None) -> None:
    live.leave(request.sid)  # type: ignore[attr-defined]


class Doorkeeper:
    """Refuses a socket's handshake without a session or from a foreign page, before it costs a thread.

    A socket holds its thread for as long as it is open, so some threads are kept for pages: who comes
    when all the others are taken is told to try later, and their pages work without.
    """

    def __init__(
        self, app: Flask, inner: Callable[..., Iterable[bytes]], settings: Settings
    ) -> None:
        self.app, self.inner, self.settings = app, inner, settings
        self.places = BoundedSemaphore(settings.threads - settings.threads // PAGES_SHARE)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self.inner(environ, start_response)
        with self.app.request_context(environ):
            welcome = self._is_ours(environ) and signed_in.actor().person_id is not None
        if not welcome:
            return _refuse("403 Forbidden", start_response)
        if not self.places.acquire(blocking=False):
            return _refuse("503 Service Unavailable", start_response)
        try:
            # With the websocket transport alone, this returns when the socket is closed.
            return self.inner(environ, start_response)
        finally:
            self.places.release()

    def _is_ours(self, environ: dict[str, Any]) -> bool:
        origin = environ.get("HTTP_ORIGIN", "")
        if self.settings.public_url:
            return bool(origin == self.settings.public_url.rstrip("/"))
        return bool(urlsplit(origin).netloc == environ.get("HTTP_HOST", ""))


def _refuse(status: str, start_response: StartResponse) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return [b""]
