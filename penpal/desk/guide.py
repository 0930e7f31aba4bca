"""The first steps of each role, ticked by what is so, never by a click."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from penpal.accounts import office_queries
from penpal.accounts.models import Activation, Enrolment, Person, Role, RoleGrant
from penpal.accounts.queries import within
from penpal.desk.staff_home import ClassRow
from penpal.kernel import clock
from penpal.kernel.access import Actor, Grant
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.programmes.models import UnitCount
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do first, and how much of it is done; ``url`` is where it is done."""

    words: str
    done: int
    of: int
    url: str = ""

    @property
    def is_done(self) -> bool:
        return self.of > 0 and self.done >= self.of


@dataclass(frozen=True)
class Guide:
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)


def of(actor: Actor, classes: list[ClassRow]) -> Guide | None:
    """What is still to do first with the offices worn; None when all is done or it was put away."""
    if not actor.grants or _put_away(actor):
        return None
    steps = tuple(step for grant in _one_each(actor) for step in _steps(grant, actor, classes))
    guide = Guide(tuple(dict.fromkeys(steps)))
    return guide if guide.steps and guide.done < len(guide.steps) else None


def _put_away(actor: Actor) -> bool:
    kept = sa.select(RoleGrant.id).where(
        RoleGrant.person_id == actor.person_id,
        RoleGrant.guide_put_away_at.is_(None),
        RoleGrant.unit_id.in_([grant.unit_id for grant in actor.grants]),
        office_queries.running(),
    )
    return session().scalar(kept.limit(1)) is None


def _one_each(actor: Actor) -> Iterator[Grant]:
    """The highest office comes with its own steps; a second one of the same role adds none."""
    seen: set[str] = set()
    for grant in actor.grants:
        if grant.role not in seen:
            seen.add(grant.role)
            yield grant


def _steps(grant: Grant, actor: Actor, classes: list[ClassRow]) -> Iterator[Step]:
    if grant.role == Role.TEACHER:
        taught = actor.tops(Role.TEACHER)
        own = [row for row in classes if row.path.startswith(tuple(taught))]
        yield from _of_teacher(own)
    elif grant.role == Role.SCHOOL_SECRETARY:
        yield from _of_school(grant, [row for row in classes if row.path.startswith(grant.path)])
    elif grant.role in (Role.COUNTY_SECRETARY,):
        yield from _of_county(grant)
    elif grant.role in (Role.PROVINCE_SECRETARY, Role.CORPS_SECRETARY):
        yield _staffed(grant, _("每个县都有团委书记"))
        yield _twinned(grant, Level.COUNTY, _("县和县的结对已经确认"))
    elif grant.role == Role.CENTRE_SECRETARY:
        yield _staffed(grant, _("每个省和兵团都有团委书记"))


def _of_teacher(classes: list[ClassRow]) -> Iterator[Step]:
    students = sum(row.students for row in classes)
    first = classes[0].id if classes else 0
    page = url_for("desk.class_page", class_id=first) if first else ""
    slips = url_for("slips.index", class_id=first) if first else ""
    yield Step(_("班里有了学生"), int(students > 0), 1, page)
    yield Step(
        _("激活卡发到每位学生手里"), _with_slips([row.path for row in classes]), students, slips
    )
    yield Step(_("学生都进来过"), sum(row.activated for row in classes), students, slips)
    yield Step(_("同意书都到了"), sum(row.consented for row in classes), students, page)
    yield Step(
        _("每位学生都有伙伴"),
        sum(row.paired for row in classes),
        students,
        url_for("twinning.board", class_id=first) if first else "",
    )


def _of_school(grant: Grant, classes: list[ClassRow]) -> Iterator[Step]:
    students = sum(row.students for row in classes)
    roster = url_for("rosters.page", school_id=grant.unit_id)
    yield Step(_("名册已经导入"), int(students > 0), 1, roster)
    yield _staffed(grant, _("每个班都有班主任"))
    yield Step(
        _("激活卡都做好了"),
        _with_slips([grant.path]),
        students,
        url_for("desk.school", school_id=grant.unit_id),
    )
    yield _twinned(grant, Level.SCHOOL, _("学校结对已经确认"))
    yield _twinned(grant, Level.CLASS, _("每个班都有结对班级"))
    yield Step(
        _("同意书都到了"),
        sum(row.consented for row in classes),
        students,
        url_for("desk.school", school_id=grant.unit_id),
    )


def _of_county(grant: Grant) -> Iterator[Step]:
    yield _twinned(grant, Level.COUNTY, _("县和县的结对已经确认"))
    yield _staffed(grant, _("每所学校都有团委书记"))
    schools = _count(grant, Level.SCHOOL)
    counted = session().scalar(
        sa.select(sa.func.count(sa.distinct(UnitCount.unit_id)))
        .join(Unit, Unit.id == UnitCount.unit_id)
        .where(Unit.level == Level.SCHOOL, within(Unit.path, [grant.path]))
    )
    yield Step(_("每所学校都报了班级数和学生数"), counted or 0, schools)
    yield _twinned(grant, Level.SCHOOL, _("每所学校都有结对学校"))


def _staffed(grant: Grant, words: str) -> Step:
    """How many of the places right below have somebody in office."""
    unit = session().get_one(Unit, grant.unit_id)
    all_ = len(office_queries.places_below(unit))
    vacant = len(office_queries.vacant_below(unit, limit=500))
    return Step(words, all_ - vacant, all_, url_for("offices.staff", unit_id=unit.id))


def _twinned(grant: Grant, level: Level, words: str) -> Step:
    """How many units of a level have a twinning that both sides confirmed."""
    tied = sa.exists().where(
        Twinning.state == TwinningState.ACTIVE,
        sa.or_(Twinning.supported_id == Unit.id, Twinning.supporting_id == Unit.id),
    )
    done = session().scalar(
        sa.select(sa.func.count())
        .select_from(Unit)
        .where(
            Unit.level == level,
            Unit.closed_on.is_(None),
            within(Unit.path, [grant.path]),
            tied,
        )
    )
    return Step(words, done or 0, _count(grant, level), url_for("twinnings.index"))


def _count(grant: Grant, level: Level) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(Unit)
        .where(Unit.level == level, Unit.closed_on.is_(None), within(Unit.path, [grant.path]))
    )
    return session().scalar(statement) or 0


def _with_slips(paths: list[str]) -> int:
    """Students who came in, or hold a slip that is good."""
    live = sa.exists().where(
        Activation.person_id == Person.id,
        Activation.used_at.is_(None),
        Activation.expires_at > clock.now(),
    )
    statement = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(
            Enrolment.until.is_(None),
            within(Unit.path, paths),
            sa.or_(Person.activated_at.is_not(None), live),
        )
    )
    return session().scalar(statement) or 0
