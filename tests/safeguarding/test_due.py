"""Due time and escalation: nobody waits for ever, and no level above learns more than that somebody waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.kernel import clock, jobs, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, NotFound, NotPermitted
from penpal.places import hours
from penpal.safeguarding import due, queries, services
from penpal.safeguarding.models import Addressee, Outcome, Raised, Report, ReportKind
from penpal.safeguarding.states import ReportState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.telling import WORDS, tell

LATE = timedelta(hours=1)
JOB = "safeguarding.raise_overdue"


def grow_old(report: Report, by: timedelta = timedelta(days=4)) -> None:
    """As if so much time had passed since."""
    with transaction():
        for name in ("told_at", "due_at", "raised_at"):
            moment = getattr(report, name)
            setattr(report, name, moment - by if moment else None)


def run() -> None:
    jobs.run(JOB)
    session().expire_all()


def levels(report: Report) -> list[str]:
    return [entry.reason for entry in trail.of(report) if entry.move == "raised"]


def test_a_report_is_due_in_school_hours_and_never_later_than_three_days(cast: Cast) -> None:
    school = cast.unit("bj-school").id
    friday = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)

    report = tell(cast)

    assert report.due_at == hours.due(
        report.told_at, 8, hours.of(school), within=timedelta(hours=72)
    )
    assert report.told_at < report.due_at <= report.told_at + timedelta(hours=72)
    # Friday 16:00 in Beijing: an hour and a half of that day, the rest on Monday.
    monday = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
    assert due.to_take(ReportKind.TOLD, school, friday) == monday
    assert due.to_take(ReportKind.WORRY, school, friday) == friday + timedelta(hours=24)
    assert due.to_answer(ReportKind.TOLD, school, friday) > monday


def test_what_nobody_takes_rises_to_the_school_s_secretary_and_then_to_the_county(
    as_: SignedIn, cast: Cast
) -> None:
    report = tell(cast)
    run()
    assert report.raised_to is None
    assert "过了时间" not in as_("teacher_bj").get("/reports").text

    grow_old(report)
    for _turn in range(2):
        run()
    assert levels(report) == [Raised.SCHOOL_SECRETARY]
    page = as_("secretary_bj").get("/reports").text
    assert "过了时间" in page
    assert "报到了校团委书记" in page
    assert as_("county_bj").get("/reports/late").text.count("提醒学校") == 0
    grow_old(report)
    for _turn in range(3):
        run()
        grow_old(report)

    assert levels(report) == [Raised.SCHOOL_SECRETARY, Raised.COUNTY]
    assert [e.actor_kind for e in trail.of(report) if e.move == "raised"] == ["system"] * 2


def test_the_county_learns_the_school_and_since_when_and_no_more(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast, addressee=Addressee.SCHOOL_SECRETARY)
    grow_old(report)
    run()
    county = as_("county_bj")

    assert "学校里等得太久的 · 1" in county.get("/reports").text
    page = county.get("/reports/late").text
    done = county.post(f"/reports/{report.id}/reminder")

    assert "槐树中学" in page
    for hidden in (WORDS, "小禾", "初二(3)班"):
        assert hidden not in page
        assert hidden not in county.get("/reports").text
    assert county.get(f"/told/{report.id}").status_code == 404
    assert county.post(f"/reports/{report.id}/taking").status_code == 404
    assert done.location == "/reports/late"
    assert "提醒过" in county.get("/reports/late").text
    assert "上一级提醒过" in as_("secretary_bj").get("/reports").text
    last = trail.of(report)[-1]
    assert (last.move, last.actor_id) == ("reminded", cast.person("county_bj").id)


@pytest.mark.parametrize("who", ["xiaohe", "teacher_bj", "secretary_bj", "secretary_ht", "editor"])
def test_nobody_else_sees_or_reminds(as_: SignedIn, cast: Cast, who: str) -> None:
    report = tell(cast, addressee=Addressee.SCHOOL_SECRETARY)
    grow_old(report)
    run()
    other = as_(who)

    assert other.get("/reports/late").status_code == 403
    assert other.post(f"/reports/{report.id}/reminder").status_code == 403
    with pytest.raises(NotPermitted):
        services.remind(report, by=cast.actor(who))
    with pytest.raises(NotFound):
        queries.raised(cast.actor(who), report.id)
    assert report.reminded_at is None


def test_what_was_not_raised_is_not_there_for_the_county(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast)
    grow_old(report)
    run()

    assert as_("county_bj").post(f"/reports/{report.id}/reminder").status_code == 404


def test_what_went_past_the_school_rises_above_the_county_and_never_into_it(
    as_: SignedIn, cast: Cast
) -> None:
    with transaction():
        above = accounts.add_person(PersonKind.STAFF, "省书记", login_name="province_bj")
        accounts.grant(above, Role.PROVINCE_SECRETARY, cast.unit("beijing"))
    report = tell(cast, addressee=Addressee.ABOVE)
    grow_old(report)
    for _turn in range(2):
        run()
        grow_old(report)

    assert levels(report) == [Raised.PROVINCE]
    assert queries.late_below(cast.actor("county_bj")) == []
    province = as_("province_bj")
    assert 'href="/reports/late"' in province.get("/").text
    page = province.get("/reports/late").text
    assert "槐树中学" in page
    assert WORDS not in page
    assert province.post(f"/reports/{report.id}/reminder").status_code == 302
    assert "上一级提醒过" in as_("county_bj").get("/reports").text


def test_whoever_takes_it_has_three_times_as_long_to_answer(cast: Cast) -> None:
    report = tell(cast)
    grow_old(report)
    run()

    services.take(report, by=cast.actor("teacher_bj"))

    assert (report.raised_to, report.raised_at) == (None, None)
    left = report.due_at - clock.now()
    assert timedelta(hours=20) < left <= timedelta(hours=72 * 3)
    run()
    assert levels(report) == [Raised.SCHOOL_SECRETARY]
    grow_old(report, timedelta(days=10))
    run()
    assert levels(report) == [Raised.SCHOOL_SECRETARY] * 2
    services.answer(report, words="谈过了。", outcome=Outcome.TALKED, by=cast.actor("secretary_bj"))
    assert report.taken_by_id == cast.person("secretary_bj").id
    grow_old(report, timedelta(days=10))
    run()
    assert len(levels(report)) == 2


def test_a_teacher_hands_it_on_to_the_school_s_secretary(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast)
    teacher = as_("teacher_bj")
    teacher.post(f"/reports/{report.id}/taking")

    done = teacher.post(f"/reports/{report.id}/handing-on")

    assert done.status_code == 302
    assert (report.state, report.taken_by_id) == (ReportState.TOLD, None)
    assert report.handed_on_at is not None
    assert trail.of(report)[-1].move == "hand on report"
    assert "转给了校团委书记" in as_("xiaohe").get(f"/told/{report.id}").text
    assert WORDS in teacher.get("/reports").text
    for act in ("taking", "answer", "handing-on"):
        fields = {"answer": "谈过了。", "outcome": "talked"}
        assert teacher.post(f"/reports/{report.id}/{act}", data=fields).status_code == 403
    for who in ("xiaohe", "teacher_ht", "county_bj"):
        assert as_(who).post(f"/reports/{report.id}/handing-on").status_code in (403, 404)
    grow_old(report)
    run()
    assert levels(report) == [Raised.COUNTY]
    services.take(report, by=cast.actor("secretary_bj"))
    services.answer(report, words="谈过了。", outcome=Outcome.TALKED, by=cast.actor("secretary_bj"))
    other = tell(cast, key="another-key", addressee=Addressee.SCHOOL_SECRETARY)
    with pytest.raises(NotPermitted):
        services.hand_on(other, by=cast.actor("secretary_bj"))
    answered = tell(cast, key="a-third-key")
    services.answer(answered, words="好。", outcome=Outcome.TALKED, by=cast.actor("teacher_bj"))
    with pytest.raises(IllegalMove):
        services.hand_on(answered, by=cast.actor("teacher_bj"))
