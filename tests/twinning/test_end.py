"""Ending a twinning: from below upwards, with a reason, and free for the next one."""

from __future__ import annotations

import pytest

from penpal.kernel import trail
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.twinning import services
from penpal.twinning.models import Pair
from penpal.twinning.states import TwinningState
from tests.cast import Cast
from tests.twinning import units


def close_the_pair(cast: Cast) -> None:
    services.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))


def test_a_secretary_ends_a_twinning_with_a_reason(cast: Cast) -> None:
    close_the_pair(cast)
    twinning = cast.class_twinning()

    services.end(twinning, reason="班级合并", by=cast.actor("secretary_ht"))

    assert twinning.state is TwinningState.ENDED
    last = trail.of(twinning)[-1]
    assert (last.move, last.reason) == ("end", "班级合并")


def test_nothing_ends_above_what_still_runs(cast: Cast) -> None:
    of_schools = cast.class_twinning().parent
    assert of_schools is not None

    with pytest.raises(Invalid, match="下面还有结对没有结束"):
        services.end(of_schools, reason="学校撤并", by=cast.actor("county_bj"))

    assert of_schools.state is TwinningState.ACTIVE


def test_nothing_ends_over_the_heads_of_a_running_pair(cast: Cast) -> None:
    twinning = cast.class_twinning()

    with pytest.raises(Invalid, match="下面还有结对没有结束"):
        services.end(twinning, reason="班级合并", by=cast.actor("secretary_bj"))

    assert twinning.state is TwinningState.ACTIVE


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_end_needs_a_reason(cast: Cast, reason: str) -> None:
    close_the_pair(cast)

    with pytest.raises(Invalid):
        services.end(cast.class_twinning(), reason=reason, by=cast.actor("secretary_bj"))

    assert cast.class_twinning().state is TwinningState.ACTIVE


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_tj", "editor", "xiaohe"])
def test_an_outsider_ends_nothing(cast: Cast, who: str) -> None:
    close_the_pair(cast)

    with pytest.raises(NotPermitted):
        services.end(cast.class_twinning(), reason="不想要了", by=cast.actor(who))


def test_what_ended_does_not_end_again(cast: Cast) -> None:
    close_the_pair(cast)
    twinning = cast.class_twinning()
    services.end(twinning, reason="班级合并", by=cast.actor("secretary_ht"))

    with pytest.raises(IllegalMove):
        services.end(twinning, reason="班级合并", by=cast.actor("secretary_ht"))


def test_both_ends_are_free_again_and_the_old_pair_stays(cast: Cast) -> None:
    close_the_pair(cast)
    pair_id = cast.pair().id
    services.end(cast.class_twinning(), reason="班级合并", by=cast.actor("secretary_ht"))

    again = units.tie("ht-class", "bj-class-2")

    assert again.state is TwinningState.ACTIVE
    assert cast.pair().id == pair_id
    assert isinstance(cast.pair(), Pair)
