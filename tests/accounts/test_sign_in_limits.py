"""Limits at the door: a guesser is stopped, a class behind one address is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal import create_app
from penpal.accounts import limits, passwords, services
from penpal.accounts.models import PersonKind, SignIn
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import db, transaction
from penpal.kernel.errors import TooMany
from tests.accounts.doors import GOOD_PASSWORD, newcomer, sign_in
from tests.accounts.factors import equip, wrong
from tests.cast import PASSWORD, Cast
from tests.servers import free_port

HERE, THERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def strict(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """A second application on the same database, as a server runs it: with limits at its doors."""
    yield from _guarded(app, settings, data=tmp_path)


@pytest.fixture
def without_redis(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """The same with its counts in a Redis that is away."""
    limits._at_hand.cache_clear()
    away = f"redis://127.0.0.1:{free_port()}/0"
    yield from _guarded(app, settings, data=tmp_path, redis_url=away)
    # The limiter is one for all applications, and would go on as if the next one's counts were away.
    limits.limiter._storage_dead = False


def _guarded(app: Flask, settings: Settings, **others: object) -> Iterator[Flask]:
    guarded = create_app(
        settings.model_copy(
            update={"rate_limits": True, "database_url": settings.database, **others}
        )
    )
    guarded.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    guarded.test_client_class = app.test_client_class
    yield guarded
    with guarded.app_context():
        db.engine.dispose()


def at(app: Flask, address: str) -> FlaskClient:
    """A visitor who comes from this address."""
    visitor = app.test_client()
    visitor.environ_base["REMOTE_ADDR"] = address
    return visitor


def test_ten_wrong_tries_close_one_name_at_one_address(strict: Flask) -> None:
    for _ in range(10):
        assert sign_in(at(strict, HERE), "xiaohe", "a wrong guess").status_code == 422

    stopped = sign_in(at(strict, HERE), "xiaohe")
    in_capitals = sign_in(at(strict, HERE), " XIAOHE ")
    someone_else = sign_in(at(strict, HERE), "xiaomai")
    from_home = sign_in(at(strict, THERE), "xiaohe")

    assert stopped.status_code == in_capitals.status_code == 429
    assert "试得太快了" in stopped.text
    assert someone_else.status_code == 302
    assert from_home.status_code == 302


def test_a_class_behind_one_address_signs_in_without_limits(strict: Flask) -> None:
    hashed = passwords.hashed(PASSWORD)
    with transaction():
        for number in range(60):
            child = services.add_person(PersonKind.STUDENT, "小新", login_name=f"child{number}")
            child.password_hash, child.activated_at = hashed, clock.now()

    answers = [sign_in(at(strict, HERE), f"child{number}").status_code for number in range(60)]

    assert answers == [302] * 60


def test_signing_in_rightly_again_and_again_is_no_attack(strict: Flask) -> None:
    answers = [sign_in(at(strict, HERE), "xiaohe").status_code for _ in range(25)]

    assert answers == [302] * 25


def test_a_list_of_names_from_one_address_runs_dry(strict: Flask) -> None:
    def guess(number: int) -> TestResponse:
        # An empty password fails without the cost of a hash.
        return sign_in(at(strict, HERE), f"name{number}", "")

    answers = [guess(number).status_code for number in range(201)]

    assert answers == [422] * 200 + [429]
    assert sign_in(at(strict, THERE), "xiaohe").status_code == 302


def test_a_code_can_be_guessed_at_only_ten_times(strict: Flask, settings: Settings) -> None:
    _person, code = newcomer(settings)

    def attempt(typed: str, address: str) -> int:
        visitor = at(strict, address)
        return visitor.post(
            "/activate",
            data={"code": typed, "display_name": "小新", "password": GOOD_PASSWORD, "agreed": "1"},
        ).status_code

    wrong = [attempt("AAAA 2222", f"203.0.113.{number}") for number in range(11)]

    assert wrong == [422] * 10 + [429]
    assert attempt(code, HERE) == 302


def test_every_view_with_a_limit_is_at_a_door(app: Flask) -> None:
    """Elsewhere the limiter is not asked, so a limit there would count nothing."""
    limited = {
        endpoint.partition(".")[0]
        for endpoint, view in app.view_functions.items()
        if getattr(view, "__wrapper-limiter-instance", None) is not None
    }

    assert limited
    assert limited <= set(limits.DOORS)


def test_a_door_counts_for_itself_while_redis_is_away(
    without_redis: Flask, cast: Cast, settings: Settings
) -> None:
    _, codes = equip(cast, settings)

    assert sign_in(at(without_redis, THERE), "xiaomai").status_code == 302
    guesses = [
        sign_in(at(without_redis, HERE), "xiaohe", "a wrong guess").status_code for _ in range(11)
    ]
    assert guesses == [422] * 10 + [429]

    teacher = at(without_redis, HERE)
    sign_in(teacher, "teacher_bj")
    codes_tried = [teacher.post("/sign-in/code", data={"code": "000000"}) for _ in range(6)]
    assert [answer.status_code for answer in codes_tried] == [422] * 5 + [429]
    assert teacher.post("/sign-in/code", data={"code": codes[0]}).status_code == 429


def test_whoever_guesses_while_redis_is_away_gets_no_new_tries_when_a_door_notices_it(
    without_redis: Flask, cast: Cast
) -> None:
    person = cast.person("teacher_bj").id
    with without_redis.app_context():
        for _ in range(5):
            limits.count_answer(person, at=limits.DOOR)
        sign_in(at(without_redis, HERE), "xiaohe", "a wrong guess")

        with pytest.raises(TooMany):
            limits.count_answer(person, at=limits.DOOR)


@pytest.mark.parametrize("guessed", ["door", "confirmation"])
def test_guessing_at_the_second_step_and_at_the_confirmation_are_counted_apart(
    strict: Flask, cast: Cast, settings: Settings, guessed: str
) -> None:
    phone, codes = equip(cast, settings)
    asked = f"/students/{cast.person('xiaohe').id}/reset"

    def knock() -> FlaskClient:
        browser = at(strict, HERE)
        sign_in(browser, "teacher_bj")
        return browser

    inside, outside = knock(), knock()
    inside.post("/sign-in/code", data={"code": codes[0]})
    with transaction() as current:
        current.execute(sa.update(SignIn).values(confirmed_at=clock.now() - timedelta(hours=1)))

    def answer(place: str, code: str) -> int:
        if place == "door":
            return outside.post("/sign-in/code", data={"code": code}).status_code
        return inside.post(asked, data={"confirmation": code}).status_code

    other = "confirmation" if guessed == "door" else "door"
    guesses = [answer(guessed, wrong(phone)) for _ in range(6)]

    assert guesses == [422] * 5 + [429]
    assert answer(guessed, codes[1]) == 429
    assert answer(other, codes[2]) == 302


def test_a_script_that_tries_words_out_on_the_guard_is_slowed_down_and_told_kindly(
    strict: Flask,
) -> None:
    xiaohe = at(strict, HERE)
    sign_in(xiaohe, "xiaohe", PASSWORD)

    asked = [
        xiaohe.post("/screening", data={"text": "树"}, headers={"Accept": "application/json"})
        for _turn in range(121)
    ]

    assert [answer.status_code for answer in asked] == [200] * 120 + [429]
    assert "歇几分钟" in asked[-1].get_json()["error"]
