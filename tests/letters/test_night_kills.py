"""The morning's work is killed again and again; each letter of the night comes once, in its order."""

from __future__ import annotations

import os
import random
import secrets
import signal
import time
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.kernel import clock, trail
from penpal.kernel import db as database
from penpal.kernel.db import db, session
from penpal.kernel.trail import TrailEntry
from penpal.letters import night
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from penpal.notices.models import Notice
from penpal.places import hours
from penpal.places.rest import Rest
from tests.cast import Cast
from tests.letters.writing import send

LETTERS, BATCH, KILLS = 60, 4, 8
SLOW = 0.02
"""Seconds that each commit takes, so that a kill finds work half done."""


@pytest.fixture
def night_of_letters(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sixty letters in both directions, due by now; their ids in the order in which they were sent."""
    sides = ("bj", "ht")
    evening = datetime(2026, 11, 21, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
    for side in sides:
        _rests(cast, side, Rest(quiet_from=22 * 60, quiet_until=6 * 60))
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: evening)
        ids = [
            send(
                cast,
                ("xiaohe", "xiaomai")[number % 2],
                key=f"key-of-letter-{number:04}",
                body=f"这是夜里写的第{number}封信，想到什么写什么。",
            ).id
            for number in range(LETTERS)
        ]
    # Tests run at any hour: the schools rest no more, and everything is due at once.
    for side in sides:
        _rests(cast, side, Rest())
    db.session.remove()
    return ids


def _rests(cast: Cast, side: str, wanted: Rest) -> None:
    hours.keep_rest(cast.unit(f"{side}-school"), wanted, by=cast.actor(f"secretary_{side}"))


def test_kills_lose_and_double_no_letter_of_the_night(
    app: Flask, cast: Cast, night_of_letters: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night, "BATCH", BATCH)
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    progress = [_delivered()]

    for _kill in range(KILLS):
        child, commits = _begin(app)
        # However slow the machine is, it dies in its first commits or between them.
        os.read(commits, chance.choice((1, 1, 2)))
        time.sleep(chance.uniform(0, 2 * SLOW))
        os.close(commits)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        progress.append(_delivered())
    # At the end two work side by side, and nobody kills them.
    both = [_begin(app), _begin(app)]
    ends = [os.waitpid(child, 0)[1] for child, _commits in both]

    assert ends == [0, 0], f"seed {seed}"
    assert any(0 < number < LETTERS for number in progress), (
        f"no kill found the work half done: the run proves nothing (seed {seed}, {progress})"
    )
    found = session().scalars(sa.select(Letter).order_by(Letter.sequence)).all()
    # Those of the school that woke first came first.
    expected = [*night_of_letters[1::2], *night_of_letters[0::2]]
    assert [letter.id for letter in found] == expected, f"seed {seed}"
    assert [letter.sequence for letter in found] == list(range(1, LETTERS + 1))
    assert [letter.number for letter in found] == [*range(1, LETTERS // 2 + 1)] * 2
    assert {letter.state for letter in found} == {LetterState.DELIVERED}
    acts = sa.select(sa.func.count(), sa.func.count(TrailEntry.subject_id.distinct())).where(
        TrailEntry.subject_kind == trail.kind_of(Letter), TrailEntry.move == "deliver"
    )
    assert session().execute(acts).one() == (LETTERS, LETTERS)
    told = sa.select(Notice.person_id, Notice.about_id).where(Notice.about_kind == "letter")
    assert sorted(session().execute(told).all()) == sorted(
        (letter.recipient_id, letter.id) for letter in found
    )


def _begin(app: Flask) -> tuple[int, int]:
    """A process of its own that does the morning's work, slowly, and says a byte at each commit."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    code = 1
    try:
        # The connections of the parent are not ours, not even to close.
        db.engine.dispose(close=False)
        session().info.clear()
        db.session.registry.clear()
        database.before_commit(lambda _current: _slowly(writer))
        with app.app_context():
            night.deliver_due()
        code = 0
    finally:
        os._exit(code)


def _slowly(writer: int) -> None:
    with suppress(BrokenPipeError):
        os.write(writer, b".")
    time.sleep(SLOW)


def _delivered() -> int:
    number = session().scalar(
        sa.select(sa.func.count()).where(Letter.state == LetterState.DELIVERED)
    )
    db.session.remove()
    db.engine.dispose()
    return int(number or 0)
