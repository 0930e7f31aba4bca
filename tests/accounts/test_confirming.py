"""Before dangerous acts one proves once more who one is, and what was typed is not lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts.factor_models import Refusal, SignInAttempt
from penpal.accounts.models import SignIn
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from tests.accounts.factors import equip, wrong
from tests.cast import PASSWORD, Cast
from tests.conftest import SignedIn

ASKED = "确认是你本人"


@pytest.fixture
def teacher(as_: SignedIn) -> FlaskClient:
    """The class teacher, eleven minutes after the sign-in."""
    browser = as_("teacher_bj")
    grow_old()
    return browser


def grow_old(minutes: int = 11) -> None:
    with transaction() as current:
        then = clock.now() - timedelta(minutes=minutes)
        current.execute(sa.update(SignIn).values(confirmed_at=then))


def moves(cast: Cast, who: str) -> list[str]:
    return [entry.move for entry in trail.of(cast.person(who))]


@pytest.mark.parametrize(("minutes", "asked"), [(0, False), (9, False), (11, True)])
def test_a_proof_is_good_for_ten_minutes(
    teacher: FlaskClient, cast: Cast, minutes: int, asked: bool
) -> None:
    grow_old(minutes)

    answer = teacher.post(f"/students/{cast.person('xiaohe').id}/reset")

    assert (ASKED in answer.text) is asked
    assert ("reset password" in moves(cast, "xiaohe")) is not asked


def test_the_act_waits_and_goes_on_with_what_was_typed(as_: SignedIn, cast: Cast) -> None:
    secretary = as_("secretary_bj")
    grow_old()
    address = f"/people/{cast.person('xiaohe').id}/account/disabling"
    reason = '家长说的："先停<几天>" & 再看'

    page = secretary.post(address, data={"reason": reason})
    kept = {
        "reason": re.findall(r'name="reason" value="([^"]*)"', page.text)[0],
        "action": re.findall(r'class="formcard" method="post" action="([^"]*)"', page.text)[0],
    }
    done = secretary.post(kept["action"], data={"reason": reason, "confirmation": PASSWORD})

    assert ASKED in page.text
    assert page.status_code == 200
    assert kept["reason"] == "家长说的：&#34;先停&lt;几天&gt;&#34; &amp; 再看"
    assert kept["action"] == address
    assert done.status_code == 302
    assert cast.person("xiaohe").disabled_at is not None
    assert trail.of(cast.person("xiaohe"))[-1].reason == reason


def test_after_one_proof_nobody_is_asked_for_ten_minutes(teacher: FlaskClient, cast: Cast) -> None:
    teacher.post(f"/students/{cast.person('xiaohe').id}/reset", data={"confirmation": PASSWORD})

    teacher.post(f"/students/{cast.person('xiaolin').id}/reset")

    assert moves(cast, "xiaohe")[-1] == moves(cast, "xiaolin")[-1] == "reset password"


def test_a_wrong_password_does_nothing_and_is_kept_as_a_try(
    teacher: FlaskClient, cast: Cast
) -> None:
    answer = teacher.post(
        f"/students/{cast.person('xiaohe').id}/reset", data={"confirmation": "a wrong guess"}
    )

    assert answer.status_code == 422
    assert "口令没对上" in answer.text
    assert "a wrong guess" not in answer.text
    assert cast.person("xiaohe").password_hash is not None
    assert list(session().scalars(sa.select(SignInAttempt.why))) == [Refusal.CONFIRMATION]


def test_whoever_has_a_second_factor_proves_it_with_that(
    teacher: FlaskClient, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    address = f"/students/{cast.person('xiaohe').id}/reset"

    asked = teacher.post(address)
    with_password = teacher.post(address, data={"confirmation": PASSWORD})
    with_wrong_code = teacher.post(address, data={"confirmation": wrong(phone)})
    before = cast.person("xiaohe").password_hash
    with_code = teacher.post(address, data={"confirmation": phone(0)})

    assert "手机验证器" in asked.text
    assert with_password.status_code == with_wrong_code.status_code == 422
    assert before is not None
    assert with_code.status_code == 302
    assert cast.person("xiaohe").password_hash is None


def test_one_proof_opens_one_session_alone(as_: SignedIn, cast: Cast) -> None:
    here, elsewhere = as_("teacher_bj"), as_("teacher_bj")
    grow_old()

    here.post(f"/students/{cast.person('xiaohe').id}/reset", data={"confirmation": PASSWORD})

    assert ASKED in elsewhere.post(f"/students/{cast.person('xiaolin').id}/reset").text


@pytest.mark.parametrize("page", ["students.csv", "students.xlsx", "list.xlsx", "print"])
def test_a_file_with_names_is_asked_for_and_then_comes(
    teacher: FlaskClient, cast: Cast, page: str
) -> None:
    address = f"/classes/{cast.unit('bj-class').id}/slips/{page}"

    asked = teacher.get(address)
    proved = teacher.post("/account/confirmation", data={"confirmation": PASSWORD, "next": address})
    onward = teacher.get(proved.location)

    assert ASKED in asked.text
    assert f'name="next" value="{address}"' in asked.text
    assert "小禾" not in asked.text
    assert f'content="0; url={address}"' in onward.text
    assert teacher.get(address).status_code == 200
    assert ASKED not in teacher.get(address).get_data().decode(errors="replace")


def test_the_roster_of_a_school_and_new_slips_are_asked_for_too(as_: SignedIn, cast: Cast) -> None:
    secretary = as_("secretary_bj")
    grow_old()
    school, class_ = cast.unit("bj-school").id, cast.unit("bj-class").id

    for ending in ("csv", "xlsx"):
        assert ASKED in secretary.get(f"/schools/{school}/roster/students.{ending}").text
    assert ASKED in secretary.post(f"/classes/{class_}/slips").text


def test_a_proof_leads_to_no_other_site(teacher: FlaskClient) -> None:
    answer = teacher.post(
        "/account/confirmation", data={"confirmation": PASSWORD, "next": "//evil.example/"}
    )
    page = teacher.get("/account/confirmation?next=https://evil.example/")

    assert answer.location == "/account/confirmation?next=/"
    assert 'content="0; url=/"' in page.text
    assert 'href="https://evil' not in page.text


def test_what_speaks_json_is_told(teacher: FlaskClient, cast: Cast) -> None:
    answer = teacher.post(
        f"/students/{cast.person('xiaohe').id}/reset", headers={"Accept": "application/json"}
    )

    assert answer.status_code == 403
    assert "本人" in answer.json["error"]  # type: ignore[index]
    assert cast.person("xiaohe").password_hash is not None


def test_a_proof_opens_nothing_that_one_may_not_do(as_: SignedIn, cast: Cast) -> None:
    stranger = as_("teacher_tj")
    grow_old()

    answer = stranger.post(
        f"/students/{cast.person('xiaohe').id}/reset", data={"confirmation": PASSWORD}
    )

    assert answer.status_code == 404
    assert cast.person("xiaohe").password_hash is not None
