"""School hours: when somebody is there, and when a number of such hours will have passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.places import rest
from penpal.places.events import HoursChanged
from penpal.places.hours_models import CLOSES, DAY, OPENS, REPLY_DAYS, SchoolHours
from penpal.places.models import Unit
from penpal.places.rest import Day, Period, Rest

FREE_MAX = 12
"""Holidays that a school names."""
_FARTHEST = 400
"""Days that are looked at: after them a plan that has no open hour counts by the clock."""

TERMS_MAX = 6
SPANS_MAX = 3
"""Hours of chat on one kind of day."""
LONGEST_QUIET = 14 * 60
"""Minutes: a letter waits no longer than a night."""
ZONES = ("Asia/Shanghai", "Asia/Urumqi")
"""The clocks by which schools go; those of Xinjiang may keep either."""


@dataclass(frozen=True)
class Plan:
    """When a school is open. ``weekdays`` are ISO numbers, ``free`` days on which nobody is there.

    ``terms`` may be left out; where they are named, nobody is there between them either.
    """

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    opens: int = OPENS
    closes: int = CLOSES
    zone: ZoneInfo = clock.CHINA
    terms: tuple[Period, ...] = ()
    free: tuple[Period, ...] = ()
    reply_days: int = REPLY_DAYS

    def is_open_on(self, day: date) -> bool:
        return (
            day.isoweekday() in self.weekdays
            and not rest.holds(self.free, day)
            and not self._is_between_terms(day)
        )

    def _is_between_terms(self, day: date) -> bool:
        """After the last term that was named it is not known, and a report is due the sooner for it."""
        return any(day <= last for _first, last in self.terms) and not rest.holds(self.terms, day)

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
        terms=rest.periods(kept.terms),
        free=rest.periods(kept.free),
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
        kept = _row(school)
        school.time_zone = plan.zone.key
        kept.weekdays = "".join(str(day) for day in sorted(plan.weekdays))
        kept.opens, kept.closes = plan.opens, plan.closes
        kept.terms, kept.free = _stored(plan.terms), _stored(plan.free)
        kept.reply_days = plan.reply_days
        trail.write(school, "set school hours", by=by)
        announce(current, HoursChanged(school.id))


def keep_rest(school: Unit, wanted: Rest, *, by: Actor) -> None:
    """Set a school's quiet hours, and when its children may chat; of ``wanted`` nothing else is read."""
    access.authorize(by, Permission.Unit.KEEP_HOURS, school)
    _check_rest(wanted)
    with transaction() as current:
        kept = _row(school)
        kept.quiet_from, kept.quiet_until = wanted.quiet_from, wanted.quiet_until
        kept.chat_on = wanted.chat_on
        kept.chat = [[kind.value, begins, ends] for kind, begins, ends in sorted(wanted.chat)]
        trail.write(school, "set rest hours", by=by)
        announce(current, HoursChanged(school.id))


def _row(school: Unit) -> SchoolHours:
    kept = session().get(SchoolHours, school.id)
    if kept is None:
        kept = SchoolHours(school_id=school.id)
        session().add(kept)
    return kept


def _stored(periods: tuple[Period, ...]) -> list[list[str]]:
    return [[first.isoformat(), last.isoformat()] for first, last in sorted(periods)]


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
    if len(plan.terms) > TERMS_MAX:
        problems["terms"] = _l("最多写 6 个学期。过去的可以删掉。")
    if any(last < first for first, last in plan.terms):
        problems["terms"] = _l("学期的最后一天不能早于第一天。")
    ends = sorted(plan.terms)
    if any(following[0] <= term[1] for term, following in pairwise(ends)):
        problems["terms"] = _l("两个学期不能重叠。")
    if not 3 <= plan.reply_days <= 90:
        problems["reply_days"] = _l("写 3 到 90 天。")
    if problems:
        raise Invalid(fields=problems)


def _check_rest(wanted: Rest) -> None:
    problems: dict[str, object] = {}
    if (wanted.quiet_until - wanted.quiet_from) % DAY > LONGEST_QUIET:
        problems["quiet_until"] = _l("休息时间最长 14 个小时。")
    for kind in Day:
        spans = [(begins, ends) for day, begins, ends in wanted.chat if day is kind]
        if len(spans) > SPANS_MAX:
            problems[f"chat_{kind.value}"] = _l("一种日子最多写 3 段。")
        if any(not 0 <= begins < ends <= DAY for begins, ends in spans):
            problems[f"chat_{kind.value}"] = _l("每一段的结束要晚于开始。")
    if wanted.chat_on and not any(wanted.spans(kind) for kind in Day) and not problems:
        problems["chat_on"] = _l("打开聊天，至少要写一段休息时间以外的时间。")
    if problems:
        raise Invalid(fields=problems)
