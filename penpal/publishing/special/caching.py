"""Public pages as one process keeps them: whole answers, packed, as long as the edition's number stays.

They are handed out before the application begins: no session, no person, no template, no query. The
number is asked for before a page is made and the page is kept under that one, so a page that was made
of older rows is never shown under a newer number.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask

from penpal.publishing.special import editions, page

PATIENCE = 5.0
"""Seconds for which the number is not asked for again."""
BYTES_MOST, SEARCHES_MOST = 24 * 1024 * 1024, 64
_PACKED = ("text/", "application/")
_OWN_HEADERS = frozenset(
    {"content-length", "content-encoding", "etag", "vary", "set-cookie", "x-request-id"}
)
_SEARCH, _PHOTOS = f"{page.TOP}/search", f"{page.TOP}/photos/"

Headers = list[tuple[str, str]]
Inner = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Note = Callable[[dict[str, Any], str], None]


class Kept:
    """One answer in its three forms: as it is, packed, and "nothing new"."""

    __slots__ = (
        "body",
        "endpoint",
        "number",
        "packed",
        "packed_head",
        "plain_head",
        "same_head",
        "tag",
    )

    def __init__(self, number: int, endpoint: str, headers: Headers, body: bytes) -> None:
        self.number, self.endpoint, self.body = number, endpoint, body
        self.tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        told = [pair for pair in headers if pair[0].lower() not in _OWN_HEADERS]
        told += [("ETag", self.tag), ("Vary", "Accept-Encoding")]
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        self.packed = gzip.compress(body, 6, mtime=0) if kind.startswith(_PACKED) else b""
        self.plain_head = [*told, ("Content-Length", str(len(body)))]
        self.packed_head = [
            *told, ("Content-Encoding", "gzip"), ("Content-Length", str(len(self.packed)))
        ]  # fmt: skip
        self.same_head = [pair for pair in told if pair[0].lower() != "content-type"]

    @property
    def weight(self) -> int:
        return len(self.body) + len(self.packed)

    def answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if _knows(environ.get("HTTP_IF_NONE_MATCH", ""), self.tag):
            start_response("304 NOT MODIFIED", self.same_head)
            return ()
        packs = bool(self.packed) and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        start_response("200 OK", self.packed_head if packs else self.plain_head)
        if environ["REQUEST_METHOD"] == "HEAD":
            return ()
        return (self.packed if packs else self.body,)


class Shelf:
    """The layer that keeps them. ``note`` tells the log which page it was."""

    def __init__(self, app: Flask, inner: Inner, note: Note) -> None:
        self.app, self.inner, self.note = app, inner, note
        self.patience = PATIENCE
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._searches: OrderedDict[str, Kept] = OrderedDict()
        self._weight = 0
        self._number: int | None = None
        self._asked_at = 0.0
        self._asking, self._sorting = threading.Lock(), threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(page.TOP) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.inner(environ, start_response)
        # A photo is asked for each time whether its piece is still out.
        if path.startswith(_PHOTOS):
            return self.inner(environ, start_response)
        number = self.number()
        if number is None:
            return self.inner(environ, start_response)
        key = f"{path}?{environ.get('QUERY_STRING', '')}"
        pages = self._searches if path == _SEARCH else self._pages
        kept = pages.get(key)
        if kept is None or kept.number != number:
            return self._make(environ, start_response, key, page.Making(number))
        self._touch(pages, key)
        self.note(environ, kept.endpoint)
        return kept.answer(environ, start_response)

    def number(self) -> int | None:
        """The edition that counts, as it was some seconds ago at most; None where nobody could tell."""
        now = time.monotonic()
        if self._number is not None and now - self._asked_at < self.patience:
            return self._number
        with self._asking:
            if self._number is None or time.monotonic() - self._asked_at >= self.patience:
                asked_at = time.monotonic()
                try:
                    with self.app.app_context():
                        found = editions.current().number
                except Exception:
                    # The application answers then, and says and logs what is wrong in its own way.
                    self.forget()
                    return None
                if found != self._number:
                    self.forget()
                self._number, self._asked_at = found, asked_at
            return self._number

    def forget(self) -> None:
        """Show nothing any more of what is kept."""
        with self._sorting:
            self._number = None
            self._pages.clear()
            self._searches.clear()
            self._weight = 0

    def _make(
        self,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        key: str,
        making: page.Making,
    ) -> Iterable[bytes]:
        environ[page.MAKING] = making
        begun: list[Any] = []

        def begin(status: str, headers: Headers, error: Any = None) -> Any:
            begun[:] = [status, headers, error]
            return lambda _written: None

        told = self.inner(environ, begin)
        try:
            body = b"".join(told)
        finally:
            close = getattr(told, "close", None)
            if close is not None:
                close()
        status, headers, error = begun
        may_be_kept = environ["REQUEST_METHOD"] == "GET" and bool(making.keep)
        if not may_be_kept or not _is_for_everybody(status, headers):
            start_response(status, headers, error)
            return (body,)
        kept = Kept(making.number, making.keep, headers, body)
        self._put(key, kept)
        return kept.answer(environ, start_response)

    def _put(self, key: str, kept: Kept) -> None:
        with self._sorting:
            if kept.number != self._number:
                return
            if key.startswith(_SEARCH):
                self._searches[key] = kept
                while len(self._searches) > SEARCHES_MOST:
                    self._searches.popitem(last=False)
                return
            before = self._pages.pop(key, None)
            self._weight += kept.weight - (before.weight if before else 0)
            self._pages[key] = kept
            while self._weight > BYTES_MOST and self._pages:
                _key, oldest = self._pages.popitem(last=False)
                self._weight -= oldest.weight

    def _touch(self, pages: OrderedDict[str, Kept], key: str) -> None:
        with self._sorting:
            if key in pages:
                pages.move_to_end(key)


def _is_for_everybody(status: str, headers: Headers) -> bool:
    """A whole page, and none that was made for somebody: such a one would bring a cookie."""
    return status.startswith("200") and all(name.lower() != "set-cookie" for name, _ in headers)


@lru_cache(maxsize=256)
def _takes_gzip(header: str) -> bool:
    for part in header.lower().split(","):
        coding, _semicolon, weight = part.strip().partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _knows(header: str, tag: str) -> bool:
    """Compared weakly, as RFC 9110, 13.1.2, asks."""
    if not header:
        return False
    bare = tag.removeprefix("W/")
    given = (each.strip().removeprefix("W/") for each in header.split(","))
    return any(each in ("*", bare) for each in given)
