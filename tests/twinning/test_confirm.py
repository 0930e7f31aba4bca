"""Confirming a twinning: the other side agrees, once."""

from __future__ import annotations

import pytest

from penpal.accounts.models import Role
from penpal.kernel import trail
from penpal.kernel.access import Actor, Grant
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.twinning import services
from penpal.twinning.models import Twinning
from penpal.twinning.states import ProposedFrom, TwinningState
from tests.cast import Cast
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
    above = colleague(Role.CENTRE_SECRETARY, "centre", cast.person("editor").id)
    proposed = units.propose("ht-new", "bj-class-2", by=above)

    services.confirm(proposed, by=cast.actor("secretary_bj"))

    assert proposed.proposed_from is ProposedFrom.ABOVE
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
