"""Offices: each level gives the one below, from a day until another, and takes it back with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.accounts import appointing, office_queries
from penpal.accounts.models import Role, RoleGrant
from penpal.accounts.offices import APPOINTED_BY, APPOINTS
from penpal.config import Settings
from penpal.kernel import access, clock
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from tests.accounts.offices import actor_of, invited, moves, own
from tests.cast import Cast

TOMORROW = timedelta(days=1)


def test_every_office_but_those_given_by_command_is_given_from_above() -> None:
    assert {role for role in Role if not APPOINTED_BY[role]} == {
        Role.CENTRE_SECRETARY,
        Role.EDITOR,
        Role.OPERATOR,
    }
    assert all(role not in given for role, given in APPOINTS.items())


@pytest.mark.parametrize(
    ("who", "role", "code"),
    [
        ("secretary_bj", Role.TEACHER, "bj-class-2"),
        ("county_bj", Role.SCHOOL_SECRETARY, "bj-school"),
        ("system", Role.CENTRE_SECRETARY, "centre"),
        ("system", Role.COUNTY_SECRETARY, "hetian-shi"),
    ],
)
def test_the_level_above_invites_and_the_trail_knows(
    cast: Cast, settings: Settings, who: str, role: Role, code: str
) -> None:
    until = clock.today() + timedelta(days=90)

    held = invited(cast, settings, who, role, code, until=until)

    assert (held.role, held.unit.code, held.since, held.until) == (role, code, clock.today(), until)
    assert actor_of(held.person).grants[0].role == role
    giver = None if who == "system" else cast.person(who).id
    assert held.granted_by_id == giver
    assert moves(held) == [("give office", giver, "")]


@pytest.mark.parametrize(
    ("who", "role", "code"),
    [
        ("secretary_bj", Role.TEACHER, "ht-class"),
        ("secretary_bj", Role.SCHOOL_SECRETARY, "bj-school"),
        ("secretary_bj", Role.COUNTY_SECRETARY, "bj-county"),
        ("county_bj", Role.TEACHER, "bj-class"),
        ("county_bj", Role.SCHOOL_SECRETARY, "ht-school"),
        ("county_bj", Role.COUNTY_SECRETARY, "bj-county"),
        ("teacher_bj", Role.TEACHER, "bj-class-2"),
        ("editor", Role.EDITOR, "centre"),
        ("xiaohe", Role.TEACHER, "bj-class"),
    ],
)
def test_nobody_gives_what_is_not_theirs_to_give(
    cast: Cast, settings: Settings, who: str, role: Role, code: str
) -> None:
    before = session().query(RoleGrant).count()

    with pytest.raises(NotPermitted):
        invited(cast, settings, who, role, code)

    assert session().query(RoleGrant).count() == before


def test_nobody_gives_an_office_to_themselves(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        appointing.grant(
            cast.person("secretary_bj"),
            Role.TEACHER,
            cast.unit("bj-class"),
            by=cast.actor("secretary_bj"),
        )


def test_an_office_is_held_where_it_belongs(cast: Cast, settings: Settings) -> None:
    with pytest.raises(Invalid) as refused:
        invited(cast, settings, "system", Role.TEACHER, "bj-school")

    assert "unit" in refused.value.fields


def test_a_name_is_needed_and_an_end_lies_ahead(cast: Cast, settings: Settings) -> None:
    with pytest.raises(Invalid) as nameless:
        appointing.invite("  ", Role.TEACHER, cast.unit("bj-class"), settings=settings, by=SYSTEM)
    with pytest.raises(Invalid) as past:
        invited(
            cast,
            settings,
            "secretary_bj",
            Role.TEACHER,
            "bj-class",
            until=clock.today() - TOMORROW,
        )

    assert "name" in nameless.value.fields
    assert "until" in past.value.fields


def test_a_colleague_gets_a_second_office_and_holds_both(cast: Cast) -> None:
    teacher = cast.person("teacher_bj")

    appointing.grant(teacher, Role.TEACHER, cast.unit("bj-class-2"), by=cast.actor("secretary_bj"))

    assert len(actor_of(teacher).grants) == 2
    with pytest.raises(Invalid, match="已经担任"):
        appointing.grant(
            teacher, Role.TEACHER, cast.unit("bj-class-2"), by=cast.actor("secretary_bj")
        )


@pytest.mark.parametrize("who", ["teacher_ht", "xiaohe"])
def test_a_stranger_to_the_school_and_a_child_get_no_office(cast: Cast, who: str) -> None:
    with pytest.raises(Invalid):
        appointing.grant(
            cast.person(who), Role.TEACHER, cast.unit("bj-class-2"), by=cast.actor("secretary_bj")
        )


def test_whoever_could_still_come_in_with_a_slip_of_others_gets_nothing_higher(
    cast: Cast, settings: Settings
) -> None:
    teacher = invited(cast, settings, "secretary_bj", Role.TEACHER, "bj-class-2").person

    with pytest.raises(Invalid) as refused:
        appointing.grant(
            teacher, Role.SCHOOL_SECRETARY, cast.unit("bj-school"), by=cast.actor("county_bj")
        )

    assert "还没有用激活卡" in str(refused.value.fields["person"])


def test_an_office_that_ends_acts_no_more_at_once(cast: Cast, settings: Settings) -> None:
    held = invited(cast, settings, "secretary_bj", Role.TEACHER, "bj-class")

    appointing.end(held, reason="调走了", by=cast.actor("secretary_bj"))

    assert actor_of(held.person).grants == ()
    assert held.ended_by_id == cast.person("secretary_bj").id
    assert (held.end_reason, held.ended_at is not None) == ("调走了", True)
    assert moves(held)[-1] == ("end office", cast.person("secretary_bj").id, "调走了")


@pytest.mark.parametrize("who", ["secretary_ht", "county_bj", "teacher_ht", "editor", "xiaohe"])
def test_an_outsider_ends_nothing(cast: Cast, who: str) -> None:
    held = own(cast, "teacher_bj")

    with pytest.raises(NotPermitted):
        appointing.end(held, reason="不该", by=cast.actor(who))

    assert held.ended_at is None


def test_what_ended_does_not_end_again_and_a_reason_is_needed(cast: Cast) -> None:
    held = own(cast, "teacher_bj")
    secretary = cast.actor("secretary_bj")
    with pytest.raises(Invalid) as silent:
        appointing.end(held, reason=" ", by=secretary)
    appointing.end(held, reason="调走了", by=secretary)

    with pytest.raises(IllegalMove):
        appointing.end(held, reason="再来一次", by=secretary)

    assert "reason" in silent.value.fields
    assert [move for move, *_rest in moves(held)].count("end office") == 1


def test_ones_own_last_office_ends_only_when_one_is_sure(cast: Cast) -> None:
    held, secretary = own(cast, "secretary_bj"), cast.actor("secretary_bj")
    with pytest.raises(appointing.LastOffice):
        appointing.end(held, reason="退休", by=secretary)
    assert held.ended_at is None

    appointing.end(held, reason="退休", sure=True, by=secretary)

    assert cast.actor("secretary_bj").grants == ()


def test_an_office_is_given_again_after_it_ended(cast: Cast) -> None:
    teacher, secretary = cast.person("teacher_bj"), cast.actor("secretary_bj")
    appointing.grant(teacher, Role.TEACHER, cast.unit("bj-class-2"), by=secretary)
    appointing.end(office_queries.of_person(teacher.id)[0], reason="换班", by=secretary)

    appointing.grant(teacher, Role.TEACHER, cast.unit("bj-class"), by=secretary)

    assert len(cast.actor("teacher_bj").grants) == 2


def test_offices_below_are_seen_and_no_others(cast: Cast) -> None:
    def seen(who: str) -> set[str]:
        found = session().scalars(access.visible(RoleGrant, cast.actor(who)))
        return {held.person.login_name for held in found}

    assert seen("secretary_bj") == {"secretary_bj", "teacher_bj"}
    assert seen("county_bj") == {"county_bj", "secretary_bj", "teacher_bj"}
    assert seen("teacher_bj") == {"teacher_bj"}
    assert seen("editor") == {"editor"}
    with pytest.raises(NotFound):
        access.load(RoleGrant, cast.actor("secretary_bj"), own(cast, "teacher_ht").id)
