"""Opening the envelope: a code from a card becomes an account, once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.accounts import queries, services
from penpal.accounts.models import Activation, Person
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import Invalid
from tests.accounts.doors import GOOD_PASSWORD, code_of, newcomer, sign_in, sign_ins
from tests.cast import Cast

WRONG_CODE = "这个激活码没对上"


def activate(client: FlaskClient, code: str, **changes: str) -> TestResponse:
    typed = {"code": code, "display_name": "小新", "password": GOOD_PASSWORD, "agreed": "1"}
    return client.post("/activate", data=typed | changes)


def found(person: Person) -> Person:
    return session().get_one(Person, person.id)


@pytest.mark.usefixtures("app")
def test_a_code_opens_the_envelope(client: FlaskClient, settings: Settings) -> None:
    person, code = newcomer(settings)

    answer = activate(client, code, display_name="  小新\u202e 同学 ")
    welcome = client.get(answer.location)

    assert (answer.status_code, answer.location) == (302, "/welcome")
    assert "记住你的登录名：songhe482" in welcome.text
    assert found(person).display_name == "小新 同学"
    assert [(entry.move, entry.actor_id) for entry in trail.of(found(person))] == [
        ("activated", person.id)
    ]
    assert sign_in(client, "songhe482", GOOD_PASSWORD).status_code == 302


@pytest.mark.usefixtures("app")
def test_a_code_may_be_typed_in_small_letters_with_gaps(
    client: FlaskClient, settings: Settings
) -> None:
    person, code = newcomer(settings)

    answer = activate(client, f" {code[:4].lower()}-{code[4:].lower()} ")

    assert answer.status_code == 302
    assert found(person).activated_at is not None


@pytest.mark.usefixtures("app")
def test_the_address_on_the_card_fills_the_code_in(client: FlaskClient) -> None:
    assert 'value="AB23CD45"' in client.get("/activate?code=AB23CD45").text


@pytest.mark.usefixtures("app")
def test_a_code_works_once(client: FlaskClient, settings: Settings) -> None:
    person, code = newcomer(settings)
    activate(client, code)
    first_password = found(person).password_hash

    again = activate(client, code, display_name="别人", password="another quiet harbour")

    assert again.status_code == 422
    assert WRONG_CODE in again.text
    assert found(person).password_hash == first_password
    assert found(person).display_name == "小新"


def test_a_number_to_be_called_by_is_no_display_name(
    client: FlaskClient, settings: Settings
) -> None:
    person, code = newcomer(settings)

    refused = activate(client, code, display_name="13812345678")

    assert refused.status_code == 422
    assert "像是手机号" in refused.text
    assert found(person).activated_at is None


@pytest.mark.usefixtures("app")
def test_of_two_who_use_a_code_at_once_one_comes_in(app: Flask, settings: Settings) -> None:
    person, code = newcomer(settings)
    ready = threading.Barrier(4)
    outcomes: list[str] = []

    def attempt(name: str) -> None:
        with app.app_context():
            ready.wait()
            try:
                services.activate(
                    code=code,
                    display_name=name,
                    password=GOOD_PASSWORD,
                    shared_device=False,
                    settings=settings,
                )
                outcomes.append(name)
            except Invalid as refused:
                outcomes.append("refused" if "code" in refused.fields else "?")
            finally:
                db.session.remove()

    racers = [threading.Thread(target=attempt, args=(f"第{n}个",)) for n in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    session().rollback()
    assert outcomes.count("refused") == 3
    assert found(person).display_name in outcomes
    assert len(sign_ins(person)) == 1


@pytest.mark.usefixtures("app")
def test_an_expired_code_opens_nothing(client: FlaskClient, settings: Settings) -> None:
    person, code = newcomer(settings)
    with transaction() as current:
        current.execute(sa.update(Activation).values(expires_at=clock.now() - timedelta(seconds=1)))

    answer = activate(client, code)

    assert answer.status_code == 422
    assert WRONG_CODE in answer.text
    assert found(person).activated_at is None


@pytest.mark.usefixtures("app")
def test_a_code_of_someone_who_was_disabled_opens_nothing(
    client: FlaskClient, settings: Settings
) -> None:
    person, code = newcomer(settings)
    with transaction():
        found(person).disabled_at = clock.now()

    assert activate(client, code).status_code == 422
    assert found(person).activated_at is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("code", ["", "AAAA2222", "1", "O0I1L0O1", "小新", "' OR 1=1 --", "2" * 41])
def test_a_wrong_code_is_refused_beside_its_field(client: FlaskClient, code: str) -> None:
    answer = activate(client, code)

    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200e"[:1], "一二三四五六七八九十一二三"])
def test_a_display_name_has_one_to_twelve_signs(
    client: FlaskClient, settings: Settings, name: str
) -> None:
    person, code = newcomer(settings)

    answer = activate(client, code, display_name=name)

    assert answer.status_code == 422
    assert 'id="display_name-error"' in answer.text
    assert found(person).activated_at is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", ["新", "一二三四五六七八九十一二", "ئايگۈل", "བསོད་ནམས"])
def test_a_display_name_may_be_in_any_script(
    client: FlaskClient, settings: Settings, name: str
) -> None:
    person, code = newcomer(settings)

    assert activate(client, code, display_name=name).status_code == 302
    assert found(person).display_name == name


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "口令至少要 8 位"),
        ("x" * 129, "口令太长了"),
        ("12345678", "太常见"),
        ("password1", "太常见"),
        ("qwertyuiop", "太常见"),
        ("aaaaaaaaaaaa", "太常见"),
        ("songhe482 forever", "你的名字或登录名"),
        ("我是小新今天好", "口令至少要 8 位"),
        ("我是小新今天真好", "你的名字或登录名"),
    ],
)
def test_a_password_that_others_guess_is_refused_in_words(
    client: FlaskClient, settings: Settings, password: str, words: str
) -> None:
    person, code = newcomer(settings)

    answer = activate(client, code, password=password)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="password-error"' in answer.text
    assert password not in answer.text
    assert code in answer.text
    assert found(person).activated_at is None


@pytest.mark.usefixtures("app")
def test_the_agreement_has_to_be_read(client: FlaskClient, settings: Settings) -> None:
    person, code = newcomer(settings)

    answer = activate(client, code, agreed="")

    assert answer.status_code == 422
    assert "读过约定" in answer.text
    assert found(person).activated_at is None
    assert client.get("/agreement").status_code == 200


@pytest.mark.usefixtures("app")
def test_activating_on_a_shared_computer_begins_a_short_session(
    client: FlaskClient, settings: Settings
) -> None:
    person, code = newcomer(settings)

    answer = activate(client, code, shared_device="1")

    [begun] = sign_ins(person)
    assert begun.shared_device
    assert "Expires" not in answer.headers["Set-Cookie"]


@pytest.mark.usefixtures("app")
def test_codes_go_to_those_who_need_one_and_stay_while_they_live(
    cast: Cast, settings: Settings
) -> None:
    person, code = newcomer(settings)

    again = services.issue_codes([person, cast.person("xiaohe")], settings=settings)

    assert again == 0
    assert code_of(person, settings) == code
    assert queries.live_activations([cast.person("xiaohe").id]) == {}


@pytest.mark.usefixtures("app")
def test_a_new_code_comes_when_the_old_one_ran_out(client: FlaskClient, settings: Settings) -> None:
    person, old = newcomer(settings)
    with transaction() as current:
        current.execute(sa.update(Activation).values(expires_at=clock.now() - timedelta(days=1)))

    made = services.issue_codes([found(person)], settings=settings)
    fresh = code_of(person, settings)

    assert made == 1
    assert fresh != old
    assert activate(client, old).status_code == 422
    assert activate(client, fresh).status_code == 302


@pytest.mark.usefixtures("app")
def test_the_database_holds_no_code(settings: Settings) -> None:
    person, code = newcomer(settings)

    activation = queries.live_activations([person.id])[person.id]

    assert code not in (activation.code_hash, activation.nonce)
    assert code.lower() not in activation.code_hash
