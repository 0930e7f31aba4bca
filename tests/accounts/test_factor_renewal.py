"""A second factor is renewed: new codes on paper, another phone, and by others when the phone was lost."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from penpal.accounts import second_factor
from penpal.accounts.factor_models import RecoveryCode
from penpal.config import Settings
from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from tests.accounts.doors import sign_in
from tests.accounts.factors import equip, hidden, is_in, secret_on
from tests.accounts.factors import phone_of as phone_with
from tests.cast import Cast
from tests.conftest import SignedIn


def test_new_codes_on_paper_take_the_place_of_the_old(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    _phone, old = equip(cast, settings)

    page = as_("teacher_bj").post("/account/factor/codes").text

    new = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", page)
    person = cast.person("teacher_bj")
    assert len(new) == 10
    assert not second_factor.accept(person, old[0], settings=settings)
    assert second_factor.accept(person, new[0], settings=settings)
    assert [entry.move for entry in trail.of(person)][-2:] == [
        "renewed recovery codes",
        "used recovery code",
    ]


@pytest.mark.usefixtures("still")
def test_another_phone_takes_the_place_of_the_old_one_and_other_devices_leave(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    old, _codes = equip(cast, settings)
    here, elsewhere = as_("teacher_bj"), as_("teacher_bj")
    page = here.get("/account/factor").text

    new = phone_with(secret_on(page))
    here.post("/account/factor", data={"sealed": hidden(page, "sealed"), "code": new(0)})

    assert is_in(here)
    assert not is_in(elsewhere)
    person = cast.person("teacher_bj")
    assert not second_factor.accept(person, old(0), settings=settings)
    assert second_factor.accept(person, new(1), settings=settings)


def test_the_codes_can_be_kept_as_a_file(as_: SignedIn, cast: Cast, settings: Settings) -> None:
    _phone, codes = equip(cast, settings)

    answer = as_("teacher_bj").post(
        "/account/factor/codes.txt", data={"code": [*codes, "<script>", "no code"]}
    )

    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert all(code in answer.text for code in codes)
    assert "script" not in answer.text


@pytest.mark.parametrize("address", ["/account/factor", "/account/factor/codes"])
def test_students_have_no_factor_to_set_up(as_: SignedIn, address: str) -> None:
    assert as_("xiaohe").post(address).status_code == 403


def test_the_school_s_secretary_renews_the_factor_of_a_teacher_who_lost_the_phone(
    app: Flask, as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    teacher, secretary = as_("teacher_bj"), as_("secretary_bj")
    number = cast.person("teacher_bj").id

    page = secretary.get(f"/people/{number}/account")
    answer = secretary.post(
        f"/people/{number}/account/factor-renewal", data={"reason": "手机丢了，当面确认过"}
    )

    assert "重设两步登录" in page.text
    assert answer.status_code == 302
    assert not is_in(teacher)
    person = cast.person("teacher_bj")
    assert not second_factor.is_set_up(person.id)
    assert session().query(RecoveryCode).count() == 0
    last = trail.of(person)[-1]
    assert (last.move, last.reason) == ("renewed second factor", "手机丢了，当面确认过")
    assert last.actor_id == cast.person("secretary_bj").id
    browser = app.test_client()
    assert sign_in(browser, "teacher_bj").location == "/"
    assert not second_factor.accept(person, phone(0), settings=settings)


def test_the_level_above_renews_that_of_a_secretary(cast: Cast, settings: Settings) -> None:
    equip(cast, settings, "secretary_bj")

    second_factor.renew(cast.person("secretary_bj"), reason="手机坏了", by=cast.actor("county_bj"))

    assert not second_factor.is_set_up(cast.person("secretary_bj").id)


@pytest.mark.parametrize(
    "who", ["teacher_bj", "teacher_ht", "secretary_ht", "county_bj", "editor", "xiaohe"]
)
def test_outsiders_and_oneself_renew_nothing(cast: Cast, settings: Settings, who: str) -> None:
    equip(cast, settings)

    with pytest.raises(NotPermitted):
        second_factor.renew(cast.person("teacher_bj"), reason="随便", by=cast.actor(who))

    assert second_factor.is_set_up(cast.person("teacher_bj").id)


def test_a_renewal_needs_a_reason_and_something_to_renew(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    secretary, number = as_("secretary_bj"), cast.person("teacher_bj").id
    nothing = secretary.post(f"/people/{number}/account/factor-renewal", data={"reason": "丢了"})
    equip(cast, settings)
    silent = secretary.post(f"/people/{number}/account/factor-renewal", data={"reason": "  "})

    assert nothing.status_code == 409
    assert silent.status_code == 422
    assert "写一句为什么" in silent.text
    assert second_factor.is_set_up(number)
