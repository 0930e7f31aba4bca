"""Fixtures: the application on SQLite and on PostgreSQL, the cast, and clients that are signed in."""

from __future__ import annotations

import fcntl
import gc
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from contextvars import Context
from datetime import time
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from penpal import create_app
from penpal.accounts import limits
from penpal.accounts import services as accounts
from penpal.config import Settings
from penpal.kernel.db import db, transaction
from penpal.places import rest
from penpal.publishing.special import subscribers as special
from tests import cast as casting
from tests import servers
from tests.cast import Cast

servers.use_our_node()
servers.keep_bytecode()
# What is imported stays to the end, and looking for garbage all the time was a tenth of the work.
gc.set_threshold(50_000, 20, 20)
# Others use the machine too: an example that had to wait for it proves nothing.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

SignedIn = Callable[[str], FlaskClient]
MEMORY = Path("/dev/shm")
HERE = Path(__file__).parent


# What begins last must be short, or the other workers wait for it at the end.
LONGEST = (
    *("browser/test_axe.py", "house/test_no_other_way.py", "operating/test_restore.py"),
    *("browser/test_xss.py", "deploy/test_grown.py", "demo/test_load.py"),
    *("browser/test_from_nothing.py", "faults/test_chat.py", "reading/test_held_back.py"),
    *("browser/test_queue.py", "house/test_matrix.py", "browser/test_chat.py"),
    *("browser/test_journey.py", "faults/test_ledger.py", "browser/test_rtl.py"),
    *("house/test_queries.py", "safeguarding/test_queue.py", "browser/test_cuts.py"),
    *("house/test_habits.py", "browser/test_photos.py", "browser/test_offline.py"),
    *("house/test_walk.py", "chat/test_sockets.py", "accounts/test_sign_in_limits.py"),
    *("chat/test_sockets_grown.py", "browser/test_opening.py", "browser/test_screening.py"),
    *("screening/test_weigh.py", "browser/test_second_factor.py", "browser/test_together.py"),
)
# Here each value may meet the database in a way of its own: constraints, searches, sums over dates.
JUDGED_BY_THE_DATABASE = (
    *("house/", "kernel/", "programmes/", "statistics/", "twinning/test_constraints.py"),
    *("accounts/test_login_names.py", "accounts/test_snapshots.py", "consent/test_purposes.py"),
    *("consent/test_takes_part.py", "letters/test_search.py", "letters/test_dates.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; workers take whole files in this order."""
    places = {HERE / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    _leave_further_values_to_one_database(items)


def _leave_further_values_to_one_database(items: list[pytest.Item]) -> None:
    """Each test is run on both every day; with its second and later values on PostgreSQL by ``test-all``.

    Another value mostly changes what a form says of it, before any database hears of it.
    """
    judged = tuple(str(HERE / name) for name in JUDGED_BY_THE_DATABASE)
    asked: set[tuple[Path, str]] = set()
    for item in items:
        values = item.callspec.params if hasattr(item, "callspec") else {}
        if values.get("store") != "postgres" or str(item.path).startswith(judged):
            continue
        test = item.path, item.nodeid.partition("[")[0]
        if test in asked:
            item.add_marker(pytest.mark.slow)
        asked.add(test)


def pytest_collection_finish() -> None:
    """Nothing that was imported is ever looked at again."""
    gc.collect()
    gc.freeze()


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
    """A database that goes back to its first state before each test.

    ``keep`` remembers under a name what is in it now, and gives what brings that back.
    """

    def __init__(self, app: Flask, keep: Callable[[str], Callable[[], None]]) -> None:
        self.app, self.keep = app, keep
        self.restore = keep("first")


def _app(folder: Path, database_url: str = "") -> Flask:
    settings = Settings(
        PORT=8000,
        DATABASE_URL=database_url,
        REDIS_URL="",
        data=folder,
        secret_key="a key for tests alone",
        rate_limits=False,
        # Tests run at any hour; those of the quiet hours set their own.
        quiet_from=time(),
        quiet_until=time(),
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


def _sqlite(folder: Path, shared: Path | None = None) -> Store:
    """Filled by whichever worker comes first; the others take a copy out of what they share."""
    app = _app(folder)
    shared = shared or folder
    live = Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
    filled = shared / "cast.sqlite"
    with (shared / "cast.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if filled.exists():
            copy_database(filled, live)
        else:
            _fill(app)
            copy_database(live, filled)

    def keep(name: str) -> Callable[[], None]:
        kept = live.with_suffix(f".{name}")
        copy_database(live, kept)
        return lambda: copy_database(kept, live)

    return Store(app, keep)


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
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    return Store(app, lambda name: _Refill(address, name))


class _Refill:
    """Fills what a test has changed from copies beside it: a fiftieth of what a new database costs.

    A table has changed when its rows are more or fewer, or one is younger than the last filling.
    """

    ROUNDS = 100
    """So often what was deleted may stay where it lay before it is swept up."""

    def __init__(self, address: str, kept: str) -> None:
        self.kept = kept
        self.address = servers.plain(make_url(address))
        self.connection = self._connect()
        names = [table.name for table in db.metadata.sorted_tables] + ["alembic_version"]
        steps = []
        self._run(f"CREATE SCHEMA {kept}")
        for name in names:
            self._run(f'CREATE TABLE {kept}."{name}" AS TABLE public."{name}"')
            count = self._run(f'SELECT count(*) FROM "{name}"')
            steps.append(
                f"IF (SELECT count(*) <> {count} OR max(xmin::text::bigint) > filled "
                f'FROM public."{name}") THEN DELETE FROM public."{name}"; '
                f'INSERT INTO public."{name}" SELECT * FROM {kept}."{name}"; END IF;'
            )
            if name in db.metadata.tables and "id" in db.metadata.tables[name].c:
                end = self._run(f'SELECT coalesce(max(id), 0) FROM "{name}"')
                sequence = self._run(f"SELECT pg_get_serial_sequence('\"{name}\"', 'id')")
                if sequence:
                    steps.append(f"PERFORM setval('{sequence}', {max(end, 1)}, {end > 0});")
        self._run(
            f"CREATE FUNCTION {kept}.fill(filled bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN "
            + " ".join(steps)
            + " RETURN pg_current_xact_id()::text::bigint; END $$"
        )
        self.filled = self._run("SELECT pg_current_xact_id()::text::bigint")
        self.rounds = 0

    def __call__(self) -> None:
        try:
            self.filled = self._run(f"SELECT {self.kept}.fill({self.filled})")
        except psycopg.OperationalError:
            # A test that ends the connections of others ends this one too.
            self.connection = self._connect()
            self.filled = self._run(f"SELECT {self.kept}.fill({self.filled})")
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
            base = tmp_path_factory.getbasetemp()
            # Workers have a folder each inside the run's.
            return _sqlite(folder, base.parent if base.name.startswith("popen-") else base)

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
    # One limiter serves all applications of a process: another test's may have switched it on.
    limits.limiter.enabled = store.app.config["RATELIMIT_ENABLED"]
    with store.app.app_context():
        rest.forget()
        special.forget(store.app)
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
