"""Two who change the same child or class at once: the second judges what the first has left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from penpal.accounts.models import Enrolment, Person
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound
from penpal.rosters import classes, leaving, pupils, transfers
from penpal.rosters.models import Leaving, Transfer
from penpal.twinning import services as twinning
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState
from tests.cast import Cast

Act = Callable[[Cast], object]


def leave(cast: Cast) -> None:
    student = cast.person("xiaolin")
    leaving.leave(student, why=Leaving.LEFT, day=clock.today(), by=cast.actor("secretary_bj"))


def move(cast: Cast) -> None:
    student, there = cast.person("xiaolin"), cast.unit("bj-class-2")
    pupils.move(student, there.id, day=clock.today(), by=cast.actor("secretary_bj"))


def tie(cast: Cast) -> None:
    both = cast.person("xiaoduo"), cast.person("xiaolin")
    by = cast.actor("secretary_bj")
    twinning.tie(cast.class_twinning(), supported=both[0], supporting=both[1], by=by)


def take_in(cast: Cast) -> None:
    settings, by = current_app.extensions["penpal.settings"], cast.actor("secretary_ht")
    given = session().scalars(sa.select(Transfer)).one()
    transfers.take_in(
        cast.unit("ht-school"),
        code=transfers.code_of(given, settings=settings),
        class_id=cast.unit("ht-class").id,
        number="T-1",
        settings=settings,
        by=by,
    )


def close(cast: Cast) -> None:
    classes.close(cast.unit("bj-class-2"), by=cast.actor("secretary_bj"))


def enrol(cast: Cast) -> None:
    class_ = cast.unit("bj-class-2")
    row = pupils.typed(class_, name="小新", number="N-77", birth="")
    pupils.enrol(class_, row, by=cast.actor("secretary_bj"))


def until_it_waits() -> None:
    """On SQLite whoever writes second waits at the door and has nothing old in hand."""
    if db.engine.dialect.name == "sqlite":
        return
    for _attempt in range(500):
        if session().scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            return
        time.sleep(0.01)


def one_then_the_other(app: Flask, cast: Cast, first: Act, second: Act) -> list[Exception]:
    """The second begins while the first is under way, and ends after it. Returns what refused it."""
    refused: list[Exception] = []

    def run_second() -> None:
        with app.app_context():
            try:
                second(cast)
            except (IllegalMove, Invalid, NotFound) as problem:
                refused.append(problem)

    thread = threading.Thread(target=run_second)
    with transaction():
        first(cast)
        thread.start()
        until_it_waits()
    thread.join(timeout=60)
    assert not thread.is_alive()
    session().rollback()
    return refused


def running_places(cast: Cast) -> int:
    where = Enrolment.person_id == cast.person("xiaolin").id, Enrolment.until.is_(None)
    return session().scalar(sa.select(sa.func.count(Enrolment.id)).where(*where)) or 0


def running_pairs(cast: Cast) -> int:
    where = Pair.supporting_student_id == cast.person("xiaolin").id, Pair.state == PairState.ACTIVE
    return session().scalar(sa.select(sa.func.count(Pair.id)).where(*where)) or 0


def test_whoever_has_left_meanwhile_is_not_moved(app: Flask, cast: Cast) -> None:
    refused = one_then_the_other(app, cast, leave, move)

    assert len(refused) == 1
    assert running_places(cast) == 0


def test_who_is_said_to_have_left_has_no_place_any_more(app: Flask, cast: Cast) -> None:
    refused = one_then_the_other(app, cast, move, leave)

    assert running_places(cast) == len(refused)


@pytest.mark.parametrize(("first", "second", "refusals"), [(leave, tie, 1), (tie, leave, 0)])
def test_nobody_who_has_left_has_a_partner(
    app: Flask, cast: Cast, first: Act, second: Act, refusals: int
) -> None:
    refused = one_then_the_other(app, cast, first, second)

    assert len(refused) == refusals
    assert (running_places(cast), running_pairs(cast)) == (0, 0)


def test_nobody_is_tied_in_a_school_that_they_are_leaving_for_another(
    app: Flask, cast: Cast, settings: Settings
) -> None:
    school, by = cast.unit("bj-school"), cast.actor("secretary_bj")
    number = f"2025{cast.person('xiaolin').id:04}"
    transfers.give_out(school, number=number, settings=settings, by=by)

    refused = one_then_the_other(app, cast, take_in, tie)

    assert len(refused) == 1
    assert (running_places(cast), running_pairs(cast)) == (1, 0)


def test_a_class_that_is_closed_meanwhile_takes_nobody(app: Flask, cast: Cast) -> None:
    leaving.leave(
        cast.person("xiaoqiu"),
        why=Leaving.LEFT,
        day=clock.today(),
        by=cast.actor("secretary_bj"),
    )

    refused = one_then_the_other(app, cast, close, enrol)

    assert [str(problem) for problem in refused] == ["这个班已经关了。"]
    assert session().scalar(sa.select(Person.id).where(Person.name == "小新")) is None
