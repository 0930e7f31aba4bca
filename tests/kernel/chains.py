"""What the tests of the trail share: acts that are told, the chains they make, and a hand behind the guards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from penpal.kernel import chain, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.trail import TrailEntry, TrailLink
from tests.cast import Cast


def tell(cast: Cast, who: str, about: str, move: str = "looked") -> None:
    with transaction():
        trail.write(cast.person(about), move, by=cast.actor(who), reason="一个原因")


def links(school_id: int) -> list[TrailLink]:
    statement = sa.select(TrailLink).where(TrailLink.school_id == school_id)
    return list(session().scalars(statement.order_by(TrailLink.number)))


def moves(school_id: int) -> list[str]:
    statement = (
        sa.select(TrailEntry.move)
        .join(TrailLink, TrailLink.entry_id == TrailEntry.id)
        .where(TrailLink.school_id == school_id)
        .order_by(TrailLink.number)
    )
    return list(session().scalars(statement))


def entry_of(link: TrailLink) -> TrailEntry:
    return session().get_one(TrailEntry, link.entry_id)


def troubles() -> dict[int, str]:
    """What does not fit, by school."""
    found = {school_id: chain.verify(school_id).trouble for school_id in chain.schools()}
    return {school_id: trouble for school_id, trouble in found.items() if trouble}


@contextmanager
def behind_the_guards() -> Iterator[Callable[[str], object]]:
    """As someone works who holds the database itself: the guards of the tables are put aside."""
    session().rollback()
    engine = session().get_bind()
    assert isinstance(engine, sa.Engine)
    if engine.dialect.name == "sqlite":
        assert engine.url.database is not None
        file = sqlite3.connect(engine.url.database)
        for table in ("trail", "trail_link"):
            for act in ("update", "delete"):
                file.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        yield file.execute
        file.commit()
        file.close()
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection.exec_driver_sql
    session().rollback()
