"""Distances and sunsets, against figures worked out apart from the library."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from penpal.places import sky
from penpal.places.sky import Spot

BEIJING = Spot(39.9075, 116.3972)
HOTAN = Spot(37.1093, 79.9343)
URUMQI_CLOCK = Spot(37.1093, 79.9343, "Asia/Urumqi")
TROMSO = Spot(69.65, 18.96, "Europe/Oslo")


def test_the_road_between_the_two_is_as_long_from_either_end() -> None:
    assert sky.kilometres(BEIJING, HOTAN) == sky.kilometres(HOTAN, BEIJING)
    assert 3170 <= sky.kilometres(BEIJING, HOTAN) <= 3190


def test_a_place_is_no_way_from_itself() -> None:
    assert sky.kilometres(BEIJING, BEIJING) == 0


def test_a_degree_of_the_equator() -> None:
    assert sky.kilometres(Spot(0, 0), Spot(0, 1)) == 111


@pytest.mark.parametrize(
    ("spot", "day", "expected"),
    [
        (BEIJING, date(2026, 6, 21), (19, 46)),
        (BEIJING, date(2026, 12, 22), (16, 53)),
        (HOTAN, date(2026, 6, 21), (22, 3)),
        (HOTAN, date(2026, 12, 22), (19, 27)),
    ],
)
def test_sunset_is_within_two_minutes_of_the_almanac(
    spot: Spot, day: date, expected: tuple[int, int]
) -> None:
    sets = sky.sunset_at(spot, day)

    assert sets is not None
    almanac = sets.replace(hour=expected[0], minute=expected[1], second=0, microsecond=0)
    assert abs((sets - almanac).total_seconds()) <= 120


def test_the_clock_of_the_place_is_the_clock_of_the_answer() -> None:
    day = date(2026, 9, 1)
    in_beijing_time, in_urumqi_time = sky.sunset_at(HOTAN, day), sky.sunset_at(URUMQI_CLOCK, day)

    assert in_beijing_time is not None
    assert in_urumqi_time is not None
    assert abs((in_beijing_time - in_urumqi_time).total_seconds()) < 1
    assert in_beijing_time.hour - in_urumqi_time.hour == 2


def test_where_the_sun_does_not_set_there_is_no_sunset() -> None:
    assert sky.sunset_at(TROMSO, date(2026, 6, 21)) is None
    assert sky.sunrise_at(TROMSO, date(2026, 12, 21)) is None
    assert not sky.is_day(TROMSO, datetime(2026, 12, 21, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("hour_utc", "beijing", "hotan"),
    [(4, True, True), (11, False, True), (18, False, False), (23, True, False)],
)
def test_it_is_day_in_the_east_before_the_west(hour_utc: int, beijing: bool, hotan: bool) -> None:
    moment = datetime(2026, 9, 22, hour_utc, 30, tzinfo=UTC)

    assert sky.is_day(BEIJING, moment) is beijing
    assert sky.is_day(HOTAN, moment) is hotan
