"""The crash ledger: what was meant to be sent and what was acknowledged, on disk, against what the product shows.

A writer notes INTENT before it sends and ACK after the answer, each synced to the disk, and sends
again until it is acknowledged. Whatever happened to the server meanwhile, the pages must show each
letter once, as it was written.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from tests.browser.client import Client, NoAnswer
from tests.browser.server import Server

HANGS_UP = 3
"""At the first try of each third letter the writer hangs up before the answer comes, as a phone in a lift does."""


class Ledger:
    """Lines of JSON, each on the disk before the next step is taken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")
        self._lock = threading.Lock()

    def note(self, kind: str, key: str, value: str) -> None:
        with self._lock:
            self._file.write(json.dumps([kind, key, value]) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def noted(self, kind: str) -> dict[str, str]:
        """Key to value of one kind, read back from the disk."""
        lines = (json.loads(line) for line in self.path.read_text().splitlines())
        return {key: value for noted, key, value in lines if noted == kind}


def _words() -> str:
    """Words that no other letter has, and that nobody takes for a number."""
    return "".join(secrets.choice("春夏秋冬山水风花雪月") for _place in range(20))


class Writer(threading.Thread):
    """Sends one letter after the other until told to stop.

    With ``same_key`` a repeated sending carries the key of the first, as the product's form does;
    without, it carries a new one, as a careless client would.
    """

    def __init__(self, server: Server, login_name: str, ledger: Ledger, *, same_key: bool) -> None:
        super().__init__(name=f"writer-{login_name}")
        self.ledger, self.same_key = ledger, same_key
        self.enough = threading.Event()
        self.sent = self.repeated = 0
        self.trouble: BaseException | None = None
        self.client = Client(server)
        self.client.sign_in(login_name)

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                self._write()
        except BaseException as trouble:  # The test that started the thread must hear of it.
            self.trouble = trouble

    def _write(self) -> None:
        fields = self._sheet()
        # The last lines are long: short ones would be set apart as a signature.
        body = f"第{self.sent}封 <b>&\n\n“{_words()}” ئەسسالامۇ\n接着写，一直写到铃声响起来，再从头读一遍。"
        key = fields["key"]
        self.ledger.note("INTENT", key, digest(body))
        hangs_up = self.sent % HANGS_UP == 0
        while True:
            try:
                answer = self.client.post(
                    "/letters",
                    fields | {"body": body, "envelope": "sealed", "action": "send"},
                    read=not hangs_up,
                )
            except NoAnswer:
                self.repeated += 1
                time.sleep(0.02 if hangs_up else 0.1)
                hangs_up = False
                if not self.same_key:
                    fields["key"] = secrets.token_urlsafe(18)
                continue
            assert answer.status == 302, (answer.status, answer.text[:500])
            self.ledger.note("ACK", key, answer.location.rstrip("/").rpartition("/")[2])
            self.sent += 1
            return

    def _sheet(self) -> dict[str, str]:
        """A fresh composer, with its key; asked for until the server is there."""
        while True:
            try:
                return self.client.form("/letters/new?another=1")
            except NoAnswer:
                time.sleep(0.1)


@dataclass
class Findings:
    """What must not be; all lists are empty after an honest run."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    misnumbered: list[str] = field(default_factory=list)
    unintended: list[str] = field(default_factory=list)

    def any(self) -> bool:
        return any((self.lost, self.doubled, self.changed, self.misnumbered, self.unintended))


def compare(ledger: Ledger, shown: dict[str, tuple[str, str]]) -> Findings:
    """Hold the ledger against what the pages show: id to (heading, digest of the text)."""
    intended, acknowledged = ledger.noted("INTENT"), ledger.noted("ACK")
    texts = Counter(text for _heading, text in shown.values())
    headings = Counter(heading for heading, _text in shown.values())
    meant = set(intended.values())
    return Findings(
        lost=[key for key, letter in acknowledged.items() if letter not in shown],
        doubled=[key for key, text in intended.items() if texts[text] > 1],
        changed=[
            key
            for key, letter in acknowledged.items()
            if letter in shown and shown[letter][1] != intended[key]
        ],
        misnumbered=[heading for heading, times in headings.items() if times > 1],
        unintended=[letter for letter, (_heading, text) in shown.items() if text not in meant],
    )


def letters_shown(client: Client, *, by: str = "a") -> list[str]:
    """The ids of one's own letters (``b``: the partner's), from the pages of the mailbox."""
    found: list[str] = []
    path = "/letters"
    while path:
        page = client.get(path).text
        for item in re.findall(rf'<li class="mail mail--{by}[ "].*?</li>', page, re.DOTALL):
            found += re.findall(r'href="/letters/(\d+)"', item)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = _path(html.unescape(older[1])) if older else ""
    return found


def texts_shown(client: Client, letters: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each letter as its own page shows it: (id, (heading, digest of the text))."""
    for letter in letters:
        page = client.get(f"/letters/{letter}").text
        heading = re.search(r'<h1 class="letter__no"[^>]*>(.*?)</h1>', page, re.DOTALL)
        body = re.search(r'<div class="letter__body"[^>]*>(.*?)</div>', page, re.DOTALL)
        assert heading is not None
        assert body is not None
        yield letter, (heading[1], digest(_as_typed(body[1])))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _as_typed(drawn: str) -> str:
    # Squared paper sets figures and marks apart by elements that hold no text of their own.
    drawn = re.sub(r"</?span[^>]*>", "", drawn)
    paragraphs = re.findall(r"<p(?: class=\"unsquared\")?>(.*?)</p>", drawn, re.DOTALL)
    return "\n\n".join(html.unescape(words.replace("<br>", "\n")) for words in paragraphs)


def _path(url: str) -> str:
    parts = urlsplit(urljoin("/letters", url))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
