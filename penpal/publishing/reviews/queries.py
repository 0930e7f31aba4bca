"""Selects over stations: those of a piece, those that wait for somebody, those that are late below a place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from penpal.accounts.models import Role, RoleGrant
from penpal.accounts.predicates import SECRETARIES
from penpal.accounts.queries import within
from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import Submission, SubmissionPart, SubmissionParty
from penpal.publishing.reviews import whose
from penpal.publishing.reviews.models import Decision, PathRule, Recusal, ReviewStation

_NEXT_BELOW = {
    Level.SCHOOL: (Level.CLASS,),
    Level.COUNTY: (Level.SCHOOL, Level.CLASS),
    Level.PREFECTURE: (Level.SCHOOL, Level.CLASS),
    Level.PROVINCE: (Level.COUNTY, Level.PREFECTURE),
    Level.CENTRE: (Level.PROVINCE,),
}
"""Whose lateness is shown at each level: of those right below it."""


def standing(submission: Submission) -> list[ReviewStation]:
    """The stations of the present revision, in their order, with their places."""
    return stations_of(submission, submission.revision)


def stations_of(submission: Submission, revision: int) -> list[ReviewStation]:
    statement = (
        sa.select(ReviewStation)
        .options(joinedload(ReviewStation.unit), joinedload(ReviewStation.decided_by))
        .where(ReviewStation.submission_id == submission.id, ReviewStation.revision == revision)
        .order_by(ReviewStation.round, ReviewStation.id)
    )
    return list(session().scalars(statement))


def waiting(actor: Actor) -> sa.Select[ReviewStation]:
    """The stations at which this person is to look now."""
    return whose.turns().where(whose.waits_for(actor))


def listed(actor: Actor, *, most: int) -> list[ReviewStation]:
    """What waits for somebody with its piece and its author, what is due first on top."""
    statement = (
        waiting(actor)
        .options(
            contains_eager(ReviewStation.submission).options(
                joinedload(Submission.author),
                selectinload(Submission.parties).joinedload(SubmissionParty.person),
            ),
            contains_eager(ReviewStation.unit),
        )
        .order_by(ReviewStation.due_at, ReviewStation.id)
        .limit(most)
    )
    return list(session().scalars(statement).unique())


def sent_back_before(submission: Submission) -> ReviewStation | None:
    """Who sent the revision before this one back, and why; None for a first one."""
    return session().scalar(
        sa.select(ReviewStation)
        .options(joinedload(ReviewStation.decided_by))
        .where(
            ReviewStation.submission_id == submission.id,
            ReviewStation.revision == submission.revision - 1,
            ReviewStation.decision == Decision.SENT_BACK,
        )
        .limit(1)
    )


def parts_before(submission: Submission) -> dict[int, SubmissionPart]:
    """The frozen texts of the revision before, by their place."""
    return {
        part.position: part
        for part in submission.parts
        if part.revision == submission.revision - 1 and part.frozen_at is not None
    }


class Late(NamedTuple):
    """A place whose turn has been over for a while: how many pieces, and since when the oldest."""

    unit: Unit
    pieces: int
    since: datetime


def late_below(actor: Actor, *, most: int = 100) -> list[Late]:
    """Places right below one's own where a piece waits longer than it was given, the latest first."""
    ways = [
        sa.and_(
            within(Unit.path, [grant.path]),
            Unit.id != grant.unit_id,
            Unit.level.in_(_NEXT_BELOW[level]),
        )
        for grant in actor.grants
        if grant.role in whose.OFFICES
        and (level := _levels(actor).get(grant.unit_id)) in _NEXT_BELOW
    ]
    if not ways:
        return []
    oldest = sa.func.min(ReviewStation.due_at)
    statement = (
        sa.select(Unit.id, sa.func.count(), oldest)
        .join(ReviewStation, ReviewStation.unit_id == Unit.id)
        .join(Submission, Submission.id == ReviewStation.submission_id)
        .where(whose.is_waiting(), ReviewStation.due_at < clock.now(), sa.or_(*ways))
        .group_by(Unit.id)
        .order_by(oldest, Unit.id)
        .limit(most)
    )
    counted = session().execute(statement).all()
    units = {
        unit.id: unit
        for unit in session().scalars(
            sa.select(Unit).where(Unit.id.in_([row[0] for row in counted]))
        )
    }
    return [Late(units[row[0]], row[1], row[2]) for row in counted if row[2] is not None]


def _levels(actor: Actor) -> dict[int, Level]:
    ids = actor.units(*whose.OFFICES)
    return dict(session().execute(sa.select(Unit.id, Unit.level).where(Unit.id.in_(ids))).all())


def recusals_of(actor: Actor) -> list[Recusal]:
    """The children to whom somebody said that they are near, with them."""
    statement = access.visible(Recusal, actor).where(Recusal.ended_at.is_(None))
    return list(session().scalars(statement.order_by(Recusal.id)))


def waiting_count(actor: Actor) -> tuple[int, int]:
    """How many pieces wait for somebody, and how many of them for too long."""
    over = sa.case((ReviewStation.due_at < clock.now(), 1), else_=0)
    statement = waiting(actor).with_only_columns(
        sa.func.count(), sa.func.coalesce(sa.func.sum(over), 0)
    )
    count, late = session().execute(statement).one()
    return count, late


def led_by(actor: Actor) -> list[Unit]:
    """The places of which somebody is secretary, the highest first."""
    ids = actor.units(*SECRETARIES)
    statement = sa.select(Unit).where(Unit.id.in_(ids)).order_by(sa.func.length(Unit.path), Unit.id)
    return list(session().scalars(statement))


def rules_at(unit: Unit) -> dict[int, PathRule]:
    """What is set at a place itself, by the programme."""
    statement = sa.select(PathRule).where(PathRule.unit_id == unit.id)
    return {rule.programme_id: rule for rule in session().scalars(statement)}


def editors_among(person_ids: Collection[int]) -> set[int]:
    """Those of these people who are or were editors."""
    statement = sa.select(RoleGrant.person_id).where(
        RoleGrant.person_id.in_(person_ids), RoleGrant.role == Role.EDITOR
    )
    return set(session().scalars(statement))
