"""School hours: when somebody is there, and when a number of such hours will have passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places.hours_models import CLOSES, OPENS, REPLY_DAYS, SchoolHours
from penpal.places.models import Unit

FREE_MAX = 12
"""Holidays that a school names."""
_FARTHEST = 400
"""Days that are looked at: after them a plan that has no open hour counts by the clock."""

Period = tuple[date, date]


@dataclass(frozen=True)
class Plan:
    """When a school is open. ``weekdays`` are ISO numbers, ``free`` days on which nobody is there."""

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    opens: int = OPENS
    closes: int = CLOSES
    zone: ZoneInfo = clock.CHINA
    free: tuple[Period, ...] = ()
    reply_days: int = REPLY_DAYS

    def is_open_on(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and not any(
            first <= day <= last for first, last in self.free
        )

    def window(self, day: date) -> tuple[datetime, datetime]:
        """Opening and closing of a day, in UTC."""
        midnight = datetime.combine(day, time(), self.zone)
        opens, closes = (midnight + timedelta(minutes=part) for part in (self.opens, self.closes))
        return opens.astimezone(UTC), closes.astimezone(UTC)


def due(start: datetime, hours: float, plan: Plan, *, within: timedelta | None = None) -> datetime:
    """When that many open hours will have passed, and never later than ``within`` by the clock.

    A holiday must not keep a child waiting, hence the second bound.
    """
    found = _after(start, timedelta(hours=hours), plan)
    return found if within is None else min(found, start + within)


def _after(start: datetime, left: timedelta, plan: Plan) -> datetime:
    first = start.astimezone(plan.zone).date()
    for number in range(_FARTHEST):
        day = first + timedelta(days=number)
        if not plan.is_open_on(day):
            continue
        opens, closes = plan.window(day)
        begins = max(opens, start)
        if begins >= closes:
            continue
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    return start + left


def of(school_id: int | None) -> Plan:
    """The plan of a school; the defaults where it has set nothing, or where there is no school."""
    school = session().get(Unit, school_id) if school_id is not None else None
    if school is None:
        return Plan()
    zone, kept = ZoneInfo(school.time_zone), session().get(SchoolHours, school.id)
    if kept is None:
        return Plan(zone=zone)
    return Plan(
        weekdays=frozenset(int(sign) for sign in kept.weekdays),
        opens=kept.opens,
        closes=kept.closes,
        zone=zone,
        free=tuple((date.fromisoformat(one), date.fromisoformat(two)) for one, two in kept.free),
        reply_days=kept.reply_days,
    )


def visible_to(actor: Actor) -> sa.Select[SchoolHours]:
    """Those of the schools within the actor's roles."""
    statement = sa.select(SchoolHours)
    if actor.kind == "system":
        return statement
    tops = [Unit.path.startswith(grant.path, autoescape=True) for grant in actor.grants]
    schools = sa.select(Unit.id).where(sa.or_(sa.false(), *tops))
    return statement.where(SchoolHours.school_id.in_(schools))


def keep(school: Unit, plan: Plan, *, by: Actor) -> None:
    """Set the hours of a school. What is already due stays due when it was."""
    access.authorize(by, Permission.Unit.KEEP_HOURS, school)
    _check(plan)
    with transaction() as current:
        kept = current.get(SchoolHours, school.id) or SchoolHours(school_id=school.id)
        kept.weekdays = "".join(str(day) for day in sorted(plan.weekdays))
        kept.opens, kept.closes = plan.opens, plan.closes
        kept.free = [[first.isoformat(), last.isoformat()] for first, last in sorted(plan.free)]
        kept.reply_days = plan.reply_days
        current.add(kept)
        trail.write(school, "set school hours", by=by)


def _check(plan: Plan) -> None:
    problems: dict[str, object] = {}
    if not plan.weekdays:
        problems["weekdays"] = _l("至少选一天。")
    if not 0 <= plan.opens < plan.closes <= 24 * 60:
        problems["closes"] = _l("放学的时间要在上学以后。")
    if len(plan.free) > FREE_MAX:
        problems["free"] = _l("最多写 12 段假期。过去的可以删掉。")
    if any(last < first for first, last in plan.free):
        problems["free"] = _l("假期的最后一天不能早于第一天。")
    if not 3 <= plan.reply_days <= 90:
        problems["reply_days"] = _l("写 3 到 90 天。")
    if problems:
        raise Invalid(fields=problems)
