"""The way out for mail: one server, named by a setting, spoken to in the open only inside one's own machine."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from penpal.config import Settings

_PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}
_PATIENCE = 20.0
_OWN = ("localhost", "127.0.0.1", "::1")


class Post:
    """An open line to the server."""

    def __init__(self, line: smtplib.SMTP) -> None:
        self._line = line

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. It counts as sent when the server has said that it took it."""
        self._line.send_message(message)


@contextmanager
def line(settings: Settings) -> Iterator[Post]:
    """Open a line as ``smtp://``, ``starttls://`` or ``smtps://user:password@host:port`` says.

    A password never goes over a line that others can read.
    """
    url = urlsplit(settings.smtp_url.get_secret_value())
    if url.scheme not in _PORTS or not url.hostname:
        raise ValueError("PENPAL_SMTP_URL begins with smtp://, starttls:// or smtps:// and a host")
    if url.username and url.scheme == "smtp" and url.hostname not in _OWN:
        raise ValueError("a password takes starttls:// or smtps://")
    port = url.port or _PORTS[url.scheme]
    secure = ssl.create_default_context()
    if url.scheme == "smtps":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(
            url.hostname, port, timeout=_PATIENCE, context=secure
        )
    else:
        opened = smtplib.SMTP(url.hostname, port, timeout=_PATIENCE)
    with opened:
        if url.scheme == "starttls":
            opened.starttls(context=secure)
        if url.username:
            opened.login(unquote(url.username), unquote(url.password or ""))
        yield Post(opened)
