"""By when somebody looks after a report, and whose attention it is raised to when nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta

from penpal.places import hours
from penpal.safeguarding import addressees
from penpal.safeguarding.models import Addressee, Raised, Report, ReportKind

TO_TAKE = {
    ReportKind.TOLD: (8, timedelta(hours=72)),
    ReportKind.WORRY: (2, timedelta(hours=24)),
}
"""Hours of school, and how long at most by the clock: a holiday must not keep a child waiting."""
TO_ANSWER = 3
"""So many times as long for whoever took it up."""

_LADDERS: dict[Addressee, tuple[Raised, ...]] = {
    Addressee.TEACHER: (Raised.SCHOOL_SECRETARY, Raised.COUNTY),
    Addressee.SCHOOL_SECRETARY: (Raised.COUNTY,),
    Addressee.ABOVE: (Raised.PROVINCE,),
}


def to_take(kind: ReportKind, school_id: int | None, start: datetime) -> datetime:
    return _due(kind, school_id, start, 1)


def to_answer(kind: ReportKind, school_id: int | None, start: datetime) -> datetime:
    return _due(kind, school_id, start, TO_ANSWER)


def _due(kind: ReportKind, school_id: int | None, start: datetime, times: int) -> datetime:
    open_hours, within = TO_TAKE[kind]
    return hours.due(start, open_hours * times, hours.of(school_id), within=within * times)


def is_to_be_raised(report: Report, now: datetime) -> bool:
    """Whether it is late, and each level that knows of it has had the time of the first one again."""
    if not report.is_overdue(now) or next_level(report) is None:
        return False
    if report.raised_at is None:
        return True
    return to_take(report.kind, report.class_.parent_id, report.raised_at) < now


def next_level(report: Report) -> Raised | None:
    """Who is to know of it now; None at the top.

    A level on which nobody is there is skipped, and the province hears where the county is empty.
    """
    ladder = _LADDERS[report.addressee]
    if report.handed_on_at is not None and report.addressee is not Addressee.ABOVE:
        ladder = _LADDERS[Addressee.SCHOOL_SECRETARY]
    path = report.class_.path
    if ladder[-1] is Raised.COUNTY and not addressees.hears(path, Raised.COUNTY):
        ladder = (*ladder, Raised.PROVINCE)
    if report.raised_to in ladder:
        ladder = ladder[ladder.index(report.raised_to) + 1 :]
    elif report.raised_to is not None:
        return None
    return next((level for level in ladder if addressees.hears(path, level)), None)
