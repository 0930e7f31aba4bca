"""Signing out: of this device, or of every one."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from penpal.accounts import services
from penpal.kernel.access import NOBODY
from penpal.kernel.errors import NotPermitted
from tests.accounts.doors import sign_in, sign_ins
from tests.cast import Cast
from tests.conftest import SignedIn


def test_signing_out_ends_this_session_for_good(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, "xiaohe")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]

    left = client.post("/sign-out")

    assert left.location == "/sign-in"
    assert client.get("/").location == "/sign-in"
    assert sign_ins(cast.person("xiaohe"))[0].ended_at is not None
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert client.get("/").location == "/sign-in"


def test_nothing_stays_behind_in_the_browser(client: FlaskClient) -> None:
    sign_in(client, "xiaohe")

    left = client.post("/sign-out")

    assert "cache" in left.headers["Clear-Site-Data"]
    assert "storage" in left.headers["Clear-Site-Data"]
    assert "你已经退出了" in client.get("/sign-in").text


def test_signing_out_here_leaves_other_devices_alone(as_: SignedIn) -> None:
    here, at_home, partner = as_("xiaohe"), as_("xiaohe"), as_("xiaomai")

    here.post("/sign-out")

    assert here.get("/").status_code == 302
    assert at_home.get("/").status_code == 200
    assert partner.get("/").status_code == 200


def test_signing_out_everywhere_ends_every_session_of_this_person_alone(
    as_: SignedIn, cast: Cast
) -> None:
    here, at_home, partner = as_("xiaohe"), as_("xiaohe"), as_("xiaomai")

    left = here.post("/account/sessions/end")

    assert left.location == "/sign-in"
    assert here.get("/").location == "/sign-in"
    assert at_home.get("/").location == "/sign-in"
    assert partner.get("/").status_code == 200
    assert all(begun.ended_at for begun in sign_ins(cast.person("xiaohe")))


@pytest.mark.usefixtures("app")
def test_nobody_can_sign_nobody_out(client: FlaskClient) -> None:
    assert client.post("/sign-out").location == "/sign-in"
    assert client.post("/account/sessions/end").status_code == 302
    for verb in (services.sign_out, services.sign_out_everywhere):
        with pytest.raises(NotPermitted):
            verb(by=NOBODY)


def test_a_look_at_the_address_signs_nobody_out(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    assert xiaohe.get("/sign-out").status_code in (404, 405)
    assert xiaohe.get("/").status_code == 200


def test_a_student_without_consent_can_sign_out_too(as_: SignedIn) -> None:
    assert as_("xiaoman").post("/sign-out").location == "/sign-in"
