"""The machine: a move works, refuses the outsider, refuses the wrong state, and stands on the trail."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.kernel import clock, machine, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.kernel.trail import TrailEntry
from penpal.letters.states import OPEN, SEND
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import CLOSE, CONFIRM, END, PairState, TwinningState
from tests.cast import Cast


def close(cast: Cast, who: str = "teacher_bj", reason: str = "转学") -> Pair:
    pair = cast.pair()
    with transaction():
        machine.fire(CLOSE, pair, by=cast.actor(who), reason=reason, closed_on=clock.today())
    return pair


def test_a_move_changes_the_state_and_what_changes_with_it(cast: Cast) -> None:
    pair = close(cast)

    assert pair.state is PairState.CLOSED
    assert pair.closed_on == clock.today()
    session().expire_all()
    assert cast.pair().state is PairState.CLOSED


def test_a_move_stands_on_the_trail_with_who_when_from_where_and_why(cast: Cast) -> None:
    before = clock.now()
    entry = trail.of(close(cast))[-1]

    assert (entry.move, entry.from_state, entry.to_state) == ("close", "active", "closed")
    assert (entry.actor_kind, entry.actor_id) == ("staff", cast.person("teacher_bj").id)
    assert entry.reason == "转学"
    assert before <= entry.at <= clock.now()


def test_a_move_from_another_state_is_refused(cast: Cast) -> None:
    close(cast)

    with pytest.raises(IllegalMove):
        close(cast)

    assert [entry.move for entry in trail.of(cast.pair())].count("close") == 1


@pytest.mark.parametrize("who", ["xiaohe", "xiaoyuan", "teacher_tj", "county_bj", "editor"])
def test_whom_the_rulebook_does_not_name_cannot_move_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        close(cast, who)

    assert cast.pair().state is PairState.ACTIVE


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_move_that_needs_a_reason_is_refused_without_one(cast: Cast, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        close(cast, reason=reason)

    assert "reason" in refused.value.fields
    assert cast.pair().state is PairState.ACTIVE


def test_a_move_of_another_table_is_a_mistake_of_ours(cast: Cast) -> None:
    with pytest.raises(LookupError, match="no move of Pair"), transaction():
        machine.fire(SEND, cast.pair(), by=cast.actor("xiaohe"))


def test_a_move_that_is_rolled_back_leaves_no_trace(cast: Cast) -> None:
    def work() -> None:
        with transaction():
            machine.fire(CLOSE, cast.pair(), by=cast.actor("teacher_bj"), reason="转学")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    assert cast.pair().state is PairState.ACTIVE
    assert "close" not in [entry.move for entry in trail.of(cast.pair())]


def test_of_several_who_move_it_at_once_exactly_one_succeeds(app: Flask, cast: Cast) -> None:
    together = threading.Barrier(4)
    outcomes: list[str] = []

    def fire(who: str) -> None:
        with app.app_context():
            by = cast.actor(who)
            session().rollback()
            together.wait(timeout=30)
            try:
                with transaction():
                    machine.fire(CLOSE, cast.pair(), by=by, reason="转学", closed_on=clock.today())
                outcomes.append("moved")
            except IllegalMove:
                outcomes.append("refused")

    threads = [
        threading.Thread(target=fire, args=(who,))
        for who in ("teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht")
    ]
    session().rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(outcomes) == ["moved", "refused", "refused", "refused"]
    assert [entry.move for entry in trail.of(cast.pair())].count("close") == 1


def test_a_state_that_moved_on_elsewhere_is_not_overwritten(cast: Cast) -> None:
    """The record in hand says active; the table has moved on."""
    pair = cast.pair()
    with transaction() as current:
        assert pair.state is PairState.ACTIVE
        current.execute(
            sa.update(Pair).values(state=PairState.CLOSED),
            execution_options={"synchronize_session": False},
        )

        with pytest.raises(IllegalMove):
            machine.fire(CLOSE, pair, by=cast.actor("teacher_bj"), reason="转学")


def test_many_are_moved_at_once_and_others_left_alone(cast: Cast) -> None:
    class_twinning = cast.class_twinning().id
    keys = list(session().scalars(sa.select(Twinning.id)))
    with transaction():
        assert machine.fire_many(END, Twinning, [class_twinning], by=SYSTEM, reason="一") == 1
        moved = machine.fire_many(END, Twinning, keys, by=SYSTEM, reason="学年结束")

    assert moved == len(keys) - 1
    session().expire_all()
    assert set(session().scalars(sa.select(Twinning.state))) == {TwinningState.ENDED}
    ended = session().scalars(
        sa.select(TrailEntry).where(TrailEntry.subject_kind == "twinning", TrailEntry.move == "end")
    )
    found = [(entry.subject_id, entry.from_state, entry.to_state, entry.reason) for entry in ended]
    assert sorted(found) == sorted(
        (key, "active", "ended", "一" if key == class_twinning else "学年结束") for key in keys
    )


def test_many_are_moved_by_the_system_alone(cast: Cast) -> None:
    for who in ("teacher_bj", "secretary_bj", "county_bj"):
        with pytest.raises(NotPermitted), transaction():
            machine.fire_many(CLOSE, Pair, [cast.pair().id], by=cast.actor(who), reason="转学")

    assert cast.pair().state is PairState.ACTIVE


def test_what_is_open_to_someone_are_the_buttons_of_their_page(cast: Cast) -> None:
    pair = cast.pair()

    assert machine.open_to(cast.actor("teacher_bj"), pair) == [CLOSE]
    assert machine.open_to(cast.actor("xiaohe"), pair) == []
    close(cast)
    assert machine.open_to(cast.actor("teacher_bj"), cast.pair()) == []


def test_every_move_leads_from_somewhere_to_another_state() -> None:
    for step in (SEND, OPEN, CLOSE, CONFIRM, END):
        assert step.sources
        assert step.target not in step.sources


def test_the_trail_keeps_the_order_of_what_happened(cast: Cast) -> None:
    twinned = cast.class_twinning()

    assert [(entry.move, entry.to_state) for entry in trail.of(twinned)] == [
        ("propose", "proposed"),
        ("confirm", "active"),
    ]


def test_the_trail_outlives_what_it_is_about(cast: Cast) -> None:
    assert TrailEntry.__table__.foreign_keys == set()
