"""Time to rest: quiet hours on the school's clock, and when two schools let their children chat."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penpal.kernel.db import session, transaction
from penpal.places import hours, rest
from penpal.places.hours import Plan
from penpal.places.hours_models import SchoolHours
from penpal.places.rest import Day, Opening, Rest, Why
from tests.cast import Cast

BEIJING = ZoneInfo("Asia/Shanghai")
URUMQI = ZoneInfo("Asia/Urumqi")
NIGHT = Rest(quiet_from=22 * 60, quiet_until=6 * 60 + 30)
ALL_DAY = tuple((kind, 0, 24 * 60) for kind in Day)
LUNCH = (Day.SCHOOL, 12 * 60, 13 * 60)
# 2026-11-23 is a Monday.


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = BEIJING) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


moments = st.integers(0, 365 * 24 * 60).map(
    lambda passed: datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=passed)
)
days = st.dates(date(2026, 8, 1), date(2027, 9, 1))
periods = st.lists(
    st.tuples(days, st.integers(0, 120)).map(lambda two: (two[0], two[0] + timedelta(two[1]))),
    max_size=2,
).map(tuple)
minutes = st.integers(0, 24 * 60 - 1)
spans = st.tuples(st.sampled_from(list(Day)), minutes, st.integers(1, 24 * 60)).filter(
    lambda span: span[1] < span[2]
)
rests = st.builds(
    Rest,
    zone=st.sampled_from([BEIJING, URUMQI, ZoneInfo("Asia/Kathmandu")]),
    quiet_from=minutes,
    quiet_until=minutes,
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    terms=periods,
    free=periods,
    chat_on=st.just(True),
    chat=st.lists(spans, max_size=5).map(tuple),
)


def is_open(school: Rest, moment: datetime) -> bool:
    """By the words of the rule, a minute at a time."""
    here = moment.astimezone(school.zone)
    minute = here.hour * 60 + here.minute
    kind = school.kind_of(here.date())
    return not school.is_quiet(moment) and any(
        day is kind and begins <= minute < ends for day, begins, ends in school.chat
    )


@given(rests, moments)
@settings(max_examples=150, deadline=None)
def test_quiet_hours_end_within_a_day_and_not_a_minute_early(
    school: Rest, moment: datetime
) -> None:
    wakes = school.wakes(moment)

    assert not school.is_quiet(wakes)
    assert moment <= wakes < moment + timedelta(days=1)
    if school.is_quiet(moment):
        assert wakes > moment
        assert school.is_quiet(wakes - timedelta(minutes=1))
    else:
        assert wakes == moment


@given(rests, rests, moments, st.lists(st.floats(0, 1), min_size=8, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_room_is_open_where_both_schools_are_and_says_when_that_ends_or_begins(
    first: Rest, second: Rest, moment: datetime, looks: list[float]
) -> None:
    def both(when: datetime) -> bool:
        return is_open(first, when) and is_open(second, when)

    found = rest.together(first, second, moment)

    assert found.is_open == both(moment)
    assert found == rest.together(second, first, moment)
    turns = (
        found.closes_at or found.opens_at or moment + timedelta(days=8 if found.is_open else 100)
    )
    assert turns > moment
    if found.closes_at or found.opens_at:
        assert both(turns) != found.is_open
    # Until then nothing changes, wherever one looks.
    whole = int((turns - moment).total_seconds() // 60) - 1
    for part in (*looks, 1.0):
        assert both(moment + timedelta(minutes=round(whole * part))) == found.is_open
    assert (found.why is None) == found.is_open


@pytest.mark.parametrize(
    ("moment", "wakes"),
    [
        (at(23, 21, 59), None),
        (at(23, 22), at(24, 6, 30)),
        (at(24, 6, 29), at(24, 6, 30)),
        (at(24, 6, 30), None),
    ],
)
def test_quiet_hours_go_past_midnight(moment: datetime, wakes: datetime | None) -> None:
    assert NIGHT.is_quiet(moment) == (wakes is not None)
    assert NIGHT.wakes(moment) == (wakes or moment)


def test_a_day_is_of_school_a_weekend_or_a_holiday_and_a_term_ends() -> None:
    plan = Rest(
        terms=((date(2026, 9, 1), date(2027, 1, 20)), (date(2027, 2, 25), date(2027, 7, 10))),
        free=((date(2026, 10, 1), date(2026, 10, 7)),),
    )

    assert plan.kind_of(date(2026, 11, 23)) is Day.SCHOOL
    assert plan.kind_of(date(2026, 11, 22)) is Day.WEEKEND
    assert plan.kind_of(date(2026, 10, 7)) is Day.HOLIDAY
    assert plan.kind_of(date(2027, 1, 20)) is Day.SCHOOL
    assert plan.kind_of(date(2027, 1, 21)) is Day.HOLIDAY
    assert plan.kind_of(date(2027, 7, 11)) is Day.HOLIDAY
    # Who answers for a child who asks for help: nobody between terms, and after the last the sooner.
    reports = Plan(terms=plan.terms, free=plan.free)
    assert not reports.is_open_on(date(2027, 1, 25))
    assert reports.is_open_on(date(2027, 7, 12))


def test_a_room_says_why_it_is_closed() -> None:
    lunch = Rest(quiet_from=NIGHT.quiet_from, quiet_until=NIGHT.quiet_until, chat=(LUNCH,))
    on = Rest(**(vars(lunch) | {"chat_on": True}))
    away = Rest(**(vars(on) | {"free": ((date(2026, 11, 23), date(2026, 11, 23)),)}))
    west = Rest(**(vars(on) | {"zone": URUMQI}))

    def said(first: Rest, second: Rest, moment: datetime) -> Opening:
        return rest.together(first, second, moment)

    assert said(on, lunch, at(23, 12)) == Opening(False, False, None, None, Why.OFF)
    assert said(on, on, at(23, 12, 59)) == Opening(True, True, at(23, 13), None, None)
    assert said(on, on, at(23, 13)) == Opening(True, False, None, at(24, 12), Why.OUT_OF_HOURS)
    assert said(on, away, at(23, 12)) == Opening(True, False, None, at(24, 12), Why.HOLIDAY)
    assert said(on, on, at(23, 23)) == Opening(True, False, None, at(24, 12), Why.QUIET)
    # Twelve in Urumqi is two in Beijing: these two never meet.
    assert said(on, west, at(23, 12)) == Opening(True, False, None, None, Why.OUT_OF_HOURS)
    always = Rest(chat_on=True, chat=ALL_DAY)
    assert said(always, always, at(23, 3)) == Opening(True, True, None, None, None)
    # The quiet hours cut into what was set, and the room goes on past midnight where they do not.
    assert Rest(quiet_from=1320, quiet_until=390, chat=ALL_DAY).spans(Day.SCHOOL) == ((390, 1320),)


def test_what_a_school_changes_holds_at_once_and_elsewhere_within_half_a_minute(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = cast.unit("ht-school")
    assert rest.of(school.id) == Rest()
    wanted = Rest(quiet_from=1320, quiet_until=390, chat_on=True, chat=(LUNCH,))

    hours.keep_rest(school, wanted, by=cast.actor("secretary_ht"))
    hours.keep(school, Plan(zone=URUMQI, reply_days=21), by=cast.actor("secretary_ht"))

    kept = rest.of(school.id)
    assert kept == Rest(**(vars(wanted) | {"zone": URUMQI}))
    assert rest.of_many([school.id, cast.unit("bj-school").id])[school.id] == kept
    # Another process writes past this one.
    with transaction():
        session().get_one(SchoolHours, school.id).chat_on = False
    assert rest.of(school.id).chat_on
    monkeypatch.setattr(rest, "FRESH_SECONDS", 0.0)
    assert not rest.of(school.id).chat_on
    assert rest.of(None) == Rest()
