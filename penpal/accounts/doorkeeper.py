"""Who may open a connection for sockets at all: looked at before Socket.IO hears of it, and at each poll."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
import structlog
from flask import Flask

from penpal.accounts import signed_in
from penpal.config import Settings
from penpal.kernel import live, wires
from penpal.kernel.access import Actor

PAGES_SHARE = 4
"""One in so many threads is never given to a socket."""
GREENLETS = 10_000
"""Connections of a process that serves sockets alone, where none holds a thread."""
SLACK = 2
"""So many times their sockets a person may hold in connections: those of a line that fell linger."""

_REFUSED = {
    400: "400 Bad Request",
    403: "403 Forbidden",
    405: "405 Method Not Allowed",
    409: "409 Conflict",
    413: "413 Content Too Large",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}
# Long polling is one request to fetch and one to say something at a time.
_TURNS = {"GET": "fetching", "POST": "saying"}

log = structlog.get_logger(__name__)

StartResponse = Callable[..., Any]
Who = tuple[int, int | None]


class Place:
    """What one connection takes up, from its handshake until it is gone."""

    def __init__(self, who: Who, taken_from: Places) -> None:
        self.who, self.taken_from = who, taken_from
        self.since = time.monotonic()
        self.connection = ""
        """Its number, once Engine.IO has given it one."""
        self.fetching, self.saying = threading.Lock(), threading.Lock()
        self._is_held = True

    def give_back(self) -> None:
        if self._is_held:
            self._is_held = False
            self.taken_from.free(self)


class Places:
    """Counts connections: all of them, for each holds a thread, and those of each person."""

    def __init__(self, most: int, of_one: int) -> None:
        self.most, self.of_one = most, of_one
        self._lock = threading.Lock()
        self._held: Counter[int] = Counter()

    def take(self, who: Who) -> Place | int:
        """A place, or the status with which to refuse it."""
        with self._lock:
            if self._held[who[0]] >= self.of_one:
                return 429
            if self._held.total() >= self.most:
                return 503
            self._held[who[0]] += 1
        return Place(who, self)

    def free(self, place: Place) -> None:
        with self._lock:
            self._held[place.who[0]] -= 1
            if self._held[place.who[0]] <= 0:
                del self._held[place.who[0]]


class Doorkeeper:
    """Refuses what has no session or comes from a foreign page, before it costs a thread.

    A websocket holds its thread for as long as it is open, and one who polls nearly always holds one,
    so some threads are kept for pages: who comes when all the others are taken is told to try later,
    and their pages work without. Each poll is asked for its session again.
    """

    def __init__(
        self, app: Flask, inner: Callable[..., Iterable[bytes]], settings: Settings
    ) -> None:
        self.app, self.inner, self.settings = app, inner, settings
        most = settings.threads - settings.threads // PAGES_SHARE
        self.places = Places(
            GREENLETS if settings.serves == "sockets" else most,
            settings.sockets_per_person * SLACK,
        )

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self.inner(environ, start_response)
        if not self._is_ours(environ):
            return _refuse(403, start_response)
        try:
            with self.app.request_context(environ):
                asking = signed_in.actor()
        except sa.exc.SQLAlchemyError:
            # Said in the server's own way; the page comes back by itself.
            log.warning("door_without_database")
            return _refuse(503, start_response)
        if asking.person_id is None:
            return _refuse(403, start_response)
        asked = parse_qs(environ.get("QUERY_STRING", ""))
        if "sid" in asked:
            return self._poll(asked, asking, environ, start_response)
        return self._handshake(asked, asking, environ, start_response)

    def _handshake(
        self,
        asked: dict[str, list[str]],
        asking: Actor,
        environ: dict[str, Any],
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        is_polling = asked.get("transport") == ["polling"] and "HTTP_UPGRADE" not in environ
        if environ["REQUEST_METHOD"] != "GET":
            return _refuse(405, start_response)
        if asked.get("EIO") != ["4"] or "j" in asked:
            return _refuse(400, start_response)
        if not is_polling and not (asked.get("transport") == ["websocket"] and _upgrades(environ)):
            return _refuse(400, start_response)
        place = self.places.take(_who(asking))
        if isinstance(place, int):
            return _refuse(place, start_response)
        environ[live.PLACE] = place
        try:
            # For a websocket in a thread this returns when it is closed; else, at once.
            return self.inner(environ, _unstored(start_response) if is_polling else start_response)
        finally:
            # What has begun gives its place back when it ends.
            if live.place_of(place.connection) is not place:
                place.give_back()

    def _poll(
        self,
        asked: dict[str, list[str]],
        asking: Actor,
        environ: dict[str, Any],
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in _TURNS:
            return _refuse(405, start_response)
        if "j" in asked or "HTTP_UPGRADE" in environ or asked.get("transport") != ["polling"]:
            return _refuse(400, start_response)
        place = live.place_of(asked["sid"][0])
        if place is None or place.who != _who(asking):
            return _refuse(400, start_response)
        turn: threading.Lock = getattr(place, _TURNS[method])
        if not turn.acquire(blocking=False):
            return _refuse(409, start_response)
        try:
            if method == "POST" and (status := _take_in(environ)):
                return _refuse(status, start_response)
            return self.inner(environ, _unstored(start_response))
        finally:
            turn.release()

    def _is_ours(self, environ: dict[str, Any]) -> bool:
        """Whether a page of ours asks. Browsers name the origin of a websocket, and of what is posted.

        They leave it out where a page fetches from its own site, and say so in another header; the
        older ones say only which page asks.
        """
        origin = environ.get("HTTP_ORIGIN", "")
        if not origin and "HTTP_UPGRADE" not in environ and environ["REQUEST_METHOD"] == "GET":
            if site := environ.get("HTTP_SEC_FETCH_SITE", ""):
                return bool(site == "same-origin")
            origin = environ.get("HTTP_REFERER", "")
        try:
            page = urlsplit(origin)
        except ValueError:
            return False
        if self.settings.public_url:
            return f"{page.scheme}://{page.netloc}" == self.settings.public_url.rstrip("/")
        return bool(page.netloc and page.netloc == environ.get("HTTP_HOST", ""))


def _who(actor: Actor) -> Who:
    return actor.person_id or 0, actor.session_id


def _upgrades(environ: dict[str, Any]) -> bool:
    """Whether this is the handshake of a websocket, complete: a broken one would be a fault further in."""
    names = [name.strip().lower() for name in environ.get("HTTP_CONNECTION", "").split(",")]
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return (
        environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and "upgrade" in names
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and len(key) == 16
    )


def _take_in(environ: dict[str, Any]) -> int:
    """Read a body that pages send, and hand on that one alone; else the status with which to refuse it."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or len(length) > 9:
        return 400
    if int(length) > wires.MAX_FRAME:
        return 413
    try:
        body: bytes = environ["wsgi.input"].read(int(length))
        frames = body.decode().split("\x1e")
    except (OSError, UnicodeDecodeError):
        return 400
    if len(frames) > wires.MAX_PACKETS or not all(map(wires.is_sound, frames)):
        return 400
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return 0


def _unstored(start_response: StartResponse) -> StartResponse:
    def begin(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
        kept = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        return start_response(status, [*headers, *kept], error)

    return begin


def _refuse(status: int, start_response: StartResponse) -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain"), ("Content-Length", "0")]
    if status in (429, 503):
        headers.append(("Retry-After", "30"))
    start_response(_REFUSED[status], headers)
    return [b""]
