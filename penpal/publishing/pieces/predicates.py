"""Small facts about a piece and who asks."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, Role
from penpal.accounts.predicates import (
    SCHOOL_STAFF,
    SECRETARIES,
    STAFF,
    STUDENT,
    SYSTEM,
    WAITING_STUDENT,
    holds_over,
)
from penpal.consent.predicates import GUARDIAN
from penpal.kernel import access, clock
from penpal.kernel.access import Actor, fact
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.publishing.pieces import clearance
from penpal.publishing.pieces.models import (
    Submission,
    SubmissionLink,
    SubmissionParty,
)
from penpal.publishing.pieces.states import SubmissionState

ANYONE = (STUDENT, WAITING_STUDENT, *STAFF, GUARDIAN, SYSTEM)
STORY_LEVELS = (Level.SCHOOL, Level.COUNTY, Level.PREFECTURE, Level.PROVINCE)
STORY_LEADERS = tuple(role for role in SECRETARIES if role != Role.CENTRE_SECRETARY.value)
"""The centre tells nobody's story: it prints them."""
STORY_TELLERS = (Role.TEACHER.value, *STORY_LEADERS)
READERS = (Role.TEACHER.value, *SECRETARIES, Role.EDITOR.value)
"""To whom a piece can come."""


def _stands_in(submission: Submission, person_id: int | None) -> bool:
    return person_id is not None and person_id in [p.person_id for p in submission.parties]


@fact(_l("里面有自己的"), STUDENT, WAITING_STUDENT)
def stands_in_it(actor: Actor, submission: Submission) -> bool:
    return actor.is_student and _stands_in(submission, actor.person_id)


@fact(_l("自己投的"), STUDENT, WAITING_STUDENT)
def wrote_it(actor: Actor, submission: Submission) -> bool:
    return actor.is_student and submission.author_id == actor.person_id


@fact(_l("自己投的"), *STORY_TELLERS)
def sent_it_in(actor: Actor, submission: Submission) -> bool:
    """By staff, of their school or county, while they hold an office there."""
    return submission.author_id == actor.person_id and bool(actor.tops(*STORY_TELLERS))


@fact(_l("还在问里面的同学"), *ANYONE)
def is_being_asked(_actor: Actor, submission: Submission) -> bool:
    return submission.state is SubmissionState.ASKING


@fact(_l("轮到自己回答"), STUDENT)
def is_asked_oneself(actor: Actor, submission: Submission) -> bool:
    """One's own yes to the present copy is missing."""
    if not actor.is_student or submission.state is not SubmissionState.ASKING:
        return False
    return any(
        one.giver == "student" and one.what is clearance.What.PIECE
        for one in clearance.of(submission).of(actor.person_id or 0)
    )


@fact(_l("已经退回来了"), *ANYONE)
def is_sent_back(_actor: Actor, submission: Submission) -> bool:
    return submission.state is SubmissionState.SENT_BACK


@fact(_l("里面的同学都答应了"), *READERS)
def is_shown_to_staff(actor: Actor, submission: Submission) -> bool:
    """It exists for whoever asks, and is neither waiting for a child's yes nor taken back."""
    if not actor.tops(*READERS) or submission.state in HIDDEN_FROM_STAFF:
        return False
    found = access.visible(Submission, actor).where(Submission.id == submission.id)
    return session().scalar(found.with_only_columns(Submission.id)) is not None


HIDDEN_FROM_STAFF = (SubmissionState.ASKING, SubmissionState.WITHDRAWN)
"""In which no member of staff reads a child's words: not agreed to yet, or taken back."""


@fact(_l("里面有自己负责的学生"), *SCHOOL_STAFF)
def answers_for_a_party(actor: Actor, submission: Submission) -> bool:
    if not actor.is_staff:
        return False
    return any(answers_for_student(actor, party.person) for party in submission.parties)


@fact(_l("自己负责的学生"), *SCHOOL_STAFF)
def answers_for_student(actor: Actor, student: Person) -> bool:
    """Teacher of the student's class, or secretary of the school."""
    return any(
        holds_over(actor, row.class_.path, Role.TEACHER, Role.SCHOOL_SECRETARY)
        for row in student.enrolments
        if row.until is None
    )


@fact(_l("自己的学校或者地方"), *STORY_TELLERS)
def speaks_for(actor: Actor, unit: Unit) -> bool:
    """A secretary of the place, or a teacher of the school."""
    if unit.level not in STORY_LEVELS:
        return False
    if any(unit.id == one for one in actor.units(*STORY_LEADERS)):
        return True
    return unit.level is Level.SCHOOL and any(
        top.startswith(unit.path) for top in actor.tops(Role.TEACHER)
    )


@fact(_l("凭这篇稿子的链接"), GUARDIAN)
def holds_piece_link(actor: Actor, link: SubmissionLink) -> bool:
    """Of the present copy, not answered yet."""
    return (
        actor.kind == GUARDIAN
        and link.used_at is None
        and link.ended_at is None
        and link.expires_at > clock.now()
        and link.revision == link.party.submission.revision
    )


@fact(_l("凭这篇稿子的链接"), GUARDIAN)
def is_guardian_of_a_party(actor: Actor, submission: Submission) -> bool:
    """Somebody was given a link to it; the service knows that it is theirs."""
    if actor.kind != GUARDIAN:
        return False
    found = session().scalar(
        sa.select(SubmissionLink.id)
        .join(SubmissionParty, SubmissionParty.id == SubmissionLink.party_id)
        .where(SubmissionParty.submission_id == submission.id)
        .limit(1)
    )
    return found is not None


@fact(_l("该同意的人都同意了"), *ANYONE)
def is_cleared(_actor: Actor, submission: Submission) -> bool:
    """Children, guardians and ledger, for this very copy, at this moment."""
    return clearance.of(submission).is_clear
