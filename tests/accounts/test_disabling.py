"""An account is closed for a while: at once and everywhere, by whoever answers for the person."""

from __future__ import annotations

import pytest
from flask import Flask

from penpal.accounts import disabling, services
from penpal.accounts.events import SessionsEnded
from penpal.accounts.models import Role
from penpal.kernel import events, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from tests.accounts.doors import sign_in
from tests.accounts.factors import is_in
from tests.cast import Cast
from tests.conftest import SignedIn


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("secretary_bj", "xiaohe"),
        ("secretary_bj", "teacher_bj"),
        ("county_bj", "secretary_bj"),
    ],
)
def test_whoever_answers_for_someone_closes_the_account_and_opens_it_again(
    app: Flask, as_: SignedIn, cast: Cast, who: str, whom: str
) -> None:
    theirs, staff = as_(whom), as_(who)
    address = f"/people/{cast.person(whom).id}/account"

    closed = staff.post(f"{address}/disabling", data={"reason": "账号被别人用了"})
    refused = sign_in(app.test_client(), whom)
    page = staff.get(address)
    was_in = is_in(theirs)
    opened = staff.post(f"{address}/enabling", data={"reason": "换过口令了"})

    assert closed.status_code == opened.status_code == 302
    assert not was_in
    assert refused.status_code == 422
    assert "这个账号停用了" in refused.text
    assert "恢复账号" in page.text
    assert sign_in(app.test_client(), whom).status_code == 302
    assert [(entry.move, entry.reason) for entry in trail.of(cast.person(whom))][-2:] == [
        ("disabled", "账号被别人用了"),
        ("enabled", "换过口令了"),
    ]
    assert trail.of(cast.person(whom))[-1].actor_id == cast.person(who).id


def test_sockets_are_hung_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setitem(events._subscribers, SessionsEnded, [told.append])

    disabling.disable(cast.person("xiaohe"), reason="查一查", by=cast.actor("secretary_bj"))

    assert told == [SessionsEnded(cast.person("xiaohe").id)]


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        *((who, "xiaohe") for who in ("xiaomai", "teacher_bj", "teacher_ht", "secretary_tj")),
        *((who, "xiaohe") for who in ("county_bj", "editor")),
        *((who, "teacher_bj") for who in ("teacher_bj", "xiaohe", "secretary_ht", "county_bj")),
        *((who, "secretary_bj") for who in ("secretary_bj", "teacher_bj", "secretary_ht")),
        ("secretary_bj", "county_bj"),
    ],
)  # fmt: skip
def test_outsiders_and_oneself_close_nothing(cast: Cast, who: str, whom: str) -> None:
    for verb in (disabling.disable, disabling.enable):
        with pytest.raises(NotPermitted):
            verb(cast.person(whom), reason="随便", by=cast.actor(who))

    assert cast.person(whom).disabled_at is None


def test_who_appoints_to_one_office_of_two_does_not_answer_for_the_person(cast: Cast) -> None:
    services.grant(cast.person("teacher_bj"), Role.COUNTY_SECRETARY, cast.unit("bj-county"))

    with pytest.raises(NotPermitted):
        disabling.disable(cast.person("teacher_bj"), reason="x", by=cast.actor("secretary_bj"))


def test_a_class_teacher_is_told_whom_to_ask(as_: SignedIn, cast: Cast) -> None:
    teacher, number = as_("teacher_bj"), cast.person("xiaohe").id

    page = teacher.get(f"/students/{number}").text
    tried = teacher.post(f"/people/{number}/account/disabling", data={"reason": "不听话"})

    assert "由校团委书记来办" in page
    assert f"/people/{number}/account" not in page
    assert teacher.get(f"/people/{number}/account").status_code == tried.status_code == 403
    assert cast.person("xiaohe").disabled_at is None
    assert f"/people/{number}/account" in as_("secretary_bj").get(f"/students/{number}").text


@pytest.mark.parametrize("who", ["teacher_ht", "county_bj", "secretary_tj", "editor"])
def test_accounts_of_others_have_no_page(as_: SignedIn, cast: Cast, who: str) -> None:
    for whom in ("xiaohe", "teacher_bj"):
        answer = as_(who).get(f"/people/{cast.person(whom).id}/account")
        assert answer.status_code in (403, 404)


def test_a_reason_is_needed_and_what_was_typed_stays(as_: SignedIn, cast: Cast) -> None:
    secretary, address = as_("secretary_bj"), f"/people/{cast.person('xiaohe').id}/account"

    silent = secretary.post(f"{address}/disabling", data={"reason": " "})
    endless = secretary.post(f"{address}/disabling", data={"reason": "长" * 501})

    assert silent.status_code == endless.status_code == 422
    assert "写一句为什么" in silent.text
    assert "长" * 501 in endless.text
    assert cast.person("xiaohe").disabled_at is None


def test_what_is_closed_is_not_closed_again(cast: Cast) -> None:
    secretary = cast.actor("secretary_bj")
    disabling.disable(cast.person("xiaohe"), reason="一次", by=secretary)

    with pytest.raises(IllegalMove):
        disabling.disable(cast.person("xiaohe"), reason="两次", by=secretary)
    disabling.enable(cast.person("xiaohe"), reason="好了", by=secretary)
    with pytest.raises(IllegalMove):
        disabling.enable(cast.person("xiaohe"), reason="又好了", by=secretary)


def test_an_operator_does_it_by_command_also_for_whom_nobody_answers(cast: Cast) -> None:
    disabling.disable(cast.person("editor"), reason="离开报社", by=SYSTEM)

    assert cast.person("editor").disabled_at is not None
    assert trail.of(cast.person("editor"))[-1].actor_kind == "system"
    with pytest.raises(Invalid):
        disabling.enable(cast.person("editor"), reason="", by=SYSTEM)
