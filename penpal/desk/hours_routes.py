"""The hours and holidays of a school, set by its secretary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import hours
from penpal.places import queries as places
from penpal.places.hours import Plan
from penpal.places.models import Level, Unit
from penpal.places.rest import Period

blueprint = Blueprint("hours", __name__, url_prefix="/schools/<int:school_id>/hours")

MORE_ROWS = 2
"""Empty lines for further holidays."""


@blueprint.get("")
@needs(Permission.Unit.KEEP_HOURS)
def page(school_id: int) -> str:
    school = _school(school_id)
    return _page(school, hours.of(school.id))


@blueprint.post("")
@needs(Permission.Unit.KEEP_HOURS)
def keep(school_id: int) -> str | Response | tuple[str, int]:
    school = _school(school_id)
    try:
        hours.keep(school, _parse(school, request.form), by=actor())
    except Invalid as problem:
        return _page(school, hours.of(school.id), problem), problem.status
    flash(_("存好了。已经定下的时间不变，以后的求助按新的算。"), "ok")
    return redirect(url_for("hours.page", school_id=school_id))


def _school(school_id: int) -> Unit:
    school = places.load(actor(), Level.SCHOOL, school_id)
    access.authorize(actor(), Permission.Unit.KEEP_HOURS, school)
    return school


def _parse(school: Unit, fields: Mapping[str, str]) -> Plan:
    problems: dict[str, object] = {}
    opens, closes = minutes(fields.get("opens", "")), minutes(fields.get("closes", ""))
    if opens is None or closes is None:
        problems["closes"] = _l("时间这样写：08:00。")
    terms = _periods(fields, ("begins", "ends"), hours.TERMS_MAX + MORE_ROWS)
    free = _periods(fields, ("first", "last"), hours.FREE_MAX + MORE_ROWS)
    if terms is None:
        problems["terms"] = _l("每个学期写第一天和最后一天，像 2026-11-22 这样。")
    if free is None:
        problems["free"] = _l("每一段假期写第一天和最后一天，像 2026-11-22 这样。")
    zone = fields.get("zone", "")
    if zone not in {*hours.ZONES, school.time_zone}:
        problems["zone"] = _l("从这几种里选一种。")
    if problems:
        raise Invalid(fields=problems)
    assert opens is not None
    assert closes is not None
    assert terms is not None
    assert free is not None
    return Plan(
        weekdays=frozenset(day for day in range(1, 8) if fields.get(f"weekday-{day}") == "1"),
        opens=opens,
        closes=closes,
        zone=ZoneInfo(zone),
        terms=terms,
        free=free,
        reply_days=numbers.typed(fields.get("reply_days")) or 0,
    )


def _periods(
    fields: Mapping[str, str], names: tuple[str, str], rows: int
) -> tuple[Period, ...] | None:
    """The rows of two days that were filled in; None when one of them is no pair of days."""
    found = []
    for number in range(rows):
        typed = [fields.get(f"{name}-{number}", "").strip() for name in names]
        if any(typed):
            try:
                found.append((date.fromisoformat(typed[0]), date.fromisoformat(typed[1])))
            except ValueError:
                return None
    return tuple(found)


def minutes(typed: str) -> int | None:
    """Minutes after midnight, of a time as browsers send it; None for anything else."""
    try:
        found = time.fromisoformat(typed.strip())
    except ValueError:
        return None
    return found.hour * 60 + found.minute


def zone_name(key: str) -> str:
    """A zone in the words of the page's language; the two of China by the names people use."""
    known = {"Asia/Shanghai": _("北京时间"), "Asia/Urumqi": _("新疆时间，比北京时间晚两小时")}
    return known.get(key) or get_timezone_name(ZoneInfo(key), locale=get_locale())


def _page(school: Unit, plan: Plan, problem: Invalid | None = None) -> str:
    return render_template(
        "desk/hours.html",
        school=school,
        plan=plan,
        opens=f"{plan.opens // 60:02}:{plan.opens % 60:02}",
        closes=f"{plan.closes // 60:02}:{plan.closes % 60:02}",
        terms=_rows(plan.terms, hours.TERMS_MAX),
        free=_rows(plan.free, hours.FREE_MAX),
        zones=[(key, zone_name(key)) for key in dict.fromkeys((*hours.ZONES, plan.zone.key))],
        weekdays=[_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")],
        problem=problem,
    )


def _rows(periods: tuple[Period, ...], most: int) -> list[tuple[str, str]]:
    """What is set, and some empty rows."""
    rows = [(one.isoformat(), two.isoformat()) for one, two in periods]
    return rows + [("", "")] * min(MORE_ROWS, most - len(rows))
