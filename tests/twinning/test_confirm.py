"""Confirming a twinning: the other side agrees, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.accounts import appointing, office_queries
from penpal.accounts.models import Role
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM, Actor, Grant
from penpal.kernel.db import transaction
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.twinning import services
from penpal.twinning.models import Twinning
from penpal.twinning.states import ProposedFrom, TwinningState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.twinning import units


@pytest.fixture
def proposed(cast: Cast) -> Twinning:
    """A twinning of classes that the Beijing school proposed."""
    units.class_("ht-new", "ht-school")
    return units.propose("ht-new", "bj-class-2", by=cast.actor("secretary_bj"))


def test_the_other_sides_secretary_confirms(cast: Cast, proposed: Twinning) -> None:
    services.confirm(proposed, by=cast.actor("secretary_ht"))

    assert proposed.state is TwinningState.ACTIVE
    last = trail.of(proposed)[-1]
    assert (last.move, last.actor_id) == ("confirm", cast.person("secretary_ht").id)
    assert (last.from_state, last.to_state) == ("proposed", "active")


def test_whoever_proposed_does_not_confirm(cast: Cast, proposed: Twinning) -> None:
    with pytest.raises(NotPermitted):
        services.confirm(proposed, by=cast.actor("secretary_bj"))

    assert proposed.state is TwinningState.PROPOSED


def colleague(role: Role, code: str, person_id: int = 90_000) -> Actor:
    """A second holder of an office: somebody else on the same side."""
    unit = units.unit(code)
    return Actor(kind="staff", person_id=person_id, grants=(Grant(role.value, unit.id, unit.path),))


def test_it_is_kept_which_side_proposed(cast: Cast, proposed: Twinning) -> None:
    assert proposed.proposed_from is ProposedFrom.SUPPORTING
    assert cast.class_twinning().proposed_from is ProposedFrom.ABOVE


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.SCHOOL_SECRETARY, "bj-school"),
        (Role.COUNTY_SECRETARY, "bj-county"),
        (Role.PROVINCE_SECRETARY, "beijing"),
    ],
)
def test_a_colleague_of_the_proposing_side_does_not_confirm(
    proposed: Twinning, role: Role, code: str
) -> None:
    with pytest.raises(NotPermitted):
        services.confirm(proposed, by=colleague(role, code))

    assert proposed.state is TwinningState.PROPOSED


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.SCHOOL_SECRETARY, "ht-school"),
        (Role.COUNTY_SECRETARY, "hetian-shi"),
        (Role.CENTRE_SECRETARY, "centre"),
    ],
)
def test_the_other_side_and_whoever_leads_both_confirm(
    proposed: Twinning, role: Role, code: str
) -> None:
    services.confirm(proposed, by=colleague(role, code))

    assert proposed.state is TwinningState.ACTIVE


def test_what_was_proposed_from_above_waits_for_either_side(cast: Cast) -> None:
    units.class_("ht-new", "ht-school")
    appointing.grant(cast.person("editor"), Role.CENTRE_SECRETARY, cast.unit("centre"), by=SYSTEM)
    proposed = units.propose("ht-new", "bj-class-2", by=cast.actor("editor"))

    services.confirm(proposed, by=cast.actor("secretary_bj"))

    assert proposed.proposed_from is ProposedFrom.ABOVE
    assert proposed.state is TwinningState.ACTIVE


@pytest.fixture
def unclear(cast: Cast, proposed: Twinning) -> Twinning:
    """A proposal from before sides were kept: of somebody who holds no office over either end."""
    with transaction():
        proposed.proposed_from = ProposedFrom.ABOVE
        proposed.proposed_by_id = cast.person("editor").id
    return proposed


@pytest.mark.parametrize("who", ["secretary_bj", "secretary_ht", "county_bj"])
def test_what_nobody_knows_the_side_of_is_confirmed_by_neither_side(
    as_: SignedIn, cast: Cast, unclear: Twinning, who: str
) -> None:
    with pytest.raises(NotPermitted):
        services.confirm(unclear, by=cast.actor(who))

    page = as_(who).get(f"/twinnings/{unclear.id}").text
    assert "看不出是哪一边提出的" in page
    assert "结束这个结对" in page
    assert "确认结对" not in page
    assert "确认结对" not in as_(who).get("/twinnings").text


def test_whoever_leads_both_sides_confirms_it_unless_they_proposed_it(
    cast: Cast, unclear: Twinning
) -> None:
    proposer = colleague(Role.CENTRE_SECRETARY, "centre", cast.person("editor").id)
    with pytest.raises(NotPermitted):
        services.confirm(unclear, by=proposer)

    services.confirm(unclear, by=colleague(Role.CENTRE_SECRETARY, "centre"))

    assert unclear.state is TwinningState.ACTIVE
    assert trail.of(unclear)[-1].actor_id == 90_000


def test_an_office_that_ended_since_still_tells_the_side(cast: Cast, proposed: Twinning) -> None:
    with transaction():
        proposed.proposed_from = ProposedFrom.ABOVE
        held = office_queries.of_person(cast.person("secretary_bj").id)[0]
        appointing.end(held, reason="调走了", by=SYSTEM)
        promoted = appointing.grant(
            cast.person("secretary_bj"), Role.CENTRE_SECRETARY, cast.unit("centre"), by=SYSTEM
        )
        promoted.since = clock.today() + timedelta(days=1)

    with pytest.raises(NotPermitted):
        services.confirm(proposed, by=colleague(Role.SCHOOL_SECRETARY, "bj-school"))
    services.confirm(proposed, by=cast.actor("secretary_ht"))

    assert proposed.state is TwinningState.ACTIVE


def test_an_office_that_ended_long_before_makes_nobody_lead_both_sides(
    cast: Cast, proposed: Twinning
) -> None:
    """Who once led the other side has proposed from their own, and does not confirm it alone."""
    with transaction():
        proposed.proposed_from = ProposedFrom.ABOVE
        long_ago = clock.today() - timedelta(days=900)
        former = appointing.grant(
            cast.person("secretary_bj"), Role.SCHOOL_SECRETARY, cast.unit("ht-school"), by=SYSTEM
        )
        former.since, former.until = long_ago, long_ago + timedelta(days=500)

    with pytest.raises(NotPermitted):
        services.confirm(proposed, by=cast.actor("secretary_bj"))
    services.confirm(proposed, by=cast.actor("secretary_ht"))

    assert proposed.state is TwinningState.ACTIVE


@pytest.mark.parametrize("who", ["teacher_ht", "secretary_tj", "editor", "xiaomai"])
def test_an_outsider_confirms_nothing(cast: Cast, proposed: Twinning, who: str) -> None:
    with pytest.raises(NotPermitted):
        services.confirm(proposed, by=cast.actor(who))

    assert proposed.state is TwinningState.PROPOSED


def test_what_is_confirmed_is_not_confirmed_again(cast: Cast, proposed: Twinning) -> None:
    services.confirm(proposed, by=cast.actor("secretary_ht"))

    with pytest.raises(IllegalMove):
        services.confirm(proposed, by=cast.actor("secretary_ht"))

    assert [entry.move for entry in trail.of(proposed)] == ["propose", "confirm"]


def test_what_ended_is_not_confirmed(cast: Cast, proposed: Twinning) -> None:
    services.end(proposed, reason="换了班级", by=cast.actor("secretary_ht"))

    with pytest.raises(IllegalMove):
        services.confirm(proposed, by=cast.actor("secretary_ht"))
