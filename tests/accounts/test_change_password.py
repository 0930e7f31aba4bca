"""Changing a password: who knows the old one sets the new one, and other devices are signed out."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.accounts import services
from penpal.kernel import trail
from penpal.kernel.access import NOBODY
from penpal.kernel.errors import NotPermitted
from tests.accounts.doors import GOOD_PASSWORD, sign_in
from tests.cast import PASSWORD, Cast
from tests.conftest import SignedIn


def change(client: FlaskClient, current: str = PASSWORD, new: str = GOOD_PASSWORD) -> TestResponse:
    return client.post("/account/password", data={"current_password": current, "password": new})


def test_the_new_password_counts_and_the_old_one_does_not(
    as_: SignedIn, client: FlaskClient, cast: Cast
) -> None:
    answer = change(as_("xiaohe"))

    assert answer.location == "/account"
    assert sign_in(client, "xiaohe", PASSWORD).status_code == 422
    assert sign_in(client, "xiaohe", GOOD_PASSWORD).status_code == 302
    assert [entry.move for entry in trail.of(cast.person("xiaohe"))][-1] == "changed password"


def test_other_devices_are_signed_out_and_this_one_stays(as_: SignedIn) -> None:
    here, elsewhere, partner = as_("xiaohe"), as_("xiaohe"), as_("xiaomai")

    change(here)

    assert "口令换好了" in here.get("/account").text
    assert elsewhere.get("/").location == "/sign-in"
    assert partner.get("/").status_code == 200


def test_whoever_does_not_know_the_old_one_changes_nothing(as_: SignedIn, cast: Cast) -> None:
    here, elsewhere = as_("xiaohe"), as_("xiaohe")
    before = cast.person("xiaohe").password_hash

    answer = change(here, current="a wrong guess")

    assert answer.status_code == 422
    assert "现在的口令没对上" in answer.text
    assert cast.person("xiaohe").password_hash == before
    assert elsewhere.get("/").status_code == 200


@pytest.mark.parametrize("weak", ["short", "12345678", "xiaohe is here", "我叫小禾我爱写信"])
def test_a_weak_one_is_refused_in_words(as_: SignedIn, cast: Cast, weak: str) -> None:
    before = cast.person("xiaohe").password_hash

    answer = change(as_("xiaohe"), new=weak)

    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert cast.person("xiaohe").password_hash == before


def test_nobody_changes_a_password_without_signing_in(client: FlaskClient, cast: Cast) -> None:
    before = cast.person("xiaohe").password_hash

    assert "/sign-in" in (change(client).location or "")
    with pytest.raises(NotPermitted):
        services.change_password(current_password=PASSWORD, password=GOOD_PASSWORD, by=NOBODY)

    assert cast.person("xiaohe").password_hash == before


def test_the_account_page_shows_the_login_name(as_: SignedIn) -> None:
    for who in ("xiaohe", "teacher_bj", "xiaoman"):
        assert who in as_(who).get("/account").text
