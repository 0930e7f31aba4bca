"""Every request gets a number and one line in the log, and is counted: by endpoint, never by address."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from flask import Flask, g, request
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import SignedIn
from penpal.config import Settings
from penpal.kernel import logs
from penpal.operating import metrics

HEADER = "X-Request-Id"
PROBES = ("operating.healthz", "operating.readyz", "operating.metrics")
"""Asked every few seconds by machines: their lines are written at the level DEBUG alone."""
SOCKET, NOWHERE = "socket", "nowhere"

_KEY = "penpal.noted"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
# Read aloud on the phone, a number must hold no signs that sound or look alike.
_SIGNS = "".join(sign for sign in string.digits + string.ascii_uppercase if sign not in "01ILO")
_PAIRS = [a + b for a in _SIGNS for b in _SIGNS]

StartResponse = Callable[..., Any]


class _Noted:
    """What is known of a request while it is answered."""

    __slots__ = ("actor", "endpoint", "status")

    def __init__(self) -> None:
        self.endpoint, self.actor, self.status = NOWHERE, "nobody", 0


def configure(app: Flask) -> None:
    """Look at each request before anything else does, and at each answer after everything else did."""

    @app.before_request
    def note_the_endpoint() -> None:
        noted = request.environ.get(_KEY)
        if noted is not None and request.endpoint is not None:
            noted.endpoint = request.endpoint

    @app.after_request
    def note_who_asked(answer: Response) -> Response:
        noted = request.environ.get(_KEY)
        # Whoever was not looked up yet is not looked up for this: the database may be what failed.
        holder = g.get("_login_user")
        if noted is not None and isinstance(holder, SignedIn):
            noted.actor = holder.actor.kind
        return answer

    app.jinja_env.globals["request_id"] = logs.request_id.get


def note(environ: dict[str, Any], endpoint: str) -> None:
    """Say which page it was, where a layer before the application answers."""
    noted = environ.get(_KEY)
    if noted is not None:
        noted.endpoint = endpoint


class Watch:
    """The layer around the application: numbers, times, counts and logs what passes through it."""

    def __init__(
        self, app: Flask, inner: Callable[..., Iterable[bytes]], settings: Settings
    ) -> None:
        self.inner = inner
        self.metrics = metrics.of(app)
        self.writes = settings.log_level in ("DEBUG", "INFO")
        self.writes_probes = settings.log_level == "DEBUG"

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        number = fresh_number()
        noted = environ[_KEY] = _Noted()
        before = logs.request_id.set(number)
        begun = perf_counter()

        def begin(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            noted.status = int(status[:3])
            return start_response(status, [*headers, (HEADER, number)], error)

        try:
            return self.inner(environ, begin)
        except BaseException as trouble:
            noted.status = 101 if _is_end_of_socket(environ, trouble) else 500
            raise
        finally:
            self._tell(environ, noted, number, perf_counter() - begun)
            logs.request_id.reset(before)

    def _tell(self, environ: dict[str, Any], noted: _Noted, number: str, seconds: float) -> None:
        method = environ["REQUEST_METHOD"]
        if method not in _METHODS:
            method = "OTHER"
        if noted.endpoint is NOWHERE and environ.get("PATH_INFO", "").startswith("/socket.io"):
            # It took as long as the page was open, which says nothing about the server.
            noted.endpoint = SOCKET
            # Whoever was let in spoke past WSGI from there on, and nobody began an answer.
            noted.status = noted.status or 101
        else:
            self.metrics.answered(noted.endpoint, method, noted.status, seconds)
        failed = noted.status >= 500
        if failed or (self.writes_probes if noted.endpoint in PROBES else self.writes):
            # Put together by hand, as nothing in it can hold a quote: a page's CPU pays for this.
            logs.write(
                f'{{"at": "{logs.moment()}", "level": "{"error" if failed else "info"}", '
                f'"event": "request", "request": "{number}", "endpoint": "{noted.endpoint}", '
                f'"method": "{method}", "status": {noted.status}, "ms": {seconds * 1000:.1f}, '
                f'"actor": "{noted.actor}"}}'
            )


def _is_end_of_socket(environ: dict[str, Any], trouble: BaseException) -> bool:
    """Whether this is how the socket library tells the server that there is nothing left to answer."""
    return "HTTP_UPGRADE" in environ and isinstance(trouble, StopIteration | ConnectionError)


def fresh_number() -> str:
    """Eight signs, about 39 bits: enough to find one line in a year of logs."""
    drawn = secrets.token_bytes(8)
    first, second, third, fourth = (
        _PAIRS[int.from_bytes(drawn[at : at + 2], "big") % len(_PAIRS)] for at in (0, 2, 4, 6)
    )
    return f"{first}{second}{third}{fourth}"
