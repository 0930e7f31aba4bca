"""The page on which a school's secretary sets when its children rest and may chat."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from penpal.kernel import clock, trail
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.places import hours, rest
from penpal.places.hours import Plan
from penpal.places.rest import Day, Rest
from tests.cast import Cast
from tests.conftest import SignedIn

BEIJING = ZoneInfo("Asia/Shanghai")
FORM = {
    "quiet": "1",
    "quiet_from": "21:30",
    "quiet_until": "06:30",
    "chat_on": "1",
    "school-from-0": "12:20",
    "school-until-0": "13:20",
    "school-from-1": "17:30",
    "school-until-1": "20:30",
    "weekend-from-0": "09:00",
    "weekend-until-0": "00:00",
}
SET = Rest(
    quiet_from=21 * 60 + 30,
    quiet_until=6 * 60 + 30,
    chat_on=True,
    chat=((Day.SCHOOL, 740, 800), (Day.SCHOOL, 1050, 1230), (Day.WEEKEND, 540, 1440)),
)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of these happen on a Monday morning."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 9, tzinfo=BEIJING))


def test_the_school_s_secretary_sets_rest_and_chat_and_sees_what_children_will_have(
    as_: SignedIn, cast: Cast
) -> None:
    school = cast.unit("bj-school")
    secretary = as_("secretary_bj")
    address = f"/schools/{school.id}/rest"

    before = secretary.get(address).text
    done = secretary.post(address, data=FORM, follow_redirects=True)

    # What is offered first is not set yet.
    assert 'value="12:20"' in before
    assert "打开以后" in before
    assert done.status_code == 200
    assert rest.of(school.id) == SET
    assert "12:20–13:20 · 17:30–20:30" in done.text
    assert "09:00–21:30" in done.text
    assert "白杨中学还没有打开聊天" in done.text
    last = trail.of(school)[-1]
    assert (last.move, last.actor_id) == ("set rest hours", cast.person("secretary_bj").id)
    assert 'value="21:30"' in secretary.get(address).text


def test_the_page_warns_of_schools_whose_hours_never_meet_and_shows_where_they_do(
    as_: SignedIn, cast: Cast
) -> None:
    near, far = cast.unit("bj-school"), cast.unit("ht-school")
    hours.keep_rest(near, SET, by=cast.actor("secretary_bj"))
    hours.keep(far, Plan(zone=ZoneInfo("Asia/Urumqi")), by=cast.actor("secretary_ht"))
    noon = Rest(chat_on=True, chat=((Day.SCHOOL, 740, 800),))
    hours.keep_rest(far, noon, by=cast.actor("secretary_ht"))
    page = f"/schools/{near.id}/rest"

    apart = as_("secretary_bj").get(page).text
    evening = Rest(chat_on=True, chat=((Day.SCHOOL, 17 * 60, 19 * 60),))
    hours.keep_rest(far, evening, by=cast.actor("secretary_ht"))
    met = as_("secretary_bj").get(page).text

    assert "接下来七天，和白杨中学碰不到一起" in apart
    assert "新疆时间" in apart
    # Five in the afternoon there is seven here.
    assert "碰不到一起。</b>" not in met
    assert "<td>19:00–20:30</td>" in met


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quiet_from": "soon"}, "时间这样写"),
        ({"quiet_from": "06:30"}, "开始和结束要不一样"),
        ({"quiet_from": "07:00"}, "最长 14 个小时"),
        ({"school-until-0": ""}, "时间这样写"),
        ({"school-until-0": "12:00"}, "每一段的结束要晚于开始"),
        (
            {
                f"{kind}-{end}-{row}": ""
                for kind in ("school", "weekend")
                for end in ("from", "until")
                for row in (0, 1)
            },
            "至少要写一段",
        ),
    ],
)
def test_hours_of_rest_that_make_no_sense_are_explained(
    as_: SignedIn, cast: Cast, change: dict[str, str], said: str
) -> None:
    school = cast.unit("bj-school")

    answer = as_("secretary_bj").post(f"/schools/{school.id}/rest", data=FORM | change)

    assert answer.status_code == 422
    assert said in answer.text
    assert rest.of(school.id) == Rest()


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_ht", "county_bj", "xiaohe", "editor"])
def test_nobody_else_sets_when_children_rest(as_: SignedIn, cast: Cast, who: str) -> None:
    school = cast.unit("bj-school")
    address = f"/schools/{school.id}/rest"

    assert as_(who).get(address).status_code in (403, 404)
    assert as_(who).post(address, data=FORM).status_code in (403, 404)
    with pytest.raises(NotPermitted):
        hours.keep_rest(school, SET, by=cast.actor(who))
    with pytest.raises(Invalid):
        hours.keep_rest(school, Rest(chat_on=True), by=cast.actor("secretary_bj"))

    assert rest.of(school.id) == Rest()
