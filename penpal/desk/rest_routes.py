"""When the children of a school rest and when they may chat, set by its secretary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.desk.hours_routes import minutes, zone_name
from penpal.kernel import access, clock
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import hours, rest
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.places.rest import Day, Rest, Window
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState

blueprint = Blueprint("rest", __name__, url_prefix="/schools/<int:school_id>/rest")

AHEAD = 7
"""Days that the page shows."""
_MIDNIGHT = 24 * 60

DAYS: Mapping[Day, object] = {
    Day.SCHOOL: _l("上学的日子"),
    Day.WEEKEND: _l("周末"),
    Day.HOLIDAY: _l("假期"),
}
OFFERED = {
    Day.SCHOOL: ((12 * 60 + 20, 13 * 60 + 20), (17 * 60 + 30, 20 * 60 + 30)),
    Day.WEEKEND: ((9 * 60, 11 * 60 + 30), (14 * 60, 17 * 60 + 30), (19 * 60, 20 * 60 + 30)),
}
"""What stands in the form of a school that has set nothing: after lunch, after school, daytime."""

OFFERED_QUIET = (22 * 60, 6 * 60 + 30)


@blueprint.get("")
@needs(Permission.Unit.KEEP_HOURS)
def page(school_id: int) -> str:
    school = _school(school_id)
    set_ = rest.of(school.id)
    return _page(school, set_ if set_.chat or set_.chat_on else _with_offers(set_))


@blueprint.post("")
@needs(Permission.Unit.KEEP_HOURS)
def keep(school_id: int) -> str | Response | tuple[str, int]:
    school = _school(school_id)
    wanted, problems = _parse(request.form, rest.of(school.id))
    try:
        if problems:
            raise Invalid(fields=problems)
        hours.keep_rest(school, wanted, by=actor())
    except Invalid as problem:
        return _page(school, wanted, problem), problem.status
    flash(_("存好了，现在就按这个来。"), "ok")
    return redirect(url_for("rest.page", school_id=school_id))


def _school(school_id: int) -> Unit:
    school = places.load(actor(), Level.SCHOOL, school_id)
    access.authorize(actor(), Permission.Unit.KEEP_HOURS, school)
    return school


def _with_offers(found: Rest) -> Rest:
    return replace(
        found, chat=tuple((kind, *span) for kind, spans in OFFERED.items() for span in spans)
    )


def _parse(fields: Mapping[str, str], before: Rest) -> tuple[Rest, dict[str, object]]:
    """What the form says, and what in it is no time of day."""
    problems: dict[str, object] = {}
    wrong = _l("时间这样写：08:00。")
    quiet = (before.quiet_from, before.quiet_until)
    if fields.get("quiet") == "1":
        typed = [minutes(fields.get(name, "")) for name in ("quiet_from", "quiet_until")]
        if None in typed:
            problems["quiet_until"] = wrong
        quiet = (typed[0] or 0, typed[1] or 0)
        if quiet[0] == quiet[1]:
            problems["quiet_until"] = _l("开始和结束要不一样。不要休息时间，就去掉上面的勾。")
    else:
        quiet = (0, 0)
    chat = []
    for kind in Day:
        for number in range(hours.SPANS_MAX):
            ends = [
                fields.get(f"{kind.value}-{end}-{number}", "").strip() for end in ("from", "until")
            ]
            if not any(ends):
                continue
            first, last = (minutes(each) for each in ends)
            if first is None or last is None:
                problems[f"chat_{kind.value}"] = wrong
            else:
                # The end of the day is written as a browser can write it.
                chat.append((kind, first, last or _MIDNIGHT))
    wanted = replace(
        before,
        quiet_from=quiet[0],
        quiet_until=quiet[1],
        chat_on=fields.get("chat_on") == "1",
        chat=tuple(chat),
    )
    return wanted, problems


@dataclass(frozen=True)
class Partner:
    """A twinned school: by what clock it goes, and when the children of both may chat."""

    name: str
    zone: str
    chat_on: bool
    days: Sequence[tuple[date, Sequence[str]]]

    @property
    def meets(self) -> bool:
        return any(spans for _day, spans in self.days)


def partners(school: Unit, own: Rest, now: datetime) -> list[Partner]:
    """The twinned schools with what they and this one have in common in the days to come.

    Both are asked as if chat were on: a secretary sees what there would be before switching it on.
    """
    others = list(
        session().scalars(
            sa.select(Unit)
            .join(
                Twinning,
                sa.or_(
                    sa.and_(Twinning.supported_id == Unit.id, Twinning.supporting_id == school.id),
                    sa.and_(Twinning.supporting_id == Unit.id, Twinning.supported_id == school.id),
                ),
            )
            .where(Unit.level == Level.SCHOOL, Twinning.state == TwinningState.ACTIVE)
            .order_by(Unit.name)
            .distinct()
        )
    )
    found = rest.of_many([other.id for other in others])
    since = _midnight(now, own)
    return [
        Partner(
            other.name,
            zone_name(other.time_zone),
            found[other.id].chat_on,
            by_day(rest.shared(own, found[other.id], since, days=AHEAD), own, since),
        )
        for other in others
    ]


def by_day(windows: Sequence[Window], own: Rest, since: datetime) -> list[tuple[date, list[str]]]:
    """The hours of each of the days to come, on the clock of the school."""
    first = since.astimezone(own.zone).date()
    days: dict[date, list[str]] = {first + timedelta(days=number): [] for number in range(AHEAD)}
    for begins, ends in windows:
        start, end = begins.astimezone(own.zone), ends.astimezone(own.zone)
        while start < end:
            midnight = datetime.combine(
                start.date() + timedelta(days=1), datetime.min.time(), own.zone
            )
            until = min(end, midnight)
            shown = "24:00" if until == midnight else f"{until:%H:%M}"
            if start.date() in days:
                days[start.date()].append(f"{start:%H:%M}–{shown}")
            start = midnight
    return list(days.items())


def _midnight(now: datetime, own: Rest) -> datetime:
    return datetime.combine(now.astimezone(own.zone).date(), datetime.min.time(), own.zone)


def _page(school: Unit, wanted: Rest, problem: Invalid | None = None) -> str:
    now = clock.now()
    since = _midnight(now, wanted)
    return render_template(
        "desk/rest.html",
        school=school,
        rest=wanted,
        zone=zone_name(wanted.zone.key),
        quiet=[_shown(end) for end in _quiet(wanted)],
        kinds=[(kind.value, words, _rows(wanted, kind)) for kind, words in DAYS.items()],
        own=by_day(rest.shared(wanted, wanted, since, days=AHEAD), wanted, since),
        partners=partners(school, wanted, now),
        holidays={day for day, _spans in by_day([], wanted, since) if _is_holiday(wanted, day)},
        problem=problem,
    )


def _quiet(wanted: Rest) -> tuple[int, int]:
    """The quiet hours that are set, or those that the form offers."""
    return (wanted.quiet_from, wanted.quiet_until) if wanted.has_quiet else OFFERED_QUIET


def _is_holiday(wanted: Rest, day: date) -> bool:
    return wanted.kind_of(day) is Day.HOLIDAY


def _rows(wanted: Rest, kind: Day) -> list[tuple[str, str]]:
    rows = [
        (_shown(begins), _shown(ends % _MIDNIGHT))
        for day, begins, ends in wanted.chat
        if day is kind
    ]
    return rows + [("", "")] * (hours.SPANS_MAX - len(rows))


def _shown(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
