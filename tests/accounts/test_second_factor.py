"""The second factor at the door: it is set up first, and nobody is in between password and code."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal.accounts import second_factor, services
from penpal.accounts.factor_models import SecondFactor
from penpal.accounts.models import PersonKind
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from tests.accounts.doors import GOOD_PASSWORD, code_of, sign_in, sign_ins
from tests.accounts.factors import equip, hidden, is_in, secret_on, wrong
from tests.accounts.factors import phone_of as phone_with
from tests.cast import Cast


def test_outside_the_demo_staff_need_a_factor_unless_told_otherwise() -> None:
    def demanded(**chosen: object) -> bool:
        return Settings(**chosen).demands_second_factor  # type: ignore[arg-type]

    assert demanded(demo=False)
    assert not demanded(demo=True)
    assert demanded(demo=True, second_factor="on")
    assert not demanded(demo=False, second_factor="off")


def test_staff_without_a_factor_set_one_up_at_the_door_and_are_in(
    demanding: Flask, cast: Cast
) -> None:
    teacher = demanding.test_client()
    class_page = f"/classes/{cast.unit('bj-class').id}"

    asked = sign_in(teacher, "teacher_bj", next=class_page)
    page = teacher.get(asked.location).text
    phone = phone_with(secret_on(page))
    done = teacher.post(
        "/sign-in/factor",
        data={
            "sealed": hidden(page, "sealed"),
            "code": phone(0),
            "next": hidden(page, "next"),
        },
    )

    assert asked.location == f"/sign-in?next={class_page}"
    assert "<svg" in page
    made = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", done.text)
    assert len(set(made)) == 10
    assert f'href="{class_page}"' in done.text
    assert teacher.get(class_page).status_code == 200
    assert trail.of(cast.person("teacher_bj"))[-1].move == "set up second factor"
    assert done.headers["Cache-Control"] == "private, no-store"


def test_between_password_and_code_nobody_is_in(
    demanding: Flask, cast: Cast, settings: Settings
) -> None:
    equip(cast, settings)
    teacher = demanding.test_client()

    sign_in(teacher, "teacher_bj")

    for address in ("/", "/account", f"/classes/{cast.unit('bj-class').id}", "/account/factor"):
        assert teacher.get(address).location.startswith("/sign-in"), address
    assert teacher.post("/sign-out").location == "/sign-in"
    assert teacher.get("/device").status_code in (302, 401)
    assert sign_ins(cast.person("teacher_bj")) == []


def test_whoever_has_to_set_one_up_can_do_nothing_else(demanding: Flask, cast: Cast) -> None:
    teacher = demanding.test_client()

    sign_in(teacher, "teacher_bj")

    assert not is_in(teacher)
    assert teacher.get("/").location == "/sign-in"
    assert sign_ins(cast.person("teacher_bj")) == []


def test_the_code_of_the_phone_opens_the_way(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    begun = [one.id for one in sign_ins(cast.person("teacher_bj"))]

    asked = sign_in(client, "teacher_bj")
    page = client.get(asked.location).text
    answer = client.post("/sign-in/code", data={"code": f" {phone(0)[:3]} {phone(0)[3:]}"})

    assert "六位数字" in page
    assert answer.location == "/"
    assert is_in(client)
    assert len(sign_ins(cast.person("teacher_bj"))) == len(begun) + 1


def test_a_factor_counts_also_where_nobody_demands_one(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    equip(cast, settings)

    sign_in(client, "teacher_bj")
    sign_in_of_others = sign_in(client.application.test_client(), "teacher_ht")

    assert not settings.demands_second_factor
    assert not is_in(client)
    assert sign_in_of_others.location == "/"


def test_students_are_never_asked(demanding: Flask) -> None:
    answer = sign_in(demanding.test_client(), "xiaohe")

    assert answer.location == "/"


def test_the_note_between_the_steps_is_good_for_five_minutes(
    client: FlaskClient, cast: Cast, settings: Settings, later: Callable[[timedelta], None]
) -> None:
    phone, _codes = equip(cast, settings)
    sign_in(client, "teacher_bj")

    later(timedelta(minutes=5, seconds=2))
    answer = client.post("/sign-in/code", data={"code": phone(0)}, follow_redirects=True)

    assert "等得太久了" in answer.text
    assert 'name="login_name"' in answer.text
    assert not is_in(client)


@pytest.mark.parametrize("change", ["password_hash", "disabled_at"])
def test_the_note_dies_with_the_password_and_with_the_account(
    client: FlaskClient, cast: Cast, settings: Settings, change: str
) -> None:
    phone, _codes = equip(cast, settings)
    sign_in(client, "teacher_bj")
    with transaction():
        person = cast.person("teacher_bj")
        setattr(person, change, clock.now() if change == "disabled_at" else "another")

    answer = client.post("/sign-in/code", data={"code": phone(0)})

    assert answer.location.startswith("/sign-in")
    assert not is_in(client)


def test_without_a_password_there_is_no_second_step(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)

    for address in ("/sign-in/code", "/sign-in/factor"):
        answer = client.post(address, data={"code": phone(0), "sealed": ""})
        assert answer.location.startswith("/sign-in")
    assert 'name="login_name"' in client.get("/sign-in").text
    assert not is_in(client)


def test_a_password_alone_replaces_no_factor(
    demanding: Flask, cast: Cast, settings: Settings
) -> None:
    """Two windows stood at the door when one of them set the factor up."""
    slow = demanding.test_client()
    sign_in(slow, "teacher_bj")
    page = slow.get("/sign-in").text
    equip(cast, settings)

    phone = phone_with(secret_on(page))
    answer = slow.post("/sign-in/factor", data={"sealed": hidden(page, "sealed"), "code": phone(0)})

    assert answer.location.startswith("/sign-in")
    assert not is_in(slow)
    offered = second_factor.offer(cast.person("teacher_bj"), settings=settings)
    with pytest.raises(IllegalMove):
        second_factor.set_up(
            cast.person("teacher_bj"),
            sealed=offered.sealed,
            typed=phone_with(offered.secret)(0),
            settings=settings,
            by=cast.actor("teacher_bj"),
        )


def test_an_offer_is_good_for_its_person_and_for_half_an_hour(
    cast: Cast, settings: Settings, later: Callable[[timedelta], None]
) -> None:
    offered = second_factor.offer(cast.person("teacher_bj"), settings=settings)

    def take(who: str, sealed: str) -> None:
        second_factor.set_up(
            cast.person(who),
            sealed=sealed,
            typed=phone_with(offered.secret)(0),
            settings=settings,
            by=cast.actor(who),
        )

    with pytest.raises(Invalid):
        take("teacher_ht", offered.sealed)
    with pytest.raises(Invalid):
        take("teacher_bj", offered.sealed[:-3] + "abc")
    later(timedelta(minutes=31))
    with pytest.raises(Invalid):
        take("teacher_bj", offered.sealed)
    assert session().query(SecondFactor).count() == 0


def test_a_wrong_first_code_leaves_the_same_picture_to_scan(demanding: Flask) -> None:
    teacher = demanding.test_client()
    sign_in(teacher, "teacher_bj")
    page = teacher.get("/sign-in").text
    secret = secret_on(page)

    answer = teacher.post(
        "/sign-in/factor",
        data={"sealed": hidden(page, "sealed"), "code": wrong(phone_with(secret))},
    )

    assert answer.status_code == 422
    assert secret_on(answer.text) == secret
    assert not is_in(teacher)


def test_staff_who_come_in_by_a_slip_set_up_a_factor_first(
    demanding: Flask, cast: Cast, settings: Settings
) -> None:
    person = services.add_person(PersonKind.STAFF, "新老师", login_name="xinlaoshi")
    services.issue_codes([person], settings=settings)
    teacher = demanding.test_client()

    answer = teacher.post(
        "/activate",
        data={
            "code": code_of(person, settings),
            "display_name": "新老师",
            "password": GOOD_PASSWORD,
            "agreed": "1",
        },
        follow_redirects=True,
    )

    assert "用验证器扫一扫" in answer.text
    assert "xinlaoshi" in answer.text
    assert sign_ins(cast.person("xinlaoshi")) == []
