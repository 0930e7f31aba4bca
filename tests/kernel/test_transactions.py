"""Transactions: one commit at the end of the outermost, events only after it, no write lost."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.accounts.models import Person
from penpal.kernel import db as kernel
from penpal.kernel.db import db, in_transaction, lock, rows, session, transaction
from penpal.kernel.events import announce, subscribe
from tests.cast import Cast


@dataclass(frozen=True)
class Rang:
    number: int


@pytest.fixture
def heard(subscribers: None) -> list[tuple[int, bool]]:
    """The numbers that rang, each with whether a transaction was still running."""
    found: list[tuple[int, bool]] = []
    subscribe(Rang, lambda event: found.append((event.number, in_transaction())))
    return found


def name_of(cast: Cast) -> str:
    return cast.person("xiaohe").display_name


def test_what_was_written_is_there_for_others(app: Flask, cast: Cast) -> None:
    with transaction():
        cast.person("xiaohe").display_name = "新名字"

    with db.engine.connect() as other:
        found = other.scalar(sa.text("SELECT display_name FROM person WHERE login_name = 'xiaohe'"))
    assert found == "新名字"


def test_an_error_takes_everything_back(cast: Cast) -> None:
    def work() -> None:
        with transaction():
            cast.person("xiaohe").display_name = "新名字"
            session().flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    assert name_of(cast) == "小禾"
    assert not in_transaction()


def test_a_page_reads_without_a_transaction_of_its_own_and_writes_in_one(
    app: Flask, cast: Cast
) -> None:
    """To begin and to end one costs PostgreSQL two trips, and what is read between them nothing."""
    session().rollback()

    def work() -> None:
        with transaction():
            cast.person("xiaohe").display_name = "新名字"
            session().flush()
            raise ZeroDivisionError

    assert rows(sa.select(Person.login_name).where(Person.display_name == "小禾"))
    if db.engine.dialect.name == "postgresql":
        driver: Any = session().connection().connection.dbapi_connection
        assert driver.info.transaction_status.name == "IDLE"
    with pytest.raises(ZeroDivisionError):
        work()

    assert name_of(cast) == "小禾"


def test_an_inner_transaction_commits_with_the_outer_one_alone(cast: Cast) -> None:
    def work() -> None:
        with transaction():
            with transaction():
                cast.person("xiaohe").display_name = "新名字"
            assert in_transaction()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    assert name_of(cast) == "小禾"


def test_an_inner_error_that_is_caught_leaves_the_outer_one_running(cast: Cast) -> None:
    with transaction():
        with pytest.raises(ZeroDivisionError), transaction():
            raise ZeroDivisionError
        assert in_transaction()
        cast.person("xiaohe").display_name = "新名字"

    assert name_of(cast) == "新名字"


def test_inside_what_was_loaded_before_is_read_anew(app: Flask, cast: Cast) -> None:
    before = cast.person("xiaohe")
    assert before.display_name == "小禾"
    session().rollback()
    with db.engine.begin() as other:
        other.execute(
            sa.text("UPDATE person SET display_name = '别处改的' WHERE login_name = 'xiaohe'")
        )

    with transaction():
        assert before.display_name == "别处改的"


def test_events_come_after_the_commit_in_their_order(
    cast: Cast, heard: list[tuple[int, bool]]
) -> None:
    with transaction() as current:
        announce(current, Rang(1))
        with transaction():
            announce(current, Rang(2))
        assert heard == []

    assert heard == [(1, False), (2, False)]


def test_events_of_work_that_was_rolled_back_are_never_told(
    cast: Cast, heard: list[tuple[int, bool]]
) -> None:
    def work() -> None:
        with transaction() as current:
            announce(current, Rang(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    with transaction() as current:
        announce(current, Rang(2))

    assert heard == [(2, False)]


def test_events_of_a_commit_that_fails_are_never_told(
    cast: Cast, heard: list[tuple[int, bool]]
) -> None:
    def work() -> None:
        with transaction() as current:
            announce(current, Rang(1))
            cast.person("xiaohe").login_name = "xiaomai"

    with pytest.raises(sa.exc.IntegrityError):
        work()

    assert heard == []
    assert cast.person("xiaohe").display_name == "小禾"


def test_a_reaction_that_fails_harms_neither_the_work_nor_the_next_reaction(
    cast: Cast, subscribers: None
) -> None:
    heard: list[int] = []

    def fail(_event: Rang) -> None:
        raise ZeroDivisionError

    subscribe(Rang, fail)
    subscribe(Rang, lambda event: heard.append(event.number))
    with transaction() as current:
        cast.person("xiaohe").display_name = "新名字"
        announce(current, Rang(1))

    assert heard == [1]
    assert name_of(cast) == "新名字"


def test_a_reaction_may_write_in_a_transaction_of_its_own(cast: Cast, subscribers: None) -> None:
    def rename(_event: Rang) -> None:
        with transaction():
            cast.person("xiaohe").display_name = "后来"

    subscribe(Rang, rename)
    with transaction() as current:
        announce(current, Rang(1))

    assert name_of(cast) == "后来"


def test_subscribing_twice_counts_once(cast: Cast, subscribers: None) -> None:
    heard: list[Rang] = []
    for _ in range(2):
        subscribe(Rang, heard.append)

    with transaction() as current:
        announce(current, Rang(1))

    assert heard == [Rang(1)]


def test_an_event_outside_a_transaction_is_refused(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="belongs to a transaction"):
        announce(session(), Rang(1))


def test_reading_and_then_writing_loses_nothing_between_threads(
    app: Flask, cast: Cast, counter: sa.Table
) -> None:
    """SQLite is locked by BEGIN IMMEDIATE, PostgreSQL by the row that stands for the count."""
    rounds, threads = 100, 2
    failed: list[BaseException] = []

    def add() -> None:
        try:
            for _ in range(rounds):
                with app.app_context(), transaction() as current:
                    lock(cast.person("xiaohe"))
                    number = current.scalar(sa.select(counter.c.number)) or 0
                    current.execute(counter.update().values(number=number + 1))
        except BaseException as error:
            failed.append(error)

    together = [threading.Thread(target=add) for _ in range(threads)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join(timeout=120)

    assert failed == []
    with db.engine.connect() as connection:
        assert connection.scalar(sa.select(counter.c.number)) == rounds * threads


def test_sqlite_is_set_up_to_lose_nothing(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        with db.engine.connect() as connection:
            assert connection.scalar(sa.text("SHOW server_encoding")) == "UTF8"
        return
    with db.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }

    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 15000,
    }


def test_foreign_keys_are_kept(cast: Cast) -> None:
    with pytest.raises(sa.exc.IntegrityError), transaction() as current:
        current.execute(sa.text("DELETE FROM person WHERE login_name = 'xiaohe'"))


def test_a_connection_that_the_server_dropped_meanwhile_is_replaced(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        return
    monkeypatch.setattr(kernel, "_REST_SECONDS", 0.0)
    known = cast.person("xiaohe").id
    db.session.remove()
    with sa.create_engine(db.engine.url, poolclass=sa.NullPool).connect() as other:
        other.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )

    found = session().scalar(sa.select(Person.id).where(Person.login_name == "xiaohe"))

    assert found == known
