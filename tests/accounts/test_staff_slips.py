"""Slips of staff: who sees and makes them, and what a new one makes worthless."""

from __future__ import annotations

import pytest

from penpal.accounts import appointing, office_queries, services
from penpal.accounts.models import Activation, Role
from penpal.config import Settings
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted
from tests.accounts.offices import come_in, invited, moves, own
from tests.cast import Cast


def test_a_new_slip_makes_the_old_one_and_the_password_worthless(
    cast: Cast, settings: Settings
) -> None:
    held = invited(cast, settings, "secretary_bj", Role.TEACHER, "bj-class-2")
    secretary = cast.actor("secretary_bj")
    first = appointing.slip(held, settings=settings, by=secretary)
    assert first is not None
    come_in(held.person)

    appointing.renew_slip(held, settings=settings, by=secretary)

    second = appointing.slip(held, settings=settings, by=secretary)
    assert second is not None
    assert second.code != first.code
    with pytest.raises(Invalid):
        services.activate(
            code=first.code,
            display_name="别人",
            password="four slow rivers",
            shared_device=False,
            settings=settings,
        )
    assert held.person.password_hash is None
    assert moves(held)[-1][0] == "reset password"


@pytest.mark.parametrize("who", ["secretary_ht", "county_bj", "teacher_bj", "teacher_ht"])
def test_an_outsider_sees_no_slip_and_makes_none(cast: Cast, settings: Settings, who: str) -> None:
    held = invited(cast, settings, "secretary_bj", Role.TEACHER, "bj-class-2")
    before = session().query(Activation).count()

    with pytest.raises(NotPermitted):
        appointing.slip(held, settings=settings, by=cast.actor(who))
    with pytest.raises(NotPermitted):
        appointing.renew_slip(held, settings=settings, by=cast.actor(who))

    assert session().query(Activation).count() == before


def test_nobody_renews_the_slip_of_someone_with_an_office_beyond_theirs(
    cast: Cast, settings: Settings
) -> None:
    teacher = cast.person("teacher_bj")
    appointing.grant(
        teacher, Role.SCHOOL_SECRETARY, cast.unit("bj-school"), by=cast.actor("county_bj")
    )

    with pytest.raises(NotPermitted):
        appointing.renew_slip(
            office_queries.of_person(teacher.id)[0],
            settings=settings,
            by=cast.actor("secretary_bj"),
        )


def test_a_slip_is_for_whoever_has_not_come_in(cast: Cast, settings: Settings) -> None:
    held = own(cast, "teacher_bj")

    assert appointing.slip(held, settings=settings, by=cast.actor("secretary_bj")) is None
