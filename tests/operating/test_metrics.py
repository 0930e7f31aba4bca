"""What is counted: requests, doors, jobs, letters, sockets; and who may read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal import create_app
from penpal.config import Settings
from penpal.operating import metrics
from tests import cast as casting
from tests.accounts.factors import equip, wrong
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.kernel.test_jobs import queue, run_one, work
from tests.letters.test_send import send

__all__ = ["queue", "work"]
TOKEN = "a token for tests alone"


def value(app: Flask, name: str, **labels: str) -> float:
    metrics.of(app).text()
    return metrics.of(app).registry.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_endpoint_and_never_by_address(
    app: Flask, as_: SignedIn, client: FlaskClient
) -> None:
    labels = {"endpoint": "letters.found", "method": "GET", "status": "2xx"}
    before = value(app, "penpal_request_seconds_count", **labels)

    as_("xiaohe").get("/letters/search?words=markedwords")
    client.get("/markedwords")

    assert value(app, "penpal_request_seconds_count", **labels) == before + 1
    assert b"markedwords" not in metrics.of(app).text()
    assert b'endpoint="nowhere"' in metrics.of(app).text()


def test_sign_ins_are_counted_whether_they_work_or_fail(app: Flask, client: FlaskClient) -> None:
    worked = value(app, "penpal_sign_ins_total")
    failed = value(app, "penpal_sign_ins_refused_total", door="password")
    form = {"login_name": "xiaohe", "password": casting.PASSWORD}

    client.post("/sign-in", data=form | {"password": "wrong"})
    client.post("/sign-in", data=form)

    assert value(app, "penpal_sign_ins_total") == worked + 1
    assert value(app, "penpal_sign_ins_refused_total", door="password") == failed + 1


def test_wrong_codes_of_the_second_step_are_counted_at_a_door_of_their_own(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    phone, _codes = equip(cast, app.extensions["penpal.settings"])
    before = value(app, "penpal_sign_ins_refused_total", door="second step")
    client.post("/sign-in", data={"login_name": "teacher_bj", "password": casting.PASSWORD})

    client.post("/sign-in/code", data={"code": wrong(phone)})
    client.post("/sign-in/code", data={"code": phone(0)})

    assert value(app, "penpal_sign_ins_refused_total", door="second step") == before + 1


def test_letters_are_counted_when_they_are_delivered(app: Flask, cast: Cast) -> None:
    before = value(app, "penpal_letters_delivered_total")

    send(cast)
    send(cast)

    assert value(app, "penpal_letters_delivered_total") == before + 1


def test_jobs_are_counted_by_name_and_outcome(app: Flask, queue: object, work: object) -> None:
    from penpal.kernel import jobs

    before = [
        value(app, "penpal_jobs_total", job="test.note", outcome=outcome)
        for outcome in ("done", "failed")
    ]
    jobs.enqueue("test.note")
    jobs.enqueue("test.note", fail=True)
    assert value(app, "penpal_jobs_waiting") == 2

    run_one(queue)  # type: ignore[arg-type]
    run_one(queue)  # type: ignore[arg-type]

    done, failed = (
        value(app, "penpal_jobs_total", job="test.note", outcome=outcome)
        for outcome in ("done", "failed")
    )
    assert (done, failed) == (before[0] + 1, before[1] + 1)
    assert value(app, "penpal_jobs_waiting") == 0
    assert value(app, "penpal_jobs_scheduled") == 1


def test_pool_sockets_and_disk_are_told(app: Flask) -> None:
    assert value(app, "penpal_database_connections_kept") == 10
    assert value(app, "penpal_sockets_open") == 0
    assert value(app, "penpal_data_free_bytes") > 0


def test_without_a_token_in_the_settings_there_is_no_such_page(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404


@pytest.fixture
def counted(tmp_path: Path) -> FlaskClient:
    settings = Settings(
        DATABASE_URL="", REDIS_URL="", data=tmp_path, secret_key="x", metrics_token=TOKEN
    )
    return create_app(settings).test_client()


def test_the_figures_are_for_whoever_has_the_token(counted: FlaskClient) -> None:
    answer = counted.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "penpal_letters_delivered_total 0.0" in answer.text


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ü"]
)
def test_nobody_else_reads_them(counted: FlaskClient, shown: str) -> None:
    answer = counted.get("/metrics", headers={"Authorization": shown})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "penpal_" not in answer.text
