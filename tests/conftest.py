"""Fixtures: the application on SQLite and on PostgreSQL, the cast, and clients that are signed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import Context
from pathlib import Path
from typing import Any

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

SignedIn = Callable[[str], FlaskClient]


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

    def restore() -> None:
        for part in ("-wal", "-shm"):
            live.with_name(live.name + part).unlink(missing_ok=True)
        shutil.copy(first, live)

    return Store(app, restore)


def _postgres(folder: Path, stack: ExitStack) -> Store:
    server = stack.enter_context(servers.postgres())
    first = servers.new_database(server, "first")
    _fill(_app(folder, first))
    live = servers.new_database(server, "live", template="first")

    def restore() -> None:
        servers.new_database(server, "live", template="first")

    return Store(_app(folder, live), restore)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """One filled database a session and engine."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        yield _sqlite(folder) if request.param == "sqlite" else _postgres(folder, stack)


@pytest.fixture
def app(store: Store) -> Iterator[Flask]:
    """The application on a database that holds the cast and nothing else."""
    store.restore()
    with store.app.app_context():
        yield store.app
        db.session.remove()
        db.engine.dispose()


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
