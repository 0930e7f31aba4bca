"""School hours: when so many of them will have passed, in the school's own time zone, around holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from penpal.kernel import trail
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.places import hours
from penpal.places.hours import Plan
from tests.cast import Cast
from tests.conftest import SignedIn

BEIJING = ZoneInfo("Asia/Shanghai")
URUMQI = ZoneInfo("Asia/Urumqi")
# 2026-11-23 is a Monday.
FORM = {
    "zone": "Asia/Shanghai",
    "weekday-1": "1",
    "weekday-6": "1",
    "opens": "10:00",
    "closes": "19:30",
    "first-0": "2027-01-20",
    "last-0": "2027-02-28",
    "reply_days": "21",
}


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = BEIJING) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "open_hours", "plan", "end"),
    [
        (at(23, 9), 2, Plan(), at(23, 11)),
        (at(23, 6), 2, Plan(), at(23, 10)),
        (at(23, 16, 30), 2, Plan(), at(24, 9)),
        (at(23, 8), 9.5, Plan(), at(23, 17, 30)),
        (at(27, 17), 8, Plan(), at(30, 15, 30)),
        (at(28, 12), 1, Plan(), at(30, 9)),
        (at(23, 17, 30), 1, Plan(free=((date(2026, 11, 24), date(2026, 11, 26)),)), at(27, 9)),
        (at(28, 12), 1, Plan(weekdays=frozenset({6, 7})), at(28, 13)),
        (at(23, 9, zone=URUMQI), 2, Plan(zone=URUMQI), at(23, 11, zone=URUMQI)),
        (at(23, 9), 2, Plan(zone=URUMQI), at(23, 10, zone=URUMQI)),
    ],
)
def test_only_hours_at_which_the_school_is_open_count(
    start: datetime, open_hours: float, plan: Plan, end: datetime
) -> None:
    assert hours.due(start, open_hours, plan) == end.astimezone(UTC)


def test_a_holiday_keeps_a_child_waiting_no_longer_than_the_bound() -> None:
    away = Plan(free=((date(2026, 11, 1), date(2027, 3, 1)),))
    never = Plan(weekdays=frozenset())
    start = at(23, 9)

    assert hours.due(start, 8, away, within=timedelta(hours=72)) == start + timedelta(hours=72)
    # Where no hour is ever open, the clock counts.
    assert hours.due(start, 8, never) == start + timedelta(hours=8)


def test_the_school_s_secretary_sets_hours_holidays_and_the_term_of_a_reply(
    as_: SignedIn, cast: Cast
) -> None:
    school = cast.unit("bj-school")
    address = f"/schools/{school.id}/hours"
    secretary = as_("secretary_bj")
    assert hours.of(school.id) == Plan()

    done = secretary.post(address, data=FORM, follow_redirects=True)

    assert done.status_code == 200
    assert 'value="19:30"' in done.text
    assert 'value="2027-02-28"' in done.text
    assert hours.of(school.id) == Plan(
        weekdays=frozenset({1, 6}),
        opens=600,
        closes=1170,
        free=((date(2027, 1, 20), date(2027, 2, 28)),),
        reply_days=21,
    )
    assert hours.of(cast.unit("ht-school").id) == Plan()
    last = trail.of(cast.unit("bj-school"))[-1]
    assert (last.move, last.actor_id) == ("set school hours", cast.person("secretary_bj").id)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weekday-1": "", "weekday-6": ""}, "至少选一天"),
        ({"closes": "09:00"}, "放学的时间要在上学以后"),
        ({"opens": "soon"}, "时间这样写"),
        ({"last-0": ""}, "写第一天和最后一天"),
        ({"last-0": "2026-01-01"}, "不能早于第一天"),
        ({"reply_days": "1"}, "3 到 90 天"),
    ],
)
def test_hours_that_make_no_sense_are_explained(
    as_: SignedIn, cast: Cast, change: dict[str, str], said: str
) -> None:
    school = cast.unit("bj-school")

    answer = as_("secretary_bj").post(f"/schools/{school.id}/hours", data=FORM | change)

    assert answer.status_code == 422
    assert said in answer.text
    assert hours.of(school.id) == Plan()


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_ht", "county_bj", "xiaohe", "editor"])
def test_nobody_else_sets_the_hours_of_a_school(as_: SignedIn, cast: Cast, who: str) -> None:
    school = cast.unit("bj-school")

    assert as_(who).post(f"/schools/{school.id}/hours", data=FORM).status_code in (403, 404)
    with pytest.raises(NotPermitted):
        hours.keep(school, Plan(reply_days=21), by=cast.actor(who))
    with pytest.raises(Invalid):
        hours.keep(school, Plan(opens=900, closes=800), by=cast.actor("secretary_bj"))

    assert hours.of(school.id) == Plan()
