"""The database: one session, one way to write (``transaction``), SQLite or PostgreSQL behind it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from enum import Enum as PythonEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import Pool, PoolProxiedConnection

from penpal.config import Settings
from penpal.kernel import clock, events
from penpal.kernel.statements import prepared

_REST_SECONDS = 1.0

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_steps: list[Callable[[Session], None]] = []


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite has no zones, so it is stored there without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Flask-SQLAlchemy builds on a registry of its own, so types and names are given to that one."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: Moment},
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:

    class Model(Base):
        """What the type checker sees of ``db.Model``, which is made at run time."""

        __abstract__ = True
else:
    Model = db.Model


def one_of(values: type[PythonEnum], name: str) -> sa.Enum:
    """A column type that stores an enum's value as text and lets the database refuse any other."""
    return sa.Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        values_callable=lambda kind: [member.value for member in kind],
    )


def configure(app: Flask, settings: Settings) -> None:
    """Point Flask-SQLAlchemy at the database of the settings."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    if settings.database.startswith("sqlite"):
        settings.data.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {
            "connect_args": {"timeout": 15},
            "pool_size": settings.database_pool,
        }
    else:
        options = {
            "pool_size": settings.database_pool,
            "max_overflow": 0,
        }
    # An error carries the statement, never its values: those may be a child's words.
    options["hide_parameters"] = True
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own transactions begin too late for BEGIN IMMEDIATE: we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Pool, "checkin")  # codespell:ignore
def _note_rest(_connection: object, record: PoolProxiedConnection) -> None:
    record.info["resting_since"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _look_alive(connection: object, record: PoolProxiedConnection, _proxy: object) -> None:
    """Ask a PostgreSQL that was not spoken to for a while whether it is still there.

    As ``pool_pre_ping`` does, but not for every request of a busy server: the pool replaces a
    connection that does not answer, and looks at all the others as well.
    """
    if isinstance(connection, sqlite3.Connection):
        return
    if time.monotonic() - record.info.get("resting_since", 0.0) < _REST_SECONDS:
        return
    driver: Any = connection
    try:
        driver.autocommit = True
        driver.execute("")
        driver.autocommit = False
    except driver.OperationalError as gone:
        raise sa.exc.InvalidatePoolError from gone


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A deferred transaction that reads first and writes later fails at once when another
        # writer was in between; taking the write lock at the start makes it wait instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def moment(*, ago: timedelta = timedelta()) -> sa.BindParameter[datetime]:
    """SQL for: the moment at which a statement runs, so that one which is kept never asks of the past."""
    return sa.bindparam(None, type_=Moment, callable_=lambda: clock.now() - ago)


def this_day() -> sa.BindParameter[date]:
    """SQL for: the day on which a statement runs."""
    return sa.bindparam(None, type_=sa.Date, callable_=lambda: clock.today())


def identity_of(record: Model) -> int:
    """The number under which a stored record is known."""
    identity = sa.inspect(record).identity
    assert identity is not None, "not stored yet"
    return int(identity[0])


def session() -> Session:
    """The session of this request, job or command."""
    return db.session()


def rows(statement: sa.Executable, **values: object) -> Sequence[Any]:
    """Columns, never records, past the ORM and its cache: a fifth of the work.

    Hand over a statement that was built once, with ``bindparam`` for what changes: SQLAlchemy
    takes ten times longer to build a select of some joins than to run it (`bench/pages.py`).
    """
    current = session()
    if in_transaction():
        current.flush()
    elif isinstance(statement, sa.UpdateBase):
        raise RuntimeError("rows are changed inside transaction()")
    connection = _connection(current)
    return prepared(statement, connection.dialect).ask(connection, values)


def _connection(current: Session) -> Connection:
    """The one that the session holds until its transaction ends; to ask it each time is a tenth of a query."""
    held: Connection | None = current.info.get("connection")
    if held is None or held.closed:
        held = current.info["connection"] = current.connection(execution_options=_how(current))
    return held


def _how(current: Session) -> dict[str, Any]:
    """Reading needs no transaction in PostgreSQL, where each statement sees what is committed anyway.

    To begin and to roll back are two of the six trips of a page. SQLite has its one view of the data
    from BEGIN, and is not asked over a line.
    """
    if in_transaction() or current.in_transaction() or current.get_bind().dialect.name == "sqlite":
        return {}
    return {"isolation_level": "AUTOCOMMIT"}


def in_transaction() -> bool:
    return _has_session() and bool(session().info.get("depth"))


def _has_session() -> bool:
    """Whether anything was asked yet: to make a session only to find it empty is a tenth of a line of chat."""
    return db.session.registry.has()


def before_commit(step: Callable[[Session], None]) -> None:
    """Run ``step`` at the end of each outermost transaction, inside it; what it raises undoes all of it."""
    if step not in _steps:
        _steps.append(step)


def notes() -> dict[str, Any]:
    """What this transaction has to remember for the steps at its end; gone with it, however it ends."""
    if not in_transaction():
        raise RuntimeError("a note belongs to a transaction")
    kept: dict[str, Any] = session().info.setdefault("notes", {})
    return kept


def let_go() -> None:
    """Give the connection back while something slow is done that needs none.

    What was loaded is read anew when it is looked at again. Inside a transaction, or with changes at
    hand, nothing is given back.
    """
    if not has_app_context() or not _has_session() or in_transaction():
        return
    current = session()
    if not (current.new or current.dirty or current.deleted):
        current.rollback()


@contextmanager
def transaction() -> Iterator[Session]:
    """The only way to write. Commits once, at the end of the outermost block, then sends the events.

    What was loaded before is read anew inside, under the write lock, so that a guard never
    judges a stale row.
    """
    current = session()
    if current.info.get("depth"):
        current.info["depth"] += 1
        try:
            yield current
        finally:
            current.info["depth"] -= 1
        return
    if current.new or current.dirty or current.deleted:
        raise RuntimeError("rows were changed outside transaction()")
    current.rollback()
    current.info["depth"] = 1
    token = _writing.set(True)
    try:
        yield current
        for step in _steps:
            step(current)
        current.commit()
        announced = events.collect(current)
    except BaseException:
        current.rollback()
        events.collect(current)
        raise
    finally:
        _writing.reset(token)
        current.info["depth"] = 0
        current.info.pop("notes", None)
    events.send(announced)


def lock(record: Model) -> None:
    """Hold one row until the transaction ends, so that what is derived from it is made one at a time.

    On SQLite the whole database is already ours inside ``transaction()``.
    """
    current = session()
    if current.get_bind().dialect.name == "sqlite":
        return
    model = type(record)
    key = sa.inspect(model).primary_key[0]
    # Only the row itself: FOR UPDATE cannot hold what an eager outer join may lack.
    current.execute(sa.select(key).where(key == identity_of(record)).with_for_update())
    current.refresh(record)
