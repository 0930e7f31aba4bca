"""A browser without a screen: cookies and forms over HTTP, for what needs no looking at."""

from __future__ import annotations

import html
import http.client
import io
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.browser.server import PASSWORD, Server


class NoAnswer(Exception):
    """The server was gone, or went while it answered."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


class Client:
    """Someone's cookies. ``form`` fetches what a page's form hides, ``post`` sends it back."""

    def __init__(self, server: Server) -> None:
        self.port = server.port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, "", b"", read=True)

    def post(self, path: str, fields: dict[str, str], *, read: bool = True) -> Answer:
        """Send a form. With ``read=False`` hang up before the answer, as a phone in a lift does."""
        body = urlencode(fields).encode()
        return self._ask("POST", path, "application/x-www-form-urlencoded", body, read=read)

    def upload(self, path: str, fields: dict[str, str], name: str, content: bytes) -> Answer:
        """Send a form with a file in its field ``file``."""
        file = FileStorage(io.BytesIO(content), filename=name, content_type="text/csv")
        stream, _length, boundary = stream_encode_multipart({**fields, "file": file})
        kind = f"multipart/form-data; boundary={boundary}"
        return self._ask("POST", path, kind, stream.read(), read=True)

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's forms; of several with one name the first."""
        found: dict[str, str] = {}
        for name, value in re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.get(path).text
        ):
            found.setdefault(name, html.unescape(value))
        return found

    def sign_in(self, login_name: str, password: str = PASSWORD) -> None:
        fields = self.form("/sign-in") | {
            "login_name": login_name,
            "password": password,
            "next": "/",
        }
        answer = self.post("/sign-in", fields)
        assert answer.status == 302, answer.status

    def _ask(self, method: str, path: str, kind: str, body: bytes, *, read: bool) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body or None, headers)
            if not read:
                raise NoAnswer
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), text)
