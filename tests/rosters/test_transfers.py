"""A student goes to another school by a code, and schools learn nothing else of each other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.accounts.models import Enrolment, Person
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.kernel.trail import TrailEntry
from penpal.places.models import Unit
from penpal.rosters import (
    services,
    transfers,
)
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import sheet_of


@pytest.fixture
def moving(cast: Cast) -> tuple[Unit, Unit, str]:
    """The school that 小禾 leaves, the one she goes to, and her number."""
    person = cast.person("xiaohe")
    number = next(row.student_number for row in person.enrolments if row.until is None)
    return cast.unit("bj-school"), cast.unit("tj-school"), number


def running(person: Person) -> list[tuple[int, str]]:
    rows = session().scalars(
        sa.select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.until.is_(None))
    )
    return [(row.school_id, row.student_number) for row in rows]


def test_a_student_goes_to_another_school_with_account_and_letters(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str]
) -> None:
    old, new, number = moving
    person, pair = cast.person("xiaohe"), cast.pair()
    count = session().scalar(sa.select(sa.func.count(Person.id)))
    given = transfers.give_out(old, number=number, settings=settings, by=cast.actor("secretary_bj"))
    code = transfers.code_of(given, settings=settings)
    assert running(person) == [(old.id, number)]

    came = transfers.take_in(
        new,
        code=code.lower(),
        class_id=cast.unit("tj-class").id,
        number="T-01",
        settings=settings,
        by=cast.actor("secretary_tj"),
    )

    assert came.id == person.id
    assert running(person) == [(new.id, "T-01")]
    assert session().scalar(sa.select(sa.func.count(Person.id))) == count
    assert session().get_one(Pair, pair.id).state is PairState.CLOSED
    moves = session().scalars(
        sa.select(TrailEntry.move).where(
            TrailEntry.subject_kind == "person", TrailEntry.subject_id == person.id
        )
    )
    assert {"gave out transfer code", "moved school"} <= set(moves)
    with pytest.raises(Invalid) as again:
        transfers.take_in(
            new,
            code=code,
            class_id=cast.unit("tj-class").id,
            number="T-02",
            settings=settings,
            by=cast.actor("secretary_tj"),
        )
    assert "code" in again.value.fields


def test_a_code_is_given_once_and_can_be_taken_back(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, number = moving
    by = cast.actor("secretary_bj")
    first = transfers.give_out(old, number=number, settings=settings, by=by)
    again = transfers.give_out(old, number=number, settings=settings, by=by)
    code = transfers.code_of(first, settings=settings)
    assert first.id == again.id

    transfers.take_back(first, by=by)

    arrive = {
        "class_id": cast.unit("tj-class").id,
        "number": "T-01",
        "settings": settings,
        "by": cast.actor("secretary_tj"),
    }
    with pytest.raises(Invalid):
        transfers.take_in(new, code=code, **arrive)
    late = transfers.give_out(old, number=number, settings=settings, by=by)
    code = transfers.code_of(late, settings=settings)
    much_later = clock.now() + transfers.GOOD_FOR * 1.01
    monkeypatch.setattr(clock, "now", lambda: much_later)
    with pytest.raises(Invalid):
        transfers.take_in(new, code=code, **arrive)


def test_only_secretaries_of_the_two_schools_move_a_student(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str]
) -> None:
    old, new, number = moving
    given = transfers.give_out(old, number=number, settings=settings, by=cast.actor("secretary_bj"))
    code = transfers.code_of(given, settings=settings)
    class_id = cast.unit("tj-class").id

    for who in ("teacher_bj", "secretary_ht", "county_bj", "xiaohe"):
        by = cast.actor(who)
        with pytest.raises(NotPermitted):
            transfers.give_out(old, number=number, settings=settings, by=by)
        with pytest.raises(NotPermitted):
            transfers.take_in(
                new, code=code, class_id=class_id, number="1", settings=settings, by=by
            )
        with pytest.raises(NotPermitted):
            transfers.take_back(given, by=by)
    assert running(cast.person("xiaohe")) == [(old.id, number)]


def test_what_stands_against_a_move_is_said_beside_its_field(
    cast: Cast, settings: Settings, moving: tuple[Unit, Unit, str]
) -> None:
    old, new, number = moving
    given = transfers.give_out(old, number=number, settings=settings, by=cast.actor("secretary_bj"))
    code = transfers.code_of(given, settings=settings)
    taken = next(
        row.student_number for row in cast.person("xiaoyuan").enrolments if row.until is None
    )

    with pytest.raises(Invalid) as wrong:
        transfers.take_in(
            new,
            code="2222 2222",
            class_id=cast.unit("bj-class").id,
            number=taken,
            settings=settings,
            by=cast.actor("secretary_tj"),
        )
    with pytest.raises(Invalid) as own:
        transfers.take_in(
            old,
            code=code,
            class_id=cast.unit("bj-class").id,
            number="<b>",
            settings=settings,
            by=cast.actor("secretary_bj"),
        )
    with pytest.raises(Invalid) as unknown:
        transfers.give_out(old, number="nobody", settings=settings, by=cast.actor("secretary_bj"))

    assert set(wrong.value.fields) == {"code", "class_id", "number"}
    assert set(own.value.fields) == {"code", "number"}
    assert set(unknown.value.fields) == {"number"}


def test_a_dry_run_says_nothing_about_who_is_at_another_school(
    app: Flask, schools: Schools
) -> None:
    """Birth months are kept for consent alone; two schools never compare children."""
    row = ["初二(1)班", "0101", "小禾", "2012-05", ""]
    neighbour = session().get_one(Unit, schools.neighbour_id)
    before = services.check(neighbour, sheet_of(row), by=schools.outsider)
    services.apply(schools.school, sheet_of(row), by=schools.secretary)

    after = services.check(neighbour, sheet_of(row), by=schools.outsider)

    assert after == before
