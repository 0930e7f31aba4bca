"""Two talk while their server is killed again and again: nothing is lost, said twice or out of order."""

from __future__ import annotations

import random
import secrets
import time
from pathlib import Path

import pytest

from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.server import Server
from tests.faults import chatting
from tests.faults.chatting import Findings, Page, Talker
from tests.faults.ledger import Ledger

FEWEST = 10
"""Lines of each, so that there is something to lose however slow the machine is."""


def test_kills_lose_double_and_reorder_no_line(prepared: Path, tmp_path: Path) -> None:
    findings = _run(prepared, tmp_path, kills=3)

    assert not findings.any(), findings


def test_a_page_with_a_new_key_at_each_try_shows_doubles(prepared: Path, tmp_path: Path) -> None:
    findings = _run(prepared, tmp_path, kills=0, same_key=False)

    assert findings.doubled, "the ledger would not notice a line that was said twice"
    assert not findings.lost


@pytest.mark.slow
def test_twenty_kills_lose_double_and_reorder_no_line(prepared: Path, tmp_path: Path) -> None:
    findings = _run(prepared, tmp_path, kills=20)

    assert not findings.any(), findings


def _run(prepared: Path, tmp_path: Path, *, kills: int, same_key: bool = True) -> Findings:
    """The embedded server: threads, SQLite, one process that dies."""
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with serving.running(serving.copy_of(prepared, tmp_path / "data")) as server:
        talkers = [_talker(server, who, ledger, same_key) for who in ("xiaohe", "xiaomai")]
        for talker in talkers:
            talker.start()
        for _kill in range(kills):
            time.sleep(chance.uniform(0.3, 1.2))
            server.kill()
            server.start()
        deadline = time.monotonic() + 120
        while min(talker.said for talker in talkers) < FEWEST and time.monotonic() < deadline:
            time.sleep(0.05)
        for talker in talkers:
            talker.enough.set()
        for talker in talkers:
            talker.join(timeout=120)
        assert [talker.trouble for talker in talkers] == [None, None], f"seed {seed}"
        assert all(talker.said and talker.repeated for talker in talkers), (
            f"nothing was said twice: the run proves nothing (seed {seed})"
        )
        for talker in talkers:
            talker.catch_up()
        return chatting.compare(ledger, talkers)


def _talker(server: Server, login_name: str, ledger: Ledger, same_key: bool) -> Talker:
    client = Client(server)
    client.sign_in(login_name)
    return Talker(client, Page.of(client), ledger, same_key=same_key)
