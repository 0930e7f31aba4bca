"""Selects over reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role, RoleGrant
from penpal.kernel.access import Actor
from penpal.kernel.db import session, this_day
from penpal.kernel.errors import NotFound
from penpal.places.models import Level, Unit
from penpal.safeguarding.models import LEVELS, Addressee, LegalReport, Report, ReportKind
from penpal.safeguarding.states import OPEN, ReportState

_ROWS = (
    joinedload(Report.reporter),
    joinedload(Report.class_),
    joinedload(Report.taken_by),
    selectinload(Report.by_law).joinedload(LegalReport.recorded_by),
)
"""What a page of staff shows of a report."""


def visible_to(actor: Actor) -> sa.Select[Report]:
    """One's own; for a teacher what was told to them; for the school secretary all of the school.

    What went past the school is the county secretary's alone, and what went past somebody is not
    theirs in any other office.
    """
    statement = sa.select(Report)
    if actor.kind == "system":
        return statement
    return statement.where(sa.or_(Report.reporter_id == actor.person_id, _addressed(actor)))


def addressed_to(actor: Actor) -> sa.Select[Report]:
    """Those that the actor looks after as staff, never their own."""
    return sa.select(Report).where(_addressed(actor), Report.reporter_id != actor.person_id)


def by_law_visible_to(actor: Actor) -> sa.Select[LegalReport]:
    """For whoever looks after the report."""
    statement = sa.select(LegalReport)
    if actor.kind == "system":
        return statement
    return statement.where(
        LegalReport.report_id.in_(addressed_to(actor).with_only_columns(Report.id))
    )


def _addressed(actor: Actor) -> sa.ColumnElement[bool]:
    taught, led, overseen = (
        sa.select(Unit.id).where(people.within(Unit.path, actor.tops(role)))
        for role in (Role.TEACHER, Role.SCHOOL_SECRETARY, Role.COUNTY_SECRETARY)
    )
    return sa.or_(
        sa.and_(
            Report.addressee == Addressee.TEACHER,
            sa.or_(Report.class_id.in_(taught), Report.class_id.in_(led)),
        ),
        sa.and_(
            Report.addressee == Addressee.SCHOOL_SECRETARY,
            Report.class_id.in_(led),
            Report.class_id.not_in(taught),
        ),
        sa.and_(
            Report.addressee == Addressee.ABOVE,
            Report.class_id.in_(overseen),
            Report.class_id.not_in(_in_ones_schools(actor)),
        ),
    )


def is_looked_after() -> sa.ColumnElement[bool]:
    """SQL for: whoever took this report holds an office over the child's class today."""
    class_, over = aliased(Unit), aliased(Unit)
    offices = (Role.TEACHER, Role.SCHOOL_SECRETARY, Role.COUNTY_SECRETARY)
    return (
        sa.exists()
        .where(
            RoleGrant.person_id == Report.taken_by_id,
            Person.id == RoleGrant.person_id,
            over.id == RoleGrant.unit_id,
            class_.id == Report.class_id,
            class_.path.startswith(over.path),
            RoleGrant.role.in_(offices),
            RoleGrant.since <= this_day(),
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= this_day()),
            Person.disabled_at.is_(None),
        )
        .correlate(Report)
    )


def _in_ones_schools(actor: Actor) -> sa.Select[int]:
    """The classes of the schools in which somebody holds an office, whichever it is."""
    above = {int(part) for grant in actor.grants for part in grant.path.split("/") if part}
    school = aliased(Unit)
    return (
        sa.select(Unit.id)
        .join(school, school.id == Unit.parent_id)
        .where(school.level == Level.SCHOOL, school.id.in_(above))
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
    """What a member of staff has to answer; first what is due first."""
    statement = (
        addressed_to(actor)
        .options(*_ROWS)
        .where(Report.state.in_(OPEN))
        .order_by(Report.due_at, Report.id)
        .limit(100)
    )
    return list(session().scalars(statement))


def answered_by_staff(actor: Actor) -> list[Report]:
    """What a member of staff may look back at, newest first."""
    statement = (
        addressed_to(actor)
        .options(*_ROWS)
        .where(Report.state == ReportState.ANSWERED)
        .order_by(Report.id.desc())
        .limit(20)
    )
    return list(session().scalars(statement))


def count_waiting(actor: Actor) -> int:
    return session().scalar(_count_waiting(actor.standing)) or 0


@lru_cache(maxsize=256)
def _count_waiting(actor: Actor) -> sa.Select[int]:
    """Every page of staff asks; to build the statement takes ten times what the database needs."""
    statement = addressed_to(actor).where(Report.state.in_(OPEN))
    return sa.select(sa.func.count()).select_from(statement.subquery())


def of_key(actor: Actor, key: str) -> Report | None:
    return session().scalar(
        sa.select(Report).where(Report.reporter_id == actor.person_id, Report.key == key)
    )


def running_worry(person_id: int) -> Report | None:
    return session().scalar(
        sa.select(Report).where(
            Report.reporter_id == person_id,
            Report.kind == ReportKind.WORRY,
            Report.state.in_(OPEN),
        )
    )


def overdue(now: datetime) -> list[Report]:
    """Those that wait too long, wherever they lie."""
    statement = (
        sa.select(Report)
        .options(joinedload(Report.class_))
        .where(Report.state.in_(OPEN), Report.due_at < now)
        .order_by(Report.id)
    )
    return list(session().scalars(statement))


@dataclass(frozen=True, slots=True)
class Late:
    """What a level above learns of a report that waits: where and since when, and no more."""

    id: int
    school: str
    due_at: datetime
    reminded_at: datetime | None


def late_below(actor: Actor) -> list[Late]:
    """What was raised to the actor's own level, oldest first; neither words nor names."""
    school = aliased(Unit)
    statement = (
        sa.select(Report.id, school.name, Report.due_at, Report.reminded_at)
        .join(Unit, Unit.id == Report.class_id)
        .join(school, school.id == Unit.parent_id)
        .where(Report.state.in_(OPEN), _raised_to(actor))
        .order_by(Report.due_at)
        .limit(100)
    )
    return [Late(*row) for row in session().execute(statement)]


def count_late(actor: Actor) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(Report)
        .join(Unit, Unit.id == Report.class_id)
        .where(Report.state.in_(OPEN), _raised_to(actor))
    )
    return session().scalar(statement) or 0


def raised(actor: Actor, report_id: int) -> Report:
    """One of those, to be reminded of. Any other is not there: ``NotFound``."""
    statement = (
        sa.select(Report)
        .join(Unit, Unit.id == Report.class_id)
        .where(Report.id == report_id, Report.state.in_(OPEN), _raised_to(actor))
    )
    report = session().scalar(statement)
    if report is None:
        raise NotFound
    return report


def _raised_to(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.false(),
        *(
            sa.and_(Report.raised_to == level, people.within(Unit.path, actor.tops(*roles)))
            for level, roles in LEVELS.items()
        ),
    )
