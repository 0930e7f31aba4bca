"""The demo, loaded once for all tests that read it, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from penpal import create_app
from penpal.config import Settings
from penpal.demo import services
from penpal.kernel.db import db
from penpal.programmes import services as programmes
from tests import servers


def empty(folder: Path, database_url: str = "") -> Flask:
    """An application on a migrated database with what ships and nobody in it."""
    settings = Settings(
        PORT=8000,
        DATABASE_URL=database_url,
        REDIS_URL="",
        data=folder,
        secret_key="a key for tests alone",
        rate_limits=False,
        quiet_from=time(),
        quiet_until=time(),
        demo=False,
        second_factor="off",
        log_level="WARNING",
    )
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        upgrade()
        programmes.load()
        db.session.remove()
    return app


def load(app: Flask, *, seed: int = services.SEED) -> None:
    with app.app_context():
        services.load(settings=app.extensions["penpal.settings"], seed=seed)
        db.session.remove()


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application with the demo. Its tests read, and sign in; they change nothing else."""
    with ExitStack() as stack:
        address = "" if request.param == "sqlite" else stack.enter_context(servers.postgres())
        app = empty(tmp_path_factory.mktemp("demo"), address)
        # As an operator would: what the command prints is asked of it too.
        app.extensions["tests.printed"] = app.test_cli_runner().invoke(args=["demo", "load"])
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def inside(loaded: Flask) -> Iterator[Flask]:
    """The same, for tests that look into its database."""
    with loaded.app_context():
        yield loaded
        db.session.remove()


@pytest.fixture
def visitor(loaded: Flask) -> FlaskClient:
    return loaded.test_client()
