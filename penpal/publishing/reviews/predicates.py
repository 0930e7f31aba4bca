"""Small named facts about who asks and who has to look at a piece."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.predicates import SECRETARIES, SYSTEM
from penpal.kernel.access import Actor, fact
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import Submission, SubmissionParty
from penpal.publishing.reviews import whose
from penpal.publishing.reviews.models import Decision, Recusal, ReviewStation

ABOVE_SCHOOLS = SECRETARIES[1:]


@fact("", *whose.OFFICES)
def looks_at_pieces(actor: Actor, _record: object) -> bool:
    """Holds an office whose turn can come."""
    return actor.is_staff and bool(actor.units(*whose.OFFICES))


@fact(_l("轮到自己看的投稿"), *whose.OFFICES)
def is_ones_turn(actor: Actor, submission: Submission) -> bool:
    return whose.turn(actor, submission) is not None


@fact(_l("轮到过自己看的投稿"), *whose.OFFICES)
def had_turn(actor: Actor, submission: Submission) -> bool:
    """Was asked to look at it once, by an office that they still hold, or decided about it."""
    if not looks_at_pieces(actor, submission):
        return False
    statement = sa.exists().where(
        ReviewStation.submission_id == submission.id,
        ReviewStation.begun_at.is_not(None),
        sa.or_(
            ReviewStation.unit_id.in_(actor.units(*whose.OFFICES)),
            ReviewStation.delegate_id == actor.person_id,
            ReviewStation.decided_by_id == actor.person_id,
        ),
    )
    return session().scalar(sa.select(statement)) is True


@fact(_l("该看的人都同意了的投稿"), SYSTEM)
def is_approved(_actor: Actor, submission: Submission) -> bool:
    """Everybody who has to look at the present revision approved, and each of them was free to."""
    of_it = (
        ReviewStation.submission_id == submission.id,
        ReviewStation.revision == submission.revision,
    )
    is_near = sa.exists().where(
        Recusal.staff_id == ReviewStation.decided_by_id,
        Recusal.student_id == SubmissionParty.person_id,
        SubmissionParty.submission_id == submission.id,
        Recusal.said_at <= ReviewStation.decided_at,
        sa.or_(Recusal.ended_at.is_(None), Recusal.ended_at > ReviewStation.decided_at),
    )
    is_party = sa.exists().where(
        SubmissionParty.submission_id == submission.id,
        SubmissionParty.person_id == ReviewStation.decided_by_id,
    )
    fails = sa.or_(
        ReviewStation.decision.is_(None),
        ReviewStation.decision != Decision.APPROVED,
        ReviewStation.decided_by_id.is_(None),
        ReviewStation.decided_by_id == submission.author_id,
        is_near,
        is_party,
    )
    any_of_it = sa.exists().where(*of_it)
    any_against = sa.exists().where(*of_it, fails)
    return session().scalar(sa.select(sa.and_(any_of_it, sa.not_(any_against)))) is True


@fact(_l("自己管的、学校以上的地方"), *ABOVE_SCHOOLS)
def leads_above_schools(actor: Actor, unit: Unit) -> bool:
    """Sets the way of pieces for a place that they hold themselves."""
    return unit.level not in (Level.SCHOOL, Level.CLASS) and unit.id in actor.units(*ABOVE_SCHOOLS)
