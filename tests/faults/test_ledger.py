"""A server that is killed in the middle of its work neither loses a letter nor sends one twice."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.server import Server
from tests.faults import ledger as ledgers
from tests.faults.ledger import Findings, Ledger, Writer

AUTHORS = ("xiaohe", "xiaomai")
FEWEST = 6
"""Letters of each, so that there is something to lose however slow the machine is."""


def test_kills_lose_and_double_no_letter(prepared: Path, tmp_path: Path) -> None:
    findings = _run(prepared, tmp_path, kills=5, same_key=True)

    assert not findings.any(), findings


def test_a_client_with_a_new_key_at_each_try_shows_doubles(prepared: Path, tmp_path: Path) -> None:
    findings = _run(prepared, tmp_path, kills=1, same_key=False)

    assert findings.doubled, "the ledger would not notice a letter that was sent twice"
    assert not findings.lost


@pytest.mark.slow
def test_a_hundred_kills_lose_and_double_no_letter(prepared: Path, tmp_path: Path) -> None:
    findings = _run(prepared, tmp_path, kills=100, same_key=True)

    assert not findings.any(), findings


def _run(prepared: Path, tmp_path: Path, *, kills: int, same_key: bool) -> Findings:
    """Two partners write to each other while their server dies again and again; then all is read."""
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with serving.running(serving.copy_of(prepared, tmp_path / "data")) as server:
        before = {author: set(_own(server, author)) for author in AUTHORS}
        writers = [Writer(server, author, ledger, same_key=same_key) for author in AUTHORS]
        for writer in writers:
            writer.start()
        try:
            for _kill in range(kills):
                time.sleep(chance.uniform(0.15, 0.7))
                server.kill()
                server.start()
            _until(lambda: all(writer.sent >= FEWEST for writer in writers))
        finally:
            for writer in writers:
                writer.enough.set()
            for writer in writers:
                writer.join(timeout=120)
        assert [writer.trouble for writer in writers] == [None, None], f"seed {seed}"
        assert all(writer.sent and writer.repeated for writer in writers), (
            f"nothing was sent twice: the run proves nothing (seed {seed})"
        )
        return _read_back(server, ledger, before)


def _read_back(server: Server, ledger: Ledger, before: dict[str, set[str]]) -> Findings:
    shown: dict[str, tuple[str, str]] = {}
    for author, partner in (AUTHORS, AUTHORS[::-1]):
        client = Client(server)
        client.sign_in(author)
        own = [letter for letter in ledgers.letters_shown(client) if letter not in before[author]]
        assert len(own) == len(set(own)), "the mailbox lists a letter twice"
        shown |= dict(ledgers.texts_shown(client, own))
        reader = Client(server)
        reader.sign_in(partner)
        arrived = set(ledgers.letters_shown(reader, by="b")) - before[author]
        assert arrived == set(own), "what one has sent is not what the other has"
    return ledgers.compare(ledger, shown)


def _until(enough: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not enough() and time.monotonic() < deadline:
        time.sleep(0.05)


def _own(server: Server, author: str) -> list[str]:
    client = Client(server)
    client.sign_in(author)
    return ledgers.letters_shown(client)
