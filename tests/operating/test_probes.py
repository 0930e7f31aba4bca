"""Pages for machines: they say whether the process answers and can work, to anybody, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.config import Settings
from penpal.kernel.db import transaction
from penpal.operating import readiness
from penpal.operating.readiness import Readiness


@pytest.fixture
def asked_anew(app: Flask) -> Iterator[None]:
    """The answer of an earlier test is not given again, and that of this one to no later test."""
    ready: Readiness = app.extensions["penpal.readiness"]
    ready._until = 0.0
    yield
    ready._until = 0.0


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_probe_costs_no_cookie_no_sign_in_and_no_redirect(
    client: FlaskClient, address: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_server_that_is_well_says_so_of_each_part(client: FlaskClient) -> None:
    assert client.get("/readyz").json == {
        "ready": True,
        "database": "ok",
        "schema": "ok",
        "data": "ok",
    }


@pytest.fixture
def older_schema(app: Flask) -> Iterator[None]:
    """A database on which the newest migration has not run; it is back when the test is over."""
    with transaction() as current:
        newest = current.scalar(sa.text("SELECT version_num FROM alembic_version"))
        current.execute(sa.text("UPDATE alembic_version SET version_num = 'an older one'"))
    yield
    with transaction() as current:
        current.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": newest})


@pytest.mark.usefixtures("asked_anew", "older_schema")
def test_a_schema_that_is_not_the_newest_is_not_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["ready"] is False
    assert answer.json["schema"] == "not at the newest migration"
    assert answer.json["database"] == "ok"
    assert client.get("/healthz").status_code == 200


def test_a_database_that_is_gone_is_named_without_its_address(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, Exception("host=secret password=secret"))

    monkeypatch.setattr(readiness.MigrationContext, "configure", refuses)

    found = Readiness(app, settings).findings()

    assert found["database"] == "does not answer"
    assert "secret" not in str(found)


def test_a_database_that_hangs_does_not_hang_whoever_asks(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.01)
    monkeypatch.setattr(readiness, "FRESH", 0.0)
    asked, go_on = [], threading.Event()
    ready = Readiness(app, settings)
    ask = ready._ask
    ready._ask = lambda: (asked.append(1), go_on.wait(), ask())[2]  # type: ignore[method-assign]

    found = [ready.findings()["database"] for _ in range(3)]

    go_on.set()
    assert found == ["does not answer"] * 3
    assert len(asked) == 1, "a question that hangs was asked again"


def test_a_data_folder_that_cannot_be_written_is_not_ready(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    gone = settings.model_copy(update={"data": tmp_path / "gone"})

    assert Readiness(app, gone).findings()["data"] == "cannot be written"


def test_many_who_ask_at_once_ask_the_database_once(app: Flask, settings: Settings) -> None:
    asked = []
    ready = Readiness(app, settings)
    ask = ready._ask
    ready._ask = lambda: (asked.append(1), ask())[1]  # type: ignore[method-assign]

    for _ in range(5):
        ready.findings()

    assert len(asked) == 1
