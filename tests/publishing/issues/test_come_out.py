"""An issue comes out at its moment: once, whole, with nothing in it that may not be printed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.consent import services as consent
from penpal.consent.models import Purpose
from penpal.kernel import access, clock, jobs, machine, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.notices.models import Notice
from penpal.permissions import Permission
from penpal.publishing.editing import services as editing
from penpal.publishing.issues import noticing, queries, signing
from penpal.publishing.issues.models import ColumnIssue, IssuePiece
from penpal.publishing.issues.states import COME_OUT, IssueState
from penpal.publishing.pieces import edition, withdrawing
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import PUBLISH
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.reviews.models import Decision, ReviewStation
from tests.cast import Cast
from tests.publishing.issues import ready


def states(issue: ColumnIssue) -> list[S]:
    return [row.submission.state for row in queries.pieces_of(issue)]


def told(kind: str) -> set[int]:
    return set(session().scalars(sa.select(Notice.person_id).where(Notice.kind == kind)))


def test_at_its_moment_an_issue_comes_out_with_all_its_pieces_and_only_once(cast: Cast) -> None:
    issue = ready.signed(cast)
    before = edition.number()

    jobs.run("publishing.come_out")
    jobs.run("publishing.come_out")

    assert issue.state is IssueState.PUBLISHED
    assert issue.came_out_at is not None
    assert states(issue) == [S.PUBLISHED, S.PUBLISHED]
    assert edition.number() == before + 1
    assert [entry.move for entry in trail.of(issue)] == ["plan issue", "sign off", "come out"]
    assert [entry.actor_kind for entry in trail.of(queries.pieces_of(issue)[0].submission)] == [
        "staff",
        "system",
    ]
    assert told("issue.printed") == {cast.person("xiaomai").id, cast.person("xiaohe").id}
    assert told("issue.came_out") == {cast.person("editor").id}


def test_before_its_moment_nothing_comes_out(cast: Cast) -> None:
    issue = ready.planned(cast)
    signing.sign_off(issue, clock.now() + timedelta(hours=1), by=cast.actor("editor"))

    jobs.run("publishing.come_out")

    assert issue.state is IssueState.SIGNED_OFF
    assert states(issue) == [S.READY, S.READY]
    with pytest.raises(NotPermitted):
        machine.fire(COME_OUT, issue, by=SYSTEM, came_out_at=clock.now())
    with pytest.raises(NotPermitted):
        machine.fire(PUBLISH, queries.pieces_of(issue)[0].submission, by=SYSTEM)


def test_a_crash_in_the_middle_loses_nothing_and_leaves_nothing_half_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = ready.signed(cast, 3)
    second = ready.signed(cast, 1)
    told_before = noticing.came_out

    def crash(of: ColumnIssue, pieces: list[object]) -> None:
        if of.id == issue.id:
            raise RuntimeError("the power went")
        told_before(of, pieces)  # type: ignore[arg-type]

    monkeypatch.setattr(noticing, "came_out", crash)
    with pytest.raises(RuntimeError):
        jobs.run("publishing.come_out")

    assert (issue.state, second.state) == (IssueState.SIGNED_OFF, IssueState.PUBLISHED)
    assert states(issue) == [S.READY, S.READY, S.READY]
    assert [entry.move for entry in trail.of(issue)] == ["plan issue", "sign off"]

    monkeypatch.undo()
    jobs.run("publishing.come_out")

    assert states(issue) == [S.PUBLISHED] * 3
    assert [entry.move for entry in trail.of(issue)][-1] == "come out"


@pytest.mark.parametrize("step", range(6))
def test_wherever_it_crashes_the_next_run_finishes_what_nobody_saw_begin(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    issue = ready.signed(cast, 3)
    number = edition.number()
    steps = count()

    def dying(work: Callable[..., None]) -> Callable[..., None]:
        """Does its work, and dies with it when its turn has come."""

        def do(*args: object, **values: object) -> None:
            work(*args, **values)
            if next(steps) == step:
                raise RuntimeError("the power went")

        return do

    # Three pieces, the issue, the number of the public pages, the notices: six steps.
    for module, name in ((machine, "fire"), (edition, "bump"), (noticing, "came_out")):
        monkeypatch.setattr(module, name, dying(getattr(module, name)))
    with pytest.raises(RuntimeError):
        jobs.run("publishing.come_out")

    assert (issue.state, states(issue)) == (IssueState.SIGNED_OFF, [S.READY] * 3)
    assert (edition.number(), told("issue.printed")) == (number, set())
    monkeypatch.undo()
    jobs.run("publishing.come_out")
    assert (issue.state, states(issue)) == (IssueState.PUBLISHED, [S.PUBLISHED] * 3)
    assert edition.number() == number + 1


def test_a_piece_that_may_no_more_be_printed_is_left_out_and_the_rest_comes_out(
    cast: Cast,
) -> None:
    issue = ready.signed(cast, 3)
    unapproved, called_back, fine = [row.submission for row in queries.pieces_of(issue)]
    with transaction() as current:
        current.execute(
            sa.update(ReviewStation)
            .where(ReviewStation.submission_id == unapproved.id)
            .values(decision=Decision.SENT_BACK)
        )
    editing.call_back(called_back, by=cast.actor("editor"))

    jobs.run("publishing.come_out")

    assert issue.state is IssueState.PUBLISHED
    assert [row.submission_id for row in queries.pieces_of(issue)] == [fine.id]
    assert (unapproved.state, called_back.state, fine.state) == (
        S.READY,
        S.WITH_EDITOR,
        S.PUBLISHED,
    )
    assert [
        entry.reason for entry in trail.of(unapproved) if entry.move == "left out of issue"
    ] == ["1: a consent or an approval is missing"]
    assert told("issue.not_yet") == {cast.person("xiaomai").id}


def test_an_issue_of_which_nothing_is_left_is_held_back_for_its_editors(cast: Cast) -> None:
    issue = ready.signed(cast, 1)
    editing.call_back(queries.pieces_of(issue)[0].submission, by=cast.actor("editor"))

    jobs.run("publishing.come_out")
    jobs.run("publishing.come_out")

    assert issue.state is IssueState.PLANNED
    assert queries.pieces_of(issue) == []
    assert told("issue.held_back") == {cast.person("editor").id}


def test_another_version_than_the_signed_one_does_not_come_out(cast: Cast) -> None:
    issue = ready.signed(cast, 2)
    changed = queries.pieces_of(issue)[0].submission
    editing.call_back(changed, by=cast.actor("editor"))
    editing.take(changed, by=cast.actor("editor"))
    with transaction() as current:
        current.execute(
            sa.update(IssuePiece)
            .where(IssuePiece.submission_id == changed.id)
            .values(version_id=queries.pieces_of(issue)[1].submission.version_id)
        )

    jobs.run("publishing.come_out")

    assert changed.state is S.READY
    assert not access.may(SYSTEM, Permission.Submission.PUBLISH, changed)


@pytest.mark.parametrize("who", ["xiaomai", "teacher_ht", "secretary_ht", "county_bj"])
def test_only_editors_sign_off_and_only_what_is_planned(cast: Cast, who: str) -> None:
    issue = ready.planned(cast, 1)

    with pytest.raises(NotPermitted):
        signing.sign_off(issue, clock.now(), by=cast.actor(who))
    signing.sign_off(issue, clock.now(), by=cast.actor("editor"))
    with pytest.raises(IllegalMove):
        signing.sign_off(issue, clock.now(), by=cast.actor("editor"))
    signing.reopen(issue, by=cast.actor("editor"))

    assert issue.state is IssueState.PLANNED
    assert queries.pieces_of(issue)[0].version_id is None
    assert [(entry.move, entry.actor_id) for entry in trail.of(issue)][1:] == [
        ("sign off", cast.person("editor").id),
        ("reopen issue", cast.person("editor").id),
    ]


def test_what_is_not_ready_or_not_clear_is_not_signed_off(cast: Cast) -> None:
    issue = ready.planned(cast, 1)
    piece = queries.pieces_of(issue)[0].submission
    editing.call_back(piece, by=cast.actor("editor"))

    with pytest.raises(Invalid, match="还不能印"):
        signing.sign_off(issue, clock.now(), by=cast.actor("editor"))
    editing.take(piece, by=cast.actor("editor"))
    consent.withdraw(cast.person("xiaohe"), purpose=Purpose.PUBLICATION, by=cast.actor("xiaohe"))

    with pytest.raises(Invalid):
        signing.sign_off(issue, clock.now(), by=cast.actor("editor"))
    assert issue.state is IssueState.PLANNED


def test_two_clocks_and_a_withdrawal_at_once_print_each_piece_once_or_not_at_all(
    app: Flask, cast: Cast
) -> None:
    issue = ready.signed(cast, 4)
    rows = queries.pieces_of(issue)
    gone_id = rows[1].submission_id
    came: list[int] = []
    wrong: list[Exception] = []

    def do(act: Callable[[], object]) -> None:
        with app.app_context():
            try:
                act()
            except Exception as problem:
                wrong.append(problem)
            db.session.remove()

    def come_out() -> None:
        came.append(signing.come_out_due())

    def withdraw() -> None:
        piece = session().get_one(Submission, gone_id)
        withdrawing.withdraw(piece, by=cast.actor("xiaomai"))

    threads = [threading.Thread(target=do, args=(act,)) for act in (come_out, withdraw, come_out)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    assert wrong == []
    assert sum(came) == 1
    assert issue.state is IssueState.PUBLISHED
    assert session().get_one(Submission, gone_id).state is S.WITHDRAWN
    for row in queries.pieces_of(issue):
        moves = [entry.move for entry in trail.of(row.submission)]
        assert moves.count("publish") == 1
    assert [row.submission.state for row in queries.pieces_of(issue)].count(S.PUBLISHED) == 3
