"""Closing a pair: gently, with a reason, and both can be tied anew."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.kernel import clock, trail
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.twinning import services
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.conftest import SignedIn


def close(client: FlaskClient, cast: Cast, class_code: str, reason: str = "转学") -> TestResponse:
    return client.post(
        f"/pairs/{cast.pair().id}/closure",
        data={"class_id": cast.unit(class_code).id, "reason": reason},
    )


@pytest.mark.parametrize(
    ("who", "class_code"),
    [
        ("teacher_bj", "bj-class"),
        ("teacher_ht", "ht-class"),
        ("secretary_bj", "bj-class"),
        ("secretary_ht", "ht-class"),
    ],
)
def test_staff_of_either_student_close_a_pair(
    as_: SignedIn, cast: Cast, who: str, class_code: str
) -> None:
    staff = as_(who)

    answer = close(staff, cast, class_code)
    page = staff.get(answer.location).text

    assert "这一对解开了" in page
    assert cast.pair().state is PairState.CLOSED
    assert cast.pair().closed_on == clock.today()
    last = trail.of(cast.pair())[-1]
    assert (last.move, last.actor_id, last.reason) == ("close", cast.person(who).id, "转学")


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_asked_for(as_: SignedIn, cast: Cast, reason: str) -> None:
    teacher = as_("teacher_bj")

    page = teacher.get(close(teacher, cast, "bj-class", reason).location).text

    assert "写一句原因" in page
    assert cast.pair().state is PairState.ACTIVE
    with pytest.raises(Invalid):
        services.close(cast.pair(), reason=reason, by=cast.actor("teacher_bj"))


@pytest.mark.parametrize(
    "who", ["teacher_tj", "secretary_tj", "county_bj", "editor", "xiaohe", "xiaomai", "xiaoyuan"]
)
def test_an_outsider_closes_nothing_nor_do_the_two(as_: SignedIn, cast: Cast, who: str) -> None:
    answer = close(as_(who), cast, "bj-class")

    assert answer.status_code in (403, 404)
    assert cast.pair().state is PairState.ACTIVE
    with pytest.raises(NotPermitted):
        services.close(cast.pair(), reason="不想写了", by=cast.actor(who))


def test_a_closed_pair_is_not_closed_again(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")
    close(teacher, cast, "bj-class")

    again = close(teacher, cast, "bj-class")

    assert again.status_code == 409
    assert [entry.move for entry in trail.of(cast.pair())] == ["tie", "close"]
    with pytest.raises(IllegalMove):
        services.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))


def test_both_wait_again_and_can_be_tied_anew(as_: SignedIn, cast: Cast) -> None:
    close(as_("teacher_bj"), cast, "bj-class")

    waiting = as_("xiaomai").get("/").text
    pair = services.tie(
        cast.class_twinning(),
        supported=cast.person("xiaomai"),
        supporting=cast.person("xiaolin"),
        by=cast.actor("teacher_ht"),
    )

    assert "你的伙伴还在路上" in waiting
    assert pair.state is PairState.ACTIVE
    assert "小林" in as_("xiaomai").get("/").text
