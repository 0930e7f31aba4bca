"""Rounds: a school year with its due dates, and what schools counted for it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from penpal.kernel.db import session, transaction
from penpal.programmes import queries, services
from penpal.programmes.models import Programme, ProgrammeKey, Round, StepKey, UnitCount
from tests.cast import Cast


@pytest.fixture
def pen_pals(cast: Cast) -> Programme:
    return queries.programme(ProgrammeKey.PEN_PALS)


def test_a_round_opens_with_the_dates_of_the_notice(pen_pals: Programme) -> None:
    opened = services.open_round(pen_pals, 2027)

    assert [(step.key, step.due) for step in opened.steps] == [
        (StepKey.COUNT, date(2027, 7, 20)),
        (StepKey.TWIN, date(2027, 7, 31)),
        (StepKey.CONFIRM, date(2027, 8, 31)),
        (StepKey.PAIR, date(2027, 9, 15)),
    ]
    assert (opened.begins, opened.ends) == (date(2027, 7, 1), date(2028, 6, 30))


def test_the_latest_round_is_the_current_one(pen_pals: Programme) -> None:
    later = services.open_round(pen_pals, 2028)
    services.open_round(pen_pals, 2027)

    assert queries.current_round(pen_pals) is later


def test_a_programme_may_have_no_round_yet(cast: Cast) -> None:
    assert queries.current_round(queries.programme(ProgrammeKey.CAMPUS)) is None


def test_a_school_year_opens_once(pen_pals: Programme) -> None:
    with pytest.raises(IntegrityError):
        services.open_round(pen_pals, 2026)


def test_a_round_ends_after_it_begins(pen_pals: Programme) -> None:
    with pytest.raises(IntegrityError), transaction() as current:
        current.add(
            Round(
                programme_id=pen_pals.id,
                school_year=2030,
                begins=date(2030, 7, 1),
                ends=date(2030, 7, 1),
            )
        )


def test_the_last_count_of_a_round_stands(pen_pals: Programme, cast: Cast) -> None:
    now, school = queries.current_round(pen_pals), cast.unit("ht-school")
    assert now is not None

    services.report_count(now, school, classes=13, students=500)

    count = queries.counted(now, school)
    assert count is not None
    assert (count.classes, count.students) == (13, 500)
    assert session().query(UnitCount).filter_by(unit_id=school.id).count() == 1


def test_each_round_counts_anew(pen_pals: Programme, cast: Cast) -> None:
    later = services.open_round(pen_pals, 2027)

    assert queries.counted(later, cast.unit("ht-school")) is None


@pytest.mark.parametrize("counts", [{"classes": -1, "students": 5}, {"classes": 1, "students": -5}])
def test_nobody_counts_less_than_nothing(
    pen_pals: Programme, cast: Cast, counts: dict[str, int]
) -> None:
    now = queries.current_round(pen_pals)
    assert now is not None

    with pytest.raises(IntegrityError):
        services.report_count(now, cast.unit("ht-school"), **counts)
