"""A mail server in this process that keeps what it was given, or says no in a chosen way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests import servers

TAKEN = "250 taken"


class Box:
    """What arrived, oldest first. ``answer`` is what the server says to each mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = TAKEN
        self.before: Callable[[], None] = lambda: None
        self.url = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.before()
        if self.answer.startswith("2"):
            mail = BytesParser(policy=default).parsebytes(envelope.content)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        return self.answer


@contextmanager
def running() -> Iterator[Box]:
    box = Box()
    port = servers.free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()


def body_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text
