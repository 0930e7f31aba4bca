"""When a session was last seen, coarsely: no page writes a row, and none waits for one to be written.

A request that finds the row old asks a job to renew it. Until the job has run, this process
remembers that it asked, so that a busy queue signs nobody out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from penpal.kernel import clock, jobs

JOB = "accounts.note_seen"
GRAIN = timedelta(minutes=5)
"""How old the row of a session may grow that ends when it is idle: by so much the end may be early."""
COARSE = timedelta(hours=1)
"""And of one that does not: there it only tells its owner when."""
_REMEMBERED = 20_000

_asked: dict[str, datetime] = {}
"""By the hash of the session's token, which no other session ever has."""


def is_idle(token_hash: str, recorded: datetime, idle_minutes: int | None) -> bool:
    if idle_minutes is None:
        return False
    return clock.now() - _latest(token_hash, recorded) > timedelta(minutes=idle_minutes)


def note(session_id: int, token_hash: str, recorded: datetime, idle_minutes: int | None) -> None:
    """It is seen now: ask for its row to be renewed when that has grown old."""
    now = clock.now()
    if now - _latest(token_hash, recorded) < (COARSE if idle_minutes is None else GRAIN):
        return
    if len(_asked) >= _REMEMBERED:
        _asked.clear()
    _asked[token_hash] = now
    jobs.ask(JOB, session_id=session_id, at=now.timestamp())


def _latest(token_hash: str, recorded: datetime) -> datetime:
    asked = _asked.get(token_hash)
    return recorded if asked is None else max(recorded, asked)


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
