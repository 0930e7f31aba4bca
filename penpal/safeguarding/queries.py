"""Selects over reports."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.safeguarding.models import Addressee, Report
from penpal.safeguarding.states import ReportState


def visible_to(actor: Actor) -> sa.Select[Report]:
    """One's own; for a teacher what was told to them; for the school secretary all of the school.

    What went past the school is the county secretary's alone.
    """
    statement = sa.select(Report)
    if actor.kind == "system":
        return statement
    taught, led, overseen = (
        sa.select(Unit.id).where(people.within(Unit.path, actor.tops(role)))
        for role in (Role.TEACHER, Role.SCHOOL_SECRETARY, Role.COUNTY_SECRETARY)
    )
    return statement.where(
        sa.or_(
            Report.reporter_id == actor.person_id,
            sa.and_(Report.class_id.in_(taught), Report.addressee == Addressee.TEACHER),
            sa.and_(Report.class_id.in_(led), Report.addressee != Addressee.ABOVE),
            sa.and_(Report.class_id.in_(overseen), Report.addressee == Addressee.ABOVE),
        )
    )


def told_by(actor: Actor) -> list[Report]:
    """What this student told, newest first, with what came of it."""
    statement = (
        sa.select(Report)
        .where(Report.reporter_id == actor.person_id)
        .order_by(Report.id.desc())
        .limit(20)
    )
    return list(session().scalars(statement))


def waiting_for(actor: Actor) -> list[Report]:
    """What a member of staff has to answer, oldest first."""
    statement = (
        visible_to(actor)
        .options(
            joinedload(Report.reporter), joinedload(Report.class_), joinedload(Report.taken_by)
        )
        .where(Report.state != ReportState.ANSWERED, Report.reporter_id != actor.person_id)
        .order_by(Report.id)
        .limit(100)
    )
    return list(session().scalars(statement))


def answered_by_staff(actor: Actor) -> list[Report]:
    """What a member of staff may look back at, newest first."""
    statement = (
        visible_to(actor)
        .options(
            joinedload(Report.reporter), joinedload(Report.class_), joinedload(Report.taken_by)
        )
        .where(Report.state == ReportState.ANSWERED, Report.reporter_id != actor.person_id)
        .order_by(Report.id.desc())
        .limit(20)
    )
    return list(session().scalars(statement))


def count_waiting(actor: Actor) -> int:
    statement = visible_to(actor).where(
        Report.state != ReportState.ANSWERED, Report.reporter_id != actor.person_id
    )
    return session().scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0


def of_key(actor: Actor, key: str) -> Report | None:
    return session().scalar(
        sa.select(Report).where(Report.reporter_id == actor.person_id, Report.key == key)
    )
