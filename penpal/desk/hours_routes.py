"""The hours and holidays of a school, set by its secretary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

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
        hours.keep(school, _parse(request.form), by=actor())
    except Invalid as problem:
        return _page(school, hours.of(school.id), problem), problem.status
    flash(_("存好了。已经定下的时间不变，以后的求助按新的算。"), "ok")
    return redirect(url_for("hours.page", school_id=school_id))


def _school(school_id: int) -> Unit:
    school = places.load(actor(), Level.SCHOOL, school_id)
    access.authorize(actor(), Permission.Unit.KEEP_HOURS, school)
    return school


def _parse(fields: Mapping[str, str]) -> Plan:
    problems: dict[str, object] = {}
    opens, closes = _minutes(fields.get("opens", "")), _minutes(fields.get("closes", ""))
    if opens is None or closes is None:
        problems["closes"] = _l("时间这样写：08:00。")
    free, wrong = [], False
    for number in range(hours.FREE_MAX + MORE_ROWS):
        typed = [fields.get(f"{end}-{number}", "").strip() for end in ("first", "last")]
        if any(typed):
            try:
                free.append((date.fromisoformat(typed[0]), date.fromisoformat(typed[1])))
            except ValueError:
                wrong = True
    if wrong:
        problems["free"] = _l("每一段假期写第一天和最后一天，像 2026-11-22 这样。")
    if problems:
        raise Invalid(fields=problems)
    assert opens is not None
    assert closes is not None
    return Plan(
        weekdays=frozenset(day for day in range(1, 8) if fields.get(f"weekday-{day}") == "1"),
        opens=opens,
        closes=closes,
        free=tuple(free),
        reply_days=numbers.typed(fields.get("reply_days")) or 0,
    )


def _minutes(typed: str) -> int | None:
    try:
        found = time.fromisoformat(typed.strip())
    except ValueError:
        return None
    return found.hour * 60 + found.minute


def _page(school: Unit, plan: Plan, problem: Invalid | None = None) -> str:
    rows: list[tuple[str, str]] = [(one.isoformat(), two.isoformat()) for one, two in plan.free]
    rows += [("", "")] * min(MORE_ROWS, hours.FREE_MAX - len(rows))
    return render_template(
        "desk/hours.html",
        school=school,
        plan=plan,
        opens=f"{plan.opens // 60:02}:{plan.opens % 60:02}",
        closes=f"{plan.closes // 60:02}:{plan.closes % 60:02}",
        rows=rows,
        zone=get_timezone_name(plan.zone, locale=get_locale()),
        weekdays=[_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")],
        problem=problem,
    )
