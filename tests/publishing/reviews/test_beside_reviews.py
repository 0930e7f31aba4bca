"""What goes with looking: colleagues, reminders, how far up pieces go, the history, the figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from penpal.kernel import access, clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.notices.models import Notice
from penpal.permissions import Permission
from penpal.places.models import Level
from penpal.publishing.pieces import status
from penpal.publishing.pieces.models import PieceKind
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews import (
    figures,
    history,
    queries,
    remarks,
    reminding,
    services,
    setting,
    whose,
)
from penpal.publishing.reviews.models import Decision, Recusal, Remark, ReviewStation
from penpal.publishing.reviews.paths import Way
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.reviews.piecework import asked, piece, turn
from tests.publishing.reviews.test_reviews import approve_all, leave_office, notices_of


def test_a_turn_is_left_to_a_colleague_of_the_school_and_comes_back_when_they_leave(
    cast: Cast,
) -> None:
    submission = piece(cast)
    station = turn(cast, submission, "teacher_bj")
    by = cast.actor("teacher_bj")

    for stranger in ("teacher_ht", "county_bj", "teacher_bj"):
        with pytest.raises(Invalid):
            services.delegate(station, cast.person(stranger), by=by)
    with pytest.raises(NotPermitted):
        services.delegate(station, cast.person("secretary_bj"), by=cast.actor("teacher_tj"))
    services.delegate(station, cast.person("secretary_bj"), by=by)

    assert whose.turn(by, submission) is None
    assert turn(cast, submission, "secretary_bj").id == station.id
    assert "piece.waits" in notices_of(cast, "secretary_bj")
    services.take_back(station, by=by)
    assert turn(cast, submission, "teacher_bj").id == station.id
    services.delegate(station, cast.person("secretary_bj"), by=by)
    leave_office(cast, "secretary_bj")
    assert reminding.look_after() == 2
    assert turn(cast, submission, "teacher_bj").id == station.id
    assert [e.move for e in trail.of(submission)].count("left review to another") == 2


def test_whoever_lets_a_piece_wait_is_reminded_and_the_level_above_sees_where(
    cast: Cast, as_: SignedIn
) -> None:
    piece(cast)
    with transaction() as current:
        current.execute(sa.update(Notice).values(seen_at=Notice.at))
    assert reminding.remind() == 0

    with transaction() as current:
        # To the hour, for the days are counted by the calendar, also just after midnight.
        late = clock.now() - timedelta(days=3)
        current.execute(
            sa.update(ReviewStation)
            .where(ReviewStation.unit_id == cast.unit("ht-class").id)
            .values(due_at=late)
        )

    assert reminding.remind() == 1
    assert notices_of(cast, "teacher_ht") == {"piece.late"}
    assert not notices_of(cast, "teacher_bj")
    below = queries.late_below(cast.actor("secretary_ht"))
    assert [(row.unit.code, row.pieces) for row in below] == [("ht-class", 1)]
    assert queries.late_below(cast.actor("secretary_bj")) == []
    assert queries.late_below(cast.actor("teacher_ht")) == []
    page = as_("secretary_ht").get("/publishing/reviews").get_data(as_text=True)
    assert cast.unit("ht-class").name in page
    assert "窗外的槐树" not in page


def test_a_county_sets_the_way_below_it_and_a_school_does_not(cast: Cast, as_: SignedIn) -> None:
    county = cast.unit("bj-county")
    address = f"/publishing/reviews/ways/{county.id}"
    programme = cast.pair().programme_id
    secretary = as_("county_bj")

    assert secretary.get(address).status_code == 200
    wrong = {"programme": programme, "highest": "class", "days": "0"}
    assert secretary.post(address, data=wrong).status_code == 422
    kept = {"programme": programme, "highest": "school", "days": "3"}
    assert secretary.post(address, data=kept).status_code == 302
    for who, code in (("secretary_bj", "bj-county"), ("county_bj", "bj-school")):
        with pytest.raises(NotPermitted):
            setting.set_way(
                cast.unit(code), cast.pair().programme, Way(Level.SCHOOL, 3), by=cast.actor(who)
            )
    submission = piece(cast)

    assert [each.unit.code for each in queries.standing(submission)] == [
        "bj-class",
        "ht-class",
        "bj-school",
        "ht-school",
    ]
    due = turn(cast, submission, "teacher_bj").due_at
    assert due is not None
    assert due - clock.now() < timedelta(days=3)
    assert trail.of(county)[-1].move == "set way of pieces"
    # Where both wrote, each side has its own way: the other county has set nothing.
    both = piece(cast, kind=PieceKind.LETTERS, key="key-of-both-letters")
    assert [each.unit.code for each in queries.standing(both)][4:] == ["hetian-shi"]


def test_nobody_steps_aside_for_a_child_they_never_meet_and_may_take_it_back(
    cast: Cast, as_: SignedIn
) -> None:
    submission = piece(cast)
    station = turn(cast, submission, "teacher_bj")
    by = cast.actor("teacher_bj")

    with pytest.raises(NotFound):
        services.step_aside(cast.person("xiaoyuan"), by=by)
    with pytest.raises(NotPermitted):
        services.step_aside(cast.person("xiaohe"), by=cast.actor("editor"))
    teacher = as_("teacher_bj")
    teacher.post(
        f"/publishing/reviews/{station.id}/recusal", data={"student": cast.person("xiaohe").id}
    )
    assert "小禾" in teacher.get("/publishing/reviews").get_data(as_text=True)
    said = session().scalars(sa.select(Recusal)).one()
    with pytest.raises(NotPermitted):
        services.come_back(said, by=cast.actor("teacher_ht"))
    teacher.post(f"/publishing/reviews/recusals/{said.id}/removal")
    assert said.ended_at is not None
    again = piece(cast, key="key-of-the-second-piece")
    assert "bj-class" in asked(again)


def test_a_remark_is_answered_by_the_author_alone_and_private_ones_are_not_theirs(
    cast: Cast,
) -> None:
    submission = piece(cast)
    part = submission.current_parts()[0]
    by = cast.actor("teacher_bj")
    place = remarks.place_of("槐树", part.body)
    with pytest.raises(Invalid):
        remarks.place_of("没有的字", part.body)

    said = remarks.make(part, "什么颜色？", place, by=by)
    private = remarks.make(part, "请书记留意这一段。", for_author=False, by=by)

    with pytest.raises(NotPermitted):
        remarks.make(part, "我也说一句", by=cast.actor("secretary_bj"))
    assert remarks.of(submission, for_author=True) == {part.id: [said]}
    with pytest.raises(NotFound):
        access.load(Remark, cast.actor("xiaohe"), private.id)
    for other in ("xiaomai", "teacher_bj"):
        with pytest.raises(NotPermitted):
            remarks.answer(said, "黄的", by=cast.actor(other))
    remarks.answer(said, "黄的。", by=cast.actor("xiaohe"))
    assert said.answer_html == "<p>黄的。</p>"
    with pytest.raises(NotPermitted):
        remarks.take_away(said, by=by)
    remarks.take_away(private, by=by)
    assert list(remarks.of(submission)) == [part.id]


def test_the_history_says_who_when_and_why_to_whoever_had_a_turn_and_to_the_children(
    cast: Cast, as_: SignedIn
) -> None:
    submission = piece(cast)
    services.approve(turn(cast, submission, "teacher_ht"), by=cast.actor("teacher_ht"))
    services.send_back(
        turn(cast, submission, "teacher_bj"), "写写槐树的颜色。", by=cast.actor("teacher_bj")
    )
    address = f"/publishing/{submission.id}/history"

    page = as_("teacher_ht").get(address).get_data(as_text=True)

    assert "写写槐树的颜色。" in page
    assert "八年级(2)班" in page
    own = history.of(submission, by=cast.actor("xiaohe"))
    assert [act.what for act in own][-1] == "退回来，请作者改一改"
    assert own[-1].why == "写写槐树的颜色。"
    assert "打开来看" not in [act.what for act in own]
    assert as_("secretary_bj").get(address).status_code == 403
    assert as_("teacher_tj").get(address).status_code == 404
    assert as_("xiaolin").get(address).status_code == 404
    steps = [step for step in status.steps_of(submission) if 30 <= step.order < 40]
    assert steps[0].stand is status.Stand.ENDED


def test_figures_are_exact_for_the_school_and_coarse_above_it(cast: Cast, as_: SignedIn) -> None:
    for number in range(7):
        piece(cast, key=f"key-of-piece-{number}")
    approve_all(cast, piece(cast, key="key-of-the-last"), "teacher_bj", "teacher_ht")
    school, county = cast.unit("bj-school"), cast.unit("bj-county")

    own = figures.of(school, by=cast.actor("secretary_bj"))
    above = figures.of(county, by=cast.actor("county_bj"))

    assert (own.whole.submitted.count, own.whole.printed.count) == (8, 0)
    assert (above.whole.submitted.count, above.whole.submitted.at_least) == (5, True)
    assert above.whole.printed.count is None
    assert [line.unit.code for line in above.below] == ["bj-school"]
    for who in ("teacher_bj", "secretary_ht", "editor", "xiaohe"):
        with pytest.raises(NotPermitted):
            figures.of(school, by=cast.actor(who))
    page = as_("county_bj").get("/publishing/figures", follow_redirects=True)
    assert "5 以上" in page.get_data(as_text=True)
    assert as_("secretary_ht").get(f"/publishing/figures/{school.id}").status_code == 404


def test_no_piece_is_passed_on_by_an_approval_of_somebody_who_was_near(cast: Cast) -> None:
    submission = piece(cast)
    teacher = cast.person("teacher_bj").id
    with transaction() as current:
        for station in queries.standing(submission):
            station.decision, station.decided_at = Decision.APPROVED, clock.now()
            station.decided_by_id = teacher
        current.flush()
        assert access.may(SYSTEM, Permission.Submission.PASS_TO_EDITOR, submission)
        current.add(
            Recusal(
                staff_id=teacher,
                student_id=cast.person("xiaomai").id,
                said_at=clock.now() - timedelta(days=1),
            )
        )
        current.flush()
        assert not access.may(SYSTEM, Permission.Submission.PASS_TO_EDITOR, submission)
    assert submission.state is SubmissionState.WITH_TEACHER
