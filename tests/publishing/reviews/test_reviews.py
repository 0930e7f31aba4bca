"""Looking at a piece: in turn, by whoever answers for the children in it, never by somebody near to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from penpal.accounts.models import RoleGrant
from penpal.kernel import access, clock, machine, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from penpal.notices.models import Notice
from penpal.permissions import Permission
from penpal.publishing.pieces.models import PieceKind, Submission
from penpal.publishing.pieces.states import PASS_TO_EDITOR, SubmissionState
from penpal.publishing.reviews import predicates, queries, reminding, services, stations, whose
from penpal.publishing.reviews.models import ReviewStation
from tests.cast import Cast
from tests.publishing.reviews.piecework import asked, piece, turn

WAY = ("teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht", "county_bj")


def notices_of(cast: Cast, who: str) -> set[str]:
    statement = sa.select(Notice.kind).where(Notice.person_id == cast.person(who).id)
    return set(session().scalars(statement.where(Notice.seen_at.is_(None))))


def state_of(submission: Submission) -> SubmissionState:
    """Asked anew: a type checker takes a state for what it was."""
    return submission.state


def approve_all(cast: Cast, submission: Submission, *people: str) -> None:
    for who in people:
        services.approve(turn(cast, submission, who), by=cast.actor(who))


def test_a_letter_goes_from_both_teachers_by_both_schools_and_the_authors_county_to_the_editor(
    cast: Cast,
) -> None:
    submission = piece(cast)

    assert state_of(submission) is SubmissionState.WITH_TEACHER
    assert asked(submission) == ["bj-class", "ht-class"]
    assert "piece.waits" in notices_of(cast, "teacher_ht")
    approve_all(cast, submission, "teacher_bj")
    assert state_of(submission) is SubmissionState.WITH_TEACHER
    approve_all(cast, submission, "teacher_ht")
    assert state_of(submission) is SubmissionState.WITH_SECRETARY
    assert asked(submission) == ["bj-school", "ht-school"]
    approve_all(cast, submission, "secretary_bj", "secretary_ht")
    assert asked(submission) == ["bj-county"]
    assert not predicates.is_approved(SYSTEM, submission)
    approve_all(cast, submission, "county_bj")
    assert state_of(submission) is SubmissionState.WITH_EDITOR
    assert predicates.is_approved(SYSTEM, submission)
    assert "piece.passed_on" in notices_of(cast, "xiaohe")
    assert not notices_of(cast, "teacher_bj")
    moves = [entry.move for entry in trail.of(submission)]
    assert moves.count("approve review") == 5
    assert moves[-1] == "pass to editor"


def test_nobody_decides_out_of_turn_and_nothing_is_passed_to_the_editor_before_its_time(
    cast: Cast,
) -> None:
    submission = piece(cast)
    first = turn(cast, submission, "teacher_bj")

    for who in ("secretary_bj", "teacher_tj", "county_bj", "editor", "xiaohe", "teacher_ht"):
        with pytest.raises(NotPermitted):
            services.approve(first, by=cast.actor(who))
    with transaction(), pytest.raises(NotPermitted):
        machine.fire(PASS_TO_EDITOR, submission, by=SYSTEM)
    services.approve(first, by=cast.actor("teacher_bj"))
    with pytest.raises(IllegalMove, match="已经通过"):
        services.approve(first, by=cast.actor("teacher_bj"))
    with pytest.raises(NotFound):
        access.load(ReviewStation, cast.actor("teacher_tj"), first.id)


def test_sending_back_needs_a_reason_and_stops_all_other_looks(cast: Cast) -> None:
    submission = piece(cast)
    station = turn(cast, submission, "teacher_bj")

    with pytest.raises(Invalid):
        services.send_back(station, "  ", by=cast.actor("teacher_bj"))
    services.send_back(station, "第二段写的是谁家？", by=cast.actor("teacher_bj"))

    assert submission.state is SubmissionState.SENT_BACK
    assert whose.turn(cast.actor("teacher_ht"), submission) is None
    assert not notices_of(cast, "teacher_ht")
    assert "piece.sent_back" in notices_of(cast, "xiaohe")
    assert station.reason_html == "<p>第二段写的是谁家？</p>"


def test_declining_ends_a_piece_with_its_reason(cast: Cast) -> None:
    submission = piece(cast)

    services.decline(
        turn(cast, submission, "teacher_ht"), "写到了别人家的事。", by=cast.actor("teacher_ht")
    )

    assert submission.state is SubmissionState.DECLINED
    assert submission.ended_at is not None
    assert trail.of(submission)[-1].reason == "写到了别人家的事。"
    with pytest.raises(IllegalMove):
        services.approve(queries.standing(submission)[0], by=cast.actor("teacher_bj"))


def leave_office(cast: Cast, who: str) -> None:
    """As of yesterday."""
    with transaction() as current:
        yesterday = clock.today() - timedelta(days=1)
        current.execute(
            sa.update(RoleGrant)
            .where(RoleGrant.person_id == cast.person(who).id)
            .values(until=yesterday, ended_at=clock.now())
        )


def test_where_nobody_holds_the_office_the_next_above_looks_and_once_is_enough(cast: Cast) -> None:
    leave_office(cast, "teacher_ht")
    submission = piece(cast)

    assert [each.unit.code for each in queries.standing(submission)] == [
        "bj-class",
        "bj-school",
        "ht-school",
        "bj-county",
    ]
    leave_office(cast, "secretary_bj")
    approve_all(cast, submission, "teacher_bj", "secretary_ht")
    assert asked(submission) == ["bj-school"]
    assert reminding.look_after() == 1
    assert asked(submission) == ["bj-county"]
    assert reminding.look_after() == 0
    approve_all(cast, submission, "county_bj")
    assert submission.state is SubmissionState.WITH_EDITOR


def test_whoever_is_near_to_a_child_steps_aside_and_the_school_looks(cast: Cast) -> None:
    submission = piece(cast)
    teacher = cast.actor("teacher_bj")

    services.step_aside(cast.person("xiaohe"), by=teacher)

    assert whose.turn(teacher, submission) is None
    assert "bj-class" not in asked(submission)
    assert "bj-school" in [each.unit.code for each in queries.standing(submission)]
    with pytest.raises(NotPermitted):
        services.approve(queries.standing(submission)[0], by=teacher)
    approve_all(cast, submission, "teacher_ht", "secretary_bj", "secretary_ht", "county_bj")
    assert submission.state is SubmissionState.WITH_EDITOR
    assert not access.may(teacher, Permission.Submission.REVIEW, submission)


def test_a_story_is_not_looked_at_by_whoever_wrote_it(cast: Cast) -> None:
    submission = piece(cast, kind=PieceKind.STORY, author="secretary_bj", named=("xiaolin",))

    assert [each.unit.code for each in queries.standing(submission)] == ["bj-class", "bj-county"]
    assert stations.fall(submission) == 0
    approve_all(cast, submission, "teacher_bj", "county_bj")
    assert submission.state is SubmissionState.WITH_EDITOR
