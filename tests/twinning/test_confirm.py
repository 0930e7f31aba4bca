"""Confirming a twinning: the other side agrees, once."""

from __future__ import annotations

import pytest

from penpal.kernel import trail
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.twinning import services
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState
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
