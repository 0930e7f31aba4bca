"""Deputies: an office is left to somebody until a day, and its holder keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.accounts import appointing, office_queries
from penpal.accounts.models import Role
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.errors import Invalid, NotPermitted
from tests.accounts.offices import actor_of, come_in, invited, moves, own
from tests.cast import Cast

TOMORROW = timedelta(days=1)


def test_a_deputy_holds_the_same_office_until_a_day(cast: Cast, settings: Settings) -> None:
    held, until = own(cast, "secretary_bj"), clock.today() + timedelta(days=30)

    deputy = appointing.hand_over(
        held,
        until=until,
        reason="去培训",
        to=cast.person("teacher_bj"),
        settings=settings,
        by=cast.actor("secretary_bj"),
    )

    assert (deputy.role, deputy.unit.code, deputy.until) == (
        Role.SCHOOL_SECRETARY,
        "bj-school",
        until,
    )
    assert cast.actor("teacher_bj").tops(Role.SCHOOL_SECRETARY)
    assert cast.actor("secretary_bj").tops(Role.SCHOOL_SECRETARY)
    assert [move for move, *_rest in moves(held)] == ["hand over office"]
    assert [move for move, *_rest in moves(deputy)] == ["give office"]


def test_a_deputy_gives_nothing_on_and_ends_with_the_office(cast: Cast, settings: Settings) -> None:
    held = own(cast, "secretary_bj")
    deputy = appointing.hand_over(
        held,
        until=clock.today(),
        reason="一天",
        to=cast.person("teacher_bj"),
        settings=settings,
        by=cast.actor("secretary_bj"),
    )
    with pytest.raises(NotPermitted):
        appointing.hand_over(
            deputy,
            until=clock.today(),
            reason="再转",
            name="别人",
            settings=settings,
            by=cast.actor("teacher_bj"),
        )
    with pytest.raises(NotPermitted):
        appointing.end(held, reason="夺权", by=cast.actor("teacher_bj"))

    appointing.end(held, reason="调走了", by=cast.actor("county_bj"))

    assert deputy.ended_at is not None
    assert not cast.actor("teacher_bj").tops(Role.SCHOOL_SECRETARY)


def test_whoever_comes_back_early_ends_their_deputy(cast: Cast, settings: Settings) -> None:
    deputy = appointing.hand_over(
        own(cast, "secretary_bj"),
        until=clock.today() + TOMORROW,
        reason="出差",
        name="代理",
        settings=settings,
        by=cast.actor("secretary_bj"),
    )

    appointing.end(deputy, reason="回来了", by=cast.actor("secretary_bj"))

    assert actor_of(deputy.person).grants == ()


def test_a_deputy_is_one_is_another_and_not_for_ever(cast: Cast, settings: Settings) -> None:
    held, secretary = own(cast, "secretary_bj"), cast.actor("secretary_bj")

    def hand_over(by: Actor = secretary, **more: object) -> None:
        given = {"until": clock.today(), "reason": "出差", "to": cast.person("teacher_bj")} | more
        appointing.hand_over(held, settings=settings, by=by, **given)  # type: ignore[arg-type]

    with pytest.raises(Invalid):
        hand_over(until=clock.today() + timedelta(days=400))
    with pytest.raises(Invalid):
        hand_over(until=clock.today() - TOMORROW)
    with pytest.raises(Invalid, match="有几处") as oneself:
        hand_over(to=cast.person("secretary_bj"))
    with pytest.raises(Invalid):
        hand_over(by=cast.actor("county_bj"), to=cast.person("county_bj"))
    with pytest.raises(Invalid):
        hand_over(to=cast.person("teacher_ht"))
    hand_over()
    with pytest.raises(Invalid, match="已经有人代理"):
        hand_over(to=None, name="又一位")

    assert "person" in oneself.value.fields
    assert len(office_queries.deputies_of([held.id])) == 1


@pytest.mark.parametrize("who", ["secretary_ht", "teacher_bj", "editor", "xiaohe"])
def test_an_outsider_hands_nothing_over(cast: Cast, settings: Settings, who: str) -> None:
    with pytest.raises(NotPermitted):
        appointing.hand_over(
            own(cast, "secretary_bj"),
            until=clock.today(),
            reason="不该",
            name="别人",
            settings=settings,
            by=cast.actor(who),
        )


def test_a_teacher_leaves_a_class_to_colleagues_alone(cast: Cast, settings: Settings) -> None:
    held, teacher = own(cast, "teacher_bj"), cast.actor("teacher_bj")
    with pytest.raises(Invalid):
        appointing.hand_over(
            held, until=clock.today(), reason="病了", name="外人", settings=settings, by=teacher
        )
    colleague = invited(cast, settings, "secretary_bj", Role.TEACHER, "bj-class-2").person
    come_in(colleague)

    appointing.hand_over(
        held, until=clock.today(), reason="病了", to=colleague, settings=settings, by=teacher
    )

    assert len(actor_of(colleague).grants) == 2
