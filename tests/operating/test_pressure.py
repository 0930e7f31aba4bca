"""Many at once: whoever waits for their turn takes nothing from those who do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.pool import QueuePool

from penpal.accounts import passwords
from penpal.kernel.db import db
from tests import cast as casting

FORM = {"login_name": "xiaohe", "password": casting.PASSWORD}


@pytest.fixture
def no_turn() -> Iterator[threading.Event]:
    """Nobody gets to hash until the event is set."""
    taken = 0
    while passwords._at_once.acquire(blocking=False):
        taken += 1
    go = threading.Event()

    def give_back() -> None:
        go.wait()
        for _ in range(taken):
            passwords._at_once.release()

    giving = threading.Thread(target=give_back)
    giving.start()
    yield go
    go.set()
    giving.join()


def test_a_sign_in_that_waits_for_its_turn_holds_no_connection(
    app: Flask, client: FlaskClient, no_turn: threading.Event
) -> None:
    db.session.remove()
    pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    answers: list[int] = []

    def sign_in() -> None:
        answers.append(app.test_client().post("/sign-in", data=FORM).status_code)

    waiting = [threading.Thread(target=sign_in) for _ in range(12)]
    for thread in waiting:
        thread.start()
    deadline = time.monotonic() + 60
    while len(passwords._at_once._cond._waiters) < 12 and time.monotonic() < deadline:  # type: ignore[attr-defined]
        time.sleep(0.02)

    assert len(passwords._at_once._cond._waiters) == 12  # type: ignore[attr-defined]
    assert pool.checkedout() == 0
    assert client.get("/readyz").status_code == 200
    no_turn.set()
    for thread in waiting:
        thread.join()
    assert answers == [302] * 12
