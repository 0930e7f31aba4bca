"""The codes of a second factor: each counts once, for its owner, for a short time; a wrong one is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal import create_app
from penpal.accounts import second_factor
from penpal.accounts.factor_models import RecoveryCode, Refusal, SecondFactor, SignInAttempt
from penpal.config import Settings
from penpal.kernel import trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import db, session, transaction
from tests.accounts.doors import sign_in
from tests.accounts.factors import equip, is_in, wrong
from tests.accounts.factors import phone_of as phone_with
from tests.cast import Cast

NO_MATCH = "这个验证码没对上"


def attempts(cast: Cast, who: str = "teacher_bj") -> list[Refusal]:
    found = sa.select(SignInAttempt.why).where(SignInAttempt.person_id == cast.person(who).id)
    return list(session().scalars(found.order_by(SignInAttempt.id)))


@pytest.mark.usefixtures("still")
def test_a_code_counts_once(app: Flask, cast: Cast, settings: Settings) -> None:
    phone, _codes = equip(cast, settings)
    code = phone(0)
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        sign_in(browser, "teacher_bj")

    taken = first.post("/sign-in/code", data={"code": code})
    again = second.post("/sign-in/code", data={"code": code})

    assert taken.status_code == 302
    assert again.status_code == 422
    assert NO_MATCH in again.text
    assert not is_in(second)


def test_of_ten_who_bring_one_code_at_the_same_moment_one_comes_in(
    app: Flask, cast: Cast, settings: Settings
) -> None:
    phone, codes = equip(cast, settings)

    def accepted(typed: str) -> bool:
        def ask() -> bool:
            with app.app_context():
                person = cast.person("teacher_bj")
                taken = second_factor.accept(person, typed, settings=settings)
                db.session.remove()
                return taken

        return Context().run(ask)

    for typed in (phone(0), codes[0]):
        with ThreadPoolExecutor(10) as crowd:
            found = list(crowd.map(accepted, [typed] * 10))
        assert found.count(True) == 1, typed


@pytest.mark.usefixtures("still")
def test_the_half_minutes_around_this_one_count_and_no_others(
    cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    person = cast.person("teacher_bj")

    def takes(step: int) -> bool:
        with transaction() as current:
            current.execute(sa.update(SecondFactor).values(last_step=0))
        return second_factor.accept(cast.person("teacher_bj"), phone(step), settings=settings)

    assert person.id
    assert [takes(step) for step in (-1, 0, 1)] == [True, True, True]
    assert [takes(step) for step in (-3, 3)] == [False, False]


@pytest.mark.usefixtures("still")
def test_an_older_code_is_no_good_once_a_newer_one_was_used(cast: Cast, settings: Settings) -> None:
    phone, _codes = equip(cast, settings)
    person = cast.person("teacher_bj")

    assert second_factor.accept(person, phone(1), settings=settings)
    assert not second_factor.accept(person, phone(0), settings=settings)


def test_a_recovery_code_stands_in_once(app: Flask, cast: Cast, settings: Settings) -> None:
    _phone, codes = equip(cast, settings)
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        sign_in(browser, "teacher_bj")

    taken = first.post("/sign-in/code", data={"code": codes[3].lower().replace("-", " ")})
    again = second.post("/sign-in/code", data={"code": codes[3]})

    assert taken.status_code == 302
    assert again.status_code == 422
    person = cast.person("teacher_bj")
    assert second_factor.codes_left(person.id) == 9
    assert trail.of(person)[-1].move == "used recovery code"


def test_codes_of_others_are_of_no_use(cast: Cast, settings: Settings) -> None:
    phone, codes = equip(cast, settings, "teacher_bj")
    equip(cast, settings, "teacher_ht")

    for typed in (phone(0), codes[0], "", "000", "１２"):
        assert not second_factor.accept(cast.person("teacher_ht"), typed, settings=settings)


def test_a_wrong_code_is_refused_and_kept_without_what_was_typed(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    sign_in(client, "teacher_bj")

    answer = client.post("/sign-in/code", data={"code": wrong(phone)})

    assert answer.status_code == 422
    assert NO_MATCH in answer.text
    assert wrong(phone) not in answer.text
    assert attempts(cast) == [Refusal.CODE]


def test_many_wrong_codes_close_the_second_step(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    guarded = create_app(
        settings.model_copy(
            update={"rate_limits": True, "data": tmp_path, "database_url": settings.database}
        )
    )
    guarded.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    guarded.test_client_class = app.test_client_class
    phone, _codes = equip(cast, settings)
    try:
        answers = []
        for number in range(6):
            guesser = guarded.test_client()
            guesser.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
            sign_in(guesser, "teacher_bj")
            answers.append(guesser.post("/sign-in/code", data={"code": wrong(phone)}).status_code)
        right = guesser.post("/sign-in/code", data={"code": phone(0)})
    finally:
        with guarded.app_context():
            db.engine.dispose()

    assert answers == [422] * 5 + [429]
    assert right.status_code == 429
    assert not is_in(guesser)


def test_the_tables_alone_make_no_code_and_open_nothing(cast: Cast, settings: Settings) -> None:
    offered = second_factor.offer(cast.person("teacher_bj"), settings=settings)
    codes = second_factor.set_up(
        cast.person("teacher_bj"),
        sealed=offered.sealed,
        typed=phone_with(offered.secret)(0),
        settings=settings,
        by=cast.actor("teacher_bj"),
    )

    [factor] = session().scalars(sa.select(SecondFactor))
    hashes = set(session().scalars(sa.select(RecoveryCode.code_hash)))
    assert offered.secret.encode() not in factor.secret
    assert len(hashes) == 10
    assert not any(code.replace("-", "") in hashed.upper() for code in codes for hashed in hashes)


def test_under_another_key_no_code_is_good_and_a_renewal_helps(
    cast: Cast, settings: Settings
) -> None:
    phone, codes = equip(cast, settings)
    moved = settings.model_copy(update={"secret_key": type(settings.secret_key)("another key")})
    person = cast.person("teacher_bj")

    assert not second_factor.accept(person, phone(0), settings=moved)
    assert not second_factor.accept(person, codes[0], settings=moved)
    second_factor.renew(person, reason="换了密钥", by=SYSTEM)
    assert not second_factor.is_set_up(person.id)
