"""A forgotten password: school staff give a new slip, and everything else stays."""

from __future__ import annotations

import pytest
from flask import Flask

from penpal.accounts import services
from penpal.config import Settings
from penpal.kernel import trail
from penpal.kernel.errors import NotPermitted
from tests.cast import PASSWORD, Cast
from tests.conftest import SignedIn

NEW_PASSWORD = "seven calm herons"


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_a_new_slip_lets_the_student_in_again(
    app: Flask, as_: SignedIn, cast: Cast, settings: Settings, who: str
) -> None:
    xiaohe, staff = as_("xiaohe"), as_(who)
    person = cast.person("xiaohe")

    answer = staff.post(f"/students/{person.id}/reset", follow_redirects=True)

    assert "旧口令不能用了" in answer.text
    assert xiaohe.get("/").location.startswith("/sign-in")
    old = app.test_client().post("/sign-in", data={"login_name": "xiaohe", "password": PASSWORD})
    assert old.status_code == 422
    person = cast.person("xiaohe")
    live = services.live_activations([person.id], settings=settings)
    code = services.code_of(live[person.id], settings=settings)
    again, _token = services.activate(
        code=code,
        display_name="小禾",
        password=NEW_PASSWORD,
        shared_device=False,
        settings=settings,
    )
    assert again.id == person.id
    assert cast.pair().has(person.id)
    assert [entry.move for entry in trail.of(again)][-2:] == ["reset password", "activated"]


@pytest.mark.parametrize("who", ["xiaolin", "teacher_ht", "secretary_tj", "county_bj", "editor"])
def test_outsiders_reset_nothing(cast: Cast, settings: Settings, who: str) -> None:
    with pytest.raises(NotPermitted):
        services.reset(cast.person("xiaohe"), settings=settings, by=cast.actor(who))

    assert cast.person("xiaohe").password_hash is not None


def test_a_code_made_under_another_key_is_made_anew(cast: Cast, settings: Settings) -> None:
    person = cast.person("xiaohe")
    services.reset(person, settings=settings, by=cast.actor("teacher_bj"))
    moved = settings.model_copy(update={"secret_key": type(settings.secret_key)("another key")})

    assert services.live_activations([person.id], settings=moved) == {}
    assert services.issue_codes([cast.person("xiaohe")], settings=moved) == 1
    assert person.id in services.live_activations([person.id], settings=moved)
