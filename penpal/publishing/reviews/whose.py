"""Whose turn it is: a station waits for whoever holds its office, or for whom they left it to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from penpal.accounts.models import Person, Role, RoleGrant
from penpal.accounts.office_queries import running
from penpal.accounts.predicates import SECRETARIES
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import Submission, SubmissionParty
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews.models import Recusal, ReviewStation

OFFICES = (Role.TEACHER.value, *SECRETARIES)
"""Those whose holders look at pieces: of a class its teacher, of any place above it its secretary."""
UNDER_REVIEW = (SubmissionState.WITH_TEACHER, SubmissionState.WITH_SECRETARY)


def waits_for(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL for: this station of this submission waits for this person now.

    The select that it narrows joins ``ReviewStation``, its submission and its unit.
    """
    if not actor.is_staff or actor.person_id is None:
        return sa.false()
    in_office = sa.and_(
        ReviewStation.delegate_id.is_(None), ReviewStation.unit_id.in_(actor.units(*OFFICES))
    )
    house = sa.case((Unit.level == Level.CLASS, Unit.parent_id), else_=Unit.id)
    was_left_it = sa.and_(
        ReviewStation.delegate_id == actor.person_id, house.in_(_houses(actor) or [0])
    )
    return sa.and_(
        is_waiting(),
        sa.or_(in_office, was_left_it),
        Submission.author_id != actor.person_id,
        sa.not_(_is_near(sa.literal(actor.person_id))),
    )


def is_waiting() -> sa.ColumnElement[bool]:
    """SQL for: somebody is asked to look, and has not decided."""
    return sa.and_(
        ReviewStation.decision.is_(None),
        ReviewStation.begun_at.is_not(None),
        ReviewStation.revision == Submission.revision,
        ReviewStation.round == Submission.station,
        Submission.state.in_(UNDER_REVIEW),
    )


def turns() -> sa.Select[ReviewStation]:
    """Stations with what ``waits_for`` and ``is_waiting`` ask about."""
    return (
        sa.select(ReviewStation)
        .join(Submission, Submission.id == ReviewStation.submission_id)
        .join(Unit, Unit.id == ReviewStation.unit_id)
    )


def turn(actor: Actor, submission: Submission) -> ReviewStation | None:
    """The station at which this person is to look at this piece now; None where there is none."""
    statement = (
        turns()
        .where(ReviewStation.submission_id == submission.id, waits_for(actor))
        .order_by(ReviewStation.id)
        .limit(1)
    )
    return session().scalar(statement)


def _is_near(person_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """SQL for: somebody said that they are near to a child who stands in this piece."""
    return (
        sa.exists()
        .where(
            Recusal.staff_id == person_id,
            Recusal.ended_at.is_(None),
            Recusal.student_id == SubmissionParty.person_id,
            SubmissionParty.submission_id == Submission.id,
        )
        .correlate(Submission)
    )


def _houses(actor: Actor) -> list[int]:
    """The schools and places at which somebody holds an office: of a class its school."""
    taught = [places.ids_on(path)[-2:-1] for path in actor.tops(Role.TEACHER.value)]
    return [*actor.units(*SECRETARIES), *(school for above in taught for school in above)]


def holders(submission: Submission, unit_ids: Collection[int]) -> dict[int, list[int]]:
    """Who could decide about this piece at each of these places, by the place; where nobody could, nothing.

    Not its author, and nobody who is near to a child in it.
    """
    near = (
        sa.select(Recusal.staff_id)
        .join(SubmissionParty, SubmissionParty.person_id == Recusal.student_id)
        .where(SubmissionParty.submission_id == submission.id, Recusal.ended_at.is_(None))
    )
    statement = (
        sa.select(RoleGrant.unit_id, RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.unit_id.in_(sorted(unit_ids)),
            RoleGrant.role.in_(OFFICES),
            running(),
            Person.disabled_at.is_(None),
            Person.id != submission.author_id,
            Person.id.not_in(near),
        )
        .order_by(RoleGrant.id)
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for unit_id, person_id in session().execute(statement):
        if person_id not in found[unit_id]:
            found[unit_id].append(person_id)
    return dict(found)


def colleagues(station: ReviewStation, submission: Submission) -> list[Person]:
    """Whom a turn can be left to: those with an office at the same place, in a school at any of its classes."""
    unit = station.unit
    house = unit.parent if unit.level is Level.CLASS else unit
    assert house is not None
    within = [house.id]
    if house.level is Level.SCHOOL:
        within += session().scalars(
            sa.select(Unit.id).where(Unit.parent_id == house.id, Unit.level == Level.CLASS)
        )
    able = {person for people in holders(submission, within).values() for person in people}
    statement = sa.select(Person).where(Person.id.in_(able)).order_by(Person.id)
    return list(session().scalars(statement))


def is_with_editor(submission: Submission) -> bool:
    return submission.state is SubmissionState.WITH_EDITOR
