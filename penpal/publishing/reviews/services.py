"""Verbs of reviews: approve, send back, decline, leave a turn to a colleague, step aside."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, PersonKind
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, Text
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.publishing.pieces import states
from penpal.publishing.pieces.events import SubmissionMoved
from penpal.publishing.pieces.models import Submission, SubmissionParty
from penpal.publishing.reviews import looking_at_photos, noticing, stations, whose
from penpal.publishing.reviews.looking_at_photos import Say
from penpal.publishing.reviews.models import REMARK_MAX, Decision, Recusal, ReviewStation

APPROVED = "approve review"
REASON_MAX = REMARK_MAX
_NO_REASON = _l("写一句为什么，孩子读得到。")
_TOO_LONG = _l("最多写 500 个字。")


def approve(
    station: ReviewStation, *, by: Actor, photos: Mapping[int, Say] | None = None, words: str = ""
) -> None:
    """Say yes for one's office; after the last yes of a round the next is asked, in the end the editor.

    ``photos`` is what is said of each photo. Raises ``Invalid`` while one was not looked at,
    ``IllegalMove`` where it is nobody's turn at this station any more.
    """
    with transaction() as current:
        submission = _held(station, by)
        if photos:
            looking_at_photos.judge(submission, photos, by=by)
        looking_at_photos.check(submission)
        _decide(station, Decision.APPROVED, words, by=by)
        trail.write(submission, APPROVED, by=by, reason=station.reason)
        noticing.settled(station)
        current.flush()
        stations.go_on(submission)


def send_back(station: ReviewStation, reason: str, *, by: Actor) -> None:
    """Give it back to its author, who may mend it. Raises ``Invalid`` for ``words`` without a reason."""
    _end(station, Decision.SENT_BACK, reason, by=by)


def decline(station: ReviewStation, reason: str, *, by: Actor) -> None:
    """Say for good that it is not printed, with the reason."""
    _end(station, Decision.DECLINED, reason, by=by)


_ENDS = {
    Decision.SENT_BACK: (states.SEND_BACK, noticing.SENT_BACK),
    Decision.DECLINED: (states.DECLINE, noticing.DECLINED),
}


def _end(station: ReviewStation, decision: Decision, reason: str, *, by: Actor) -> None:
    step, kind = _ENDS[decision]
    with transaction():
        submission = _held(station, by)
        said = _words(reason)
        if not said:
            raise Invalid(fields={"words": _NO_REASON})
        now = clock.now()
        also = {"ended_at": now} if decision is Decision.DECLINED else {}
        # The move asks whose turn it is, so it goes before the row that ends the turn.
        machine.fire(step, submission, by=by, reason=said, moved_at=now, **also)
        announce(session(), SubmissionMoved(submission.id, submission.state.value))
        _decide(station, decision, said, by=by)
        for each in _others_asked(station, submission):
            noticing.settled(each)
        noticing.ended(submission, kind)


def _held(station: ReviewStation, by: Actor) -> Submission:
    """The piece, held, if it is this person's turn at this very station.

    Raises ``IllegalMove`` that says who was faster, ``NotPermitted`` where it was never theirs.
    """
    submission = session().get_one(Submission, station.submission_id)
    lock(submission)
    session().refresh(station)
    if station.decision is not None:
        raise IllegalMove(settled(station))
    if station.revision != submission.revision or submission.state not in whose.UNDER_REVIEW:
        raise IllegalMove(_l("这一篇已经不在审核里了。"))
    access.authorize(by, Permission.Submission.REVIEW, submission)
    own = whose.turn(by, submission)
    if own is None or own.id != station.id:
        raise NotPermitted
    return submission


def settled(station: ReviewStation) -> Text:
    """What became of a turn, in words; empty while somebody is still asked."""
    if station.decision is None:
        return ""
    who = session().get_one(Person, station.decided_by_id).shown_name
    if station.decision is Decision.APPROVED:
        return _("%(name)s已经通过了这一篇。", name=who)
    if station.decision is Decision.SENT_BACK:
        return _("%(name)s已经把这一篇退回去改了。", name=who)
    return _("%(name)s已经决定这一篇不采用。", name=who)


def _words(typed: str) -> str:
    said = html.normal(typed).strip()
    if len(said) > REASON_MAX:
        raise Invalid(fields={"words": _TOO_LONG})
    return said


def _decide(station: ReviewStation, decision: Decision, words: str, *, by: Actor) -> None:
    said = _words(words)
    station.decision, station.decided_by_id, station.decided_at = (
        decision,
        by.person_id,
        clock.now(),
    )
    station.reason, station.reason_html = said, str(html.plain(said))
    station.sanitiser = html.VERSION
    session().flush()


def _others_asked(station: ReviewStation, submission: Submission) -> list[ReviewStation]:
    statement = sa.select(ReviewStation).where(
        ReviewStation.submission_id == submission.id,
        ReviewStation.revision == station.revision,
        ReviewStation.begun_at.is_not(None),
    )
    return list(session().scalars(statement))


def delegate(station: ReviewStation, to: Person, *, by: Actor) -> None:
    """Leave one's turn to a colleague of the same place, who was not its author and is not near to a child.

    Raises ``Invalid`` for the field ``to``.
    """
    with transaction() as current:
        submission = _held(station, by)
        access.authorize(by, Permission.Submission.DELEGATE, submission)
        able = {person.id for person in whose.colleagues(station, submission)}
        if to.id not in able - {by.person_id}:
            raise Invalid(fields={"to": _l("从同一个地方的老师和书记里选一位。")})
        noticing.settled(station)
        station.delegate_id = to.id
        current.flush()
        trail.write(submission, "left review to another", by=by, reason=to.shown_name)
        noticing.waits(station, submission)


def take_back(station: ReviewStation, *, by: Actor) -> None:
    """Have one's turn again, which a colleague was left; the colleague gives it back the same way."""
    with transaction() as current:
        submission = session().get_one(Submission, station.submission_id)
        lock(submission)
        session().refresh(station)
        if station.decision is not None or station.delegate_id is None:
            raise IllegalMove(settled(station) or None)
        holds = station.unit_id in by.units(*whose.OFFICES)
        if not (holds or station.delegate_id == by.person_id):
            raise NotPermitted
        noticing.settled(station)
        station.delegate_id = None
        current.flush()
        trail.write(submission, "took review back", by=by)
        noticing.waits(station, submission)


def step_aside(student: Person, *, by: Actor) -> Recusal:
    """Say that one is near to a child: what is theirs is looked at by somebody else from now on.

    What waits for nobody by it goes on at once. The child must be one whom the person's office answers
    for, or stand in a piece that waits for them.
    """
    access.authorize(by, Permission.Submission.STEP_ASIDE)
    if student.kind is not PersonKind.STUDENT or not _meets(student, by):
        raise NotFound
    with transaction() as current:
        known = current.scalar(
            sa.select(Recusal).where(
                Recusal.staff_id == by.person_id, Recusal.student_id == student.id
            )
        )
        if known is None:
            known = Recusal(staff_id=by.person_id, student_id=student.id)
            current.add(known)
        elif known.ended_at is not None:
            known.said_at, known.ended_at = clock.now(), None
        current.flush()
        trail.write(student, "stepped aside", by=by)
        for submission in _of_student(student):
            stations.fall(submission)
    return known


def come_back(recusal: Recusal, *, by: Actor) -> None:
    """Take it back. What went to somebody else in the meantime stays with them."""
    access.authorize(by, Permission.Submission.STEP_ASIDE)
    with transaction() as current:
        held = current.get_one(Recusal, recusal.id)
        if held.staff_id != by.person_id:
            raise NotPermitted
        if held.ended_at is None:
            held.ended_at = clock.now()
            student = current.get_one(Person, held.student_id)
            trail.write(student, "no longer steps aside", by=by)


def _meets(student: Person, by: Actor) -> bool:
    """Whether the child stands in a piece that was this person's to look at."""
    statement = (
        access.visible(Submission, by)
        .join(SubmissionParty, SubmissionParty.submission_id == Submission.id)
        .where(SubmissionParty.person_id == student.id)
    )
    return any(
        access.may(by, Permission.Submission.SEE_HISTORY, each)
        for each in session().scalars(statement)
    )


def _of_student(student: Person) -> list[Submission]:
    statement = (
        sa.select(Submission)
        .join(SubmissionParty, SubmissionParty.submission_id == Submission.id)
        .where(SubmissionParty.person_id == student.id, Submission.state.in_(whose.UNDER_REVIEW))
        .order_by(Submission.id)
    )
    return list(session().scalars(statement))
