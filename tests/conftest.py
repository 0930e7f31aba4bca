"""Fixtures: the application on SQLite and on PostgreSQL, the cast, and clients that are signed in."""

from __future__ import annotations

import gc
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from contextvars import Context
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from penpal import create_app
from penpal.accounts import services as accounts
from penpal.config import Settings
from penpal.kernel.db import db, transaction
from tests import cast as casting
from tests import servers
from tests.cast import Cast

servers.use_our_node()
servers.keep_bytecode()

SignedIn = Callable[[str], FlaskClient]
MEMORY = Path("/dev/shm")


def pytest_collection_finish() -> None:
    """What was imported stays to the end, and looking for garbage all the time was a tenth of the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class Visitor(FlaskClient):
    """Asks as a browser does: each request in a context of its own, not in the one of the test.

    A shared one would keep whom Flask-Login found in the first request. What the test itself
    holds of the database is read anew afterwards.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer: TestResponse = Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.rollback()
        return answer


class Store:
    """A database that goes back to its first state before each test."""

    def __init__(self, app: Flask, restore: Callable[[], None]) -> None:
        self.app, self.restore = app, restore


def _app(folder: Path, database_url: str = "") -> Flask:
    settings = Settings(
        PORT=8000,
        DATABASE_URL=database_url,
        REDIS_URL="",
        data=folder,
        secret_key="a key for tests alone",
        rate_limits=False,
        demo=False,
        second_factor="off",
        log_level="WARNING",
    )
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Visitor
    return app


def _fill(app: Flask) -> None:
    with app.app_context():
        upgrade()
        casting.build()
        db.session.remove()
        db.engine.dispose()


def _sqlite(folder: Path) -> Store:
    app = _app(folder)
    _fill(app)
    live = Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
    first = live.with_suffix(".first")
    shutil.copy(live, first)

    return Store(app, lambda: copy_database(first, live))


def copy_database(source: Path, target: Path) -> None:
    """Make one SQLite database what another is, through SQLite itself.

    A connection that a test forgot may close at any later time, and takes the log of whatever file
    bears the name by then with it: so the file stays the same one.
    """
    with closing(sqlite3.connect(source)) as given, closing(sqlite3.connect(target)) as taken:
        taken.execute("PRAGMA synchronous = OFF")
        given.backup(taken)


def _postgres(folder: Path, stack: ExitStack) -> Store:
    server = stack.enter_context(servers.postgres())
    app = _app(folder, servers.new_database(server, "live"))
    _fill(app)
    return Store(app, _Refill(app.config["SQLALCHEMY_DATABASE_URI"]))


class _Refill:
    """Fills what a test has changed from copies beside it: a fiftieth of what a new database costs.

    A table has changed when its rows are more or fewer, or one is younger than the last filling.
    """

    ROUNDS = 100
    """So often what was deleted may stay where it lay before it is swept up."""

    def __init__(self, address: str) -> None:
        self.address = servers.plain(make_url(address))
        self.connection = self._connect()
        names = [table.name for table in db.metadata.sorted_tables] + ["alembic_version"]
        steps = []
        self._run("CREATE SCHEMA first")
        for name in names:
            self._run(f'CREATE TABLE first."{name}" AS TABLE public."{name}"')
            count = self._run(f'SELECT count(*) FROM "{name}"')
            steps.append(
                f"IF (SELECT count(*) <> {count} OR max(xmin::text::bigint) > filled "
                f'FROM public."{name}") THEN DELETE FROM public."{name}"; '
                f'INSERT INTO public."{name}" SELECT * FROM first."{name}"; END IF;'
            )
            if name in db.metadata.tables and "id" in db.metadata.tables[name].c:
                end = self._run(f'SELECT coalesce(max(id), 0) FROM "{name}"')
                sequence = self._run(f"SELECT pg_get_serial_sequence('\"{name}\"', 'id')")
                if sequence:
                    steps.append(f"PERFORM setval('{sequence}', {max(end, 1)}, {end > 0});")
        self._run(
            "CREATE FUNCTION first.fill(filled bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN "
            + " ".join(steps)
            + " RETURN pg_current_xact_id()::text::bigint; END $$"
        )
        self.filled = self._run("SELECT pg_current_xact_id()::text::bigint")
        self.rounds = 0

    def __call__(self) -> None:
        try:
            self.filled = self._run(f"SELECT first.fill({self.filled})")
        except psycopg.OperationalError:
            # A test that ends the connections of others ends this one too.
            self.connection = self._connect()
            self.filled = self._run(f"SELECT first.fill({self.filled})")
        self.rounds += 1
        if self.rounds % self.ROUNDS == 0:
            self._run("VACUUM")

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        connection = psycopg.connect(self.address, autocommit=True)
        # Foreign keys were true in the copies; asking again, row by row, would cost most of it.
        connection.execute("SET session_replication_role = replica")
        return connection

    def _run(self, statement: str) -> Any:
        answer = self.connection.execute(statement)
        found = answer.fetchone() if answer.description else None
        return found[0] if found else None


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Store]]:
    """Gives the filled database of an engine, made when it is first asked for, for all of the session."""
    made: dict[str, Store] = {}
    with ExitStack() as stack:

        def make(engine: str) -> Store:
            folder = tmp_path_factory.mktemp(engine)
            if engine == "postgres":
                return _postgres(folder, stack)
            if MEMORY.is_dir():
                # Every commit waits for the disk; in memory there is none to wait for.
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
            return _sqlite(folder)

        def of(engine: str) -> Store:
            if engine not in made:
                made[engine] = make(engine)
            return made[engine]

        yield of


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def store(request: pytest.FixtureRequest, stores: Callable[[str], Store]) -> Store:
    """The database of one engine.

    pytest ends a fixture with parameters at each change of the parameter, which is in each file twice:
    what is dear to make is kept one floor below.
    """
    return stores(request.param)


@pytest.fixture
def app(store: Store) -> Iterator[Flask]:
    """The application on a database that holds the cast and nothing else."""
    store.restore()
    with store.app.app_context():
        yield store.app
        db.session.remove()


@pytest.fixture
def cast(app: Flask) -> Cast:
    return Cast()


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["penpal.settings"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Someone who has not signed in."""
    return app.test_client()


@pytest.fixture
def as_(app: Flask, cast: Cast, settings: Settings) -> SignedIn:
    """``as_("xiaohe")`` is a client of hers, signed in as the product would do it."""

    def sign_in(login_name: str) -> FlaskClient:
        with transaction():
            token = accounts._begin_session(
                cast.person(login_name), shared_device=False, settings=settings
            )
        signed_in = app.test_client()
        with signed_in.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return signed_in

    return sign_in
