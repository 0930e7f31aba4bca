"""Verbs of notices: send, see, choose what is told live, forget."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import in_transaction, session, transaction
from penpal.kernel.events import announce
from penpal.notices import kinds, queries
from penpal.notices.events import NoticesSent
from penpal.notices.kinds import Params, Topic
from penpal.notices.models import Notice, NoticeSilence
from penpal.permissions import Permission

SEEN_KEPT = timedelta(days=90)
UNSEEN_KEPT = timedelta(days=365)
_LONGEST = 80
_BATCH = 500


@dataclass(frozen=True)
class Word:
    """What one person is told: about the thing with this number, with what the words need."""

    person_id: int
    about_id: int
    params: Params = field(default_factory=dict)


def send(
    person_ids: Collection[int],
    kind: str,
    *,
    about: tuple[str, int],
    params: Params | None = None,
) -> None:
    """Leave word for people in the transaction of what it tells of, so that neither is there alone.

    One notice stands for one thing: sent again it is renewed, and is new once more.
    """
    about_kind, about_id = about
    send_many(
        kind, about_kind, [Word(person_id, about_id, params or {}) for person_id in person_ids]
    )


def send_many(kind: str, about_kind: str, words: Iterable[Word]) -> None:
    """The same for many things of one sort, five hundred rows to a statement."""
    if not in_transaction():
        raise RuntimeError("a notice belongs to the transaction of what it tells of")
    if kinds.of(kind) is None:
        raise LookupError(f"no kind of notice is called {kind!r}")
    now = clock.now()
    # Always in one order, so that two who tell the same people never wait for each other.
    told = {(word.person_id, word.about_id): word.params for word in words}
    rows = [
        {
            "person_id": person_id,
            "kind": kind,
            "about_kind": about_kind,
            "about_id": about_id,
            "params": {key: _short(value) for key, value in params.items()},
            "at": now,
        }
        for (person_id, about_id), params in sorted(told.items(), key=lambda pair: pair[0])
    ]
    sent: list[tuple[int, int]] = []
    for start in range(0, len(rows), _BATCH):
        found = session().execute(_renewing(rows[start : start + _BATCH]))
        sent += [(row.person_id, row.id) for row in found]
    if sent:
        announce(session(), NoticesSent(kind, tuple(sent)))


def _short(value: str | int) -> str | int:
    return value if isinstance(value, int) else value[:_LONGEST]


def _renewing(rows: list[dict[str, Any]]) -> Any:
    insert = _insert(Notice).values(rows)
    return insert.on_conflict_do_update(
        index_elements=["person_id", "kind", "about_kind", "about_id"],
        set_={"params": insert.excluded.params, "at": insert.excluded.at, "seen_at": None},
    ).returning(Notice.id, Notice.person_id)


def _insert(model: type[Notice | NoticeSilence]) -> Any:
    """Both databases can do it, each in a dialect of its own."""
    on_sqlite = session().get_bind().dialect.name == "sqlite"
    return sqlite.insert(model) if on_sqlite else postgresql.insert(model)


def settle(about: tuple[str, int], *names: str) -> None:
    """What was to be done is done: nobody is told of it as new any more. In the caller's transaction."""
    _put_aside(Notice.about_kind == about[0], Notice.about_id == about[1], Notice.kind.in_(names))


def see(number: int, *, by: Actor) -> int:
    """Put one notice of one's own aside; again changes nothing. Gives how many it was."""
    access.authorize(by, Permission.Notice.SEE)
    with transaction():
        return _see(by, Notice.id == number)


def see_page(newest: Notice, *, by: Actor) -> None:
    """Put aside whatever had come when the page was made; what came since stays new."""
    access.authorize(by, Permission.Notice.SEE)
    at, number = newest.at, newest.id
    with transaction():
        _see(by, sa.or_(Notice.at < at, sa.and_(Notice.at == at, Notice.id <= number)))


def visit(path: str, *, by: Actor) -> int:
    """Whoever comes to a page has seen what told them of it. Gives how many notices that were."""
    assert by.person_id is not None
    there = [
        notice.id
        for notice in queries.newest_unseen(by.person_id)
        if (kind := kinds.of(notice.kind))
        and kind.url(notice.about_id, notice.params).partition("#")[0] == path
    ]
    if there:
        with transaction():
            _see(by, Notice.id.in_(there))
    return len(there)


def _see(by: Actor, *which: sa.ColumnElement[bool]) -> int:
    return _put_aside(Notice.person_id == by.person_id, *which)


def _put_aside(*which: sa.ColumnElement[bool]) -> int:
    """What is renewed in this very moment stays new: that was seen by nobody yet."""
    now = clock.now()
    changed = session().execute(
        sa.update(Notice)
        .where(Notice.seen_at.is_(None), Notice.at <= now, *which)
        .values(seen_at=now),
        execution_options={"synchronize_session": False},
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def choose(heard: Collection[Topic], *, by: Actor) -> None:
    """Say of which topics one wants to hear while a page is open; all stand on the page of notices."""
    access.authorize(by, Permission.Notice.CHOOSE)
    assert by.person_id is not None
    with transaction() as current:
        current.execute(
            sa.delete(NoticeSilence).where(NoticeSilence.person_id == by.person_id),
            execution_options={"synchronize_session": False},
        )
        silent = [
            {"person_id": by.person_id, "topic": topic}
            for topic in kinds.topics_for(child=by.is_student)
            if topic not in heard
        ]
        if silent:
            # A button that was pressed twice says the same thing twice.
            current.execute(_insert(NoticeSilence).values(silent).on_conflict_do_nothing())


def forget() -> int:
    """Delete what was seen a term ago, and what nobody saw in a year. Safe to run twice."""
    now = clock.now()
    with transaction() as current:
        gone = current.execute(
            sa.delete(Notice).where(
                sa.or_(
                    sa.and_(Notice.seen_at.is_not(None), Notice.at < now - SEEN_KEPT),
                    Notice.at < now - UNSEEN_KEPT,
                )
            ),
            execution_options={"synchronize_session": False},
        )
    return int(gone.rowcount)  # type: ignore[attr-defined]
