"""Time to rest: a school's quiet hours, its terms and holidays, and when its children may chat."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.kernel.events import subscribe
from penpal.places.events import HoursChanged
from penpal.places.hours_models import DAY, SchoolHours
from penpal.places.models import Unit

FRESH_SECONDS = 30.0
"""So old may be what a process remembers of a school that another process changed."""
_SOON, _FAR = 8, 100
"""Days that are looked at: most rooms open again within the first, after a summer within the second."""

Period = tuple[date, date]
Window = tuple[datetime, datetime]


class Day(StrEnum):
    """What a day is to a school; chat has hours of its own for each."""

    SCHOOL = "school"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class Why(StrEnum):
    """Why a room is closed. The first that holds is told."""

    OFF = "off"
    QUIET = "quiet"
    HOLIDAY = "holiday"
    OUT_OF_HOURS = "out_of_hours"


@dataclass(frozen=True)
class Rest:
    """When the children of a school rest and when they may chat, on the clock of the school.

    All times are minutes after midnight. Quiet hours may go past midnight; where both ends are the
    same there are none. ``chat`` holds a kind of day, a beginning and an end, which lie in one day.
    """

    zone: ZoneInfo = clock.CHINA
    quiet_from: int = 0
    quiet_until: int = 0
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    terms: tuple[Period, ...] = ()
    free: tuple[Period, ...] = ()
    chat_on: bool = False
    chat: tuple[tuple[Day, int, int], ...] = ()

    @property
    def has_quiet(self) -> bool:
        return self.quiet_from != self.quiet_until

    def is_quiet(self, at: datetime) -> bool:
        """Whether nothing may disturb a child of this school at that moment."""
        minute = _minute(at.astimezone(self.zone))
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= minute < self.quiet_until
        return minute >= self.quiet_from or minute < self.quiet_until

    def wakes(self, at: datetime) -> datetime:
        """When the quiet hours of that moment end, in UTC; the moment itself where it is not quiet."""
        if not self.is_quiet(at):
            return at.astimezone(UTC)
        here = at.astimezone(self.zone)
        ends = _on(here.date(), self.quiet_until, self.zone)
        if ends <= at:
            ends = _on(here.date() + timedelta(days=1), self.quiet_until, self.zone)
        return ends

    def kind_of(self, day: date) -> Day:
        """What a day is to this school; where terms are named, each day outside of them is a holiday.

        So after the last of them, too: chat stays closed until somebody has said when it goes on.
        """
        if holds(self.free, day) or (self.terms and not holds(self.terms, day)):
            return Day.HOLIDAY
        return Day.SCHOOL if day.isoweekday() in self.weekdays else Day.WEEKEND

    def today(self, at: datetime) -> Day:
        return self.kind_of(at.astimezone(self.zone).date())

    def spans(self, kind: Day) -> tuple[tuple[int, int], ...]:
        """The hours of chat on such a day in order, without what falls into the quiet hours."""
        kept = sorted((begins, ends) for day, begins, ends in self.chat if day is kind)
        return tuple(piece for begins, ends in kept for piece in self._awake(begins, ends))

    def _awake(self, begins: int, ends: int) -> Iterator[tuple[int, int]]:
        if self.quiet_from <= self.quiet_until:
            quiet = [(self.quiet_from, self.quiet_until)]
        else:
            quiet = [(0, self.quiet_until), (self.quiet_from, DAY)]
        for first, last in quiet:
            if begins < min(first, ends):
                yield begins, min(first, ends)
            begins = max(begins, last)
        if begins < ends:
            yield begins, ends


@dataclass(frozen=True)
class Opening:
    """Whether two may chat with each other.

    ``closes_at`` and ``opens_at`` are the next such moment, in UTC; None where none is in sight.
    """

    is_on: bool
    is_open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    why: Why | None


def together(first: Rest, second: Rest, at: datetime) -> Opening:
    """What holds for a room of two children, one of each school: open only where both are."""
    # Everything turns on a whole minute, so what was found serves all rooms for as long.
    return _together(first, second, at.astimezone(UTC).replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _together(first: Rest, second: Rest, at: datetime) -> Opening:
    if not (first.chat_on and second.chat_on):
        return Opening(False, False, None, None, Why.OFF)
    for days in (_SOON, _FAR):
        horizon = at + timedelta(days=days)
        for begins, ends in shared(first, second, at, days=days):
            if begins <= at:
                return Opening(True, True, ends if ends < horizon else None, None, None)
            return Opening(True, False, None, begins, _why(first, second, at))
    return Opening(True, False, None, None, _why(first, second, at))


def shared(first: Rest, second: Rest, since: datetime, *, days: int) -> list[Window]:
    """The hours at which both schools let children chat, in order, as far as they end after ``since``."""
    until = since + timedelta(days=days)
    one, two = (_windows(each, since, until) for each in (first, second))
    found: list[Window] = []
    left, right = 0, 0
    while left < len(one) and right < len(two):
        begins = max(one[left][0], two[right][0])
        ends = min(one[left][1], two[right][1])
        if begins < ends and ends > since:
            found.append((begins, ends))
        if one[left][1] <= two[right][1]:
            left += 1
        else:
            right += 1
    return found


def _windows(rest: Rest, since: datetime, until: datetime) -> list[Window]:
    """When one school is open, cut at ``until``; what goes on past midnight is one."""
    day, last = (moment.astimezone(rest.zone).date() for moment in (since, until))
    spans = {kind: rest.spans(kind) for kind in Day}
    found: list[Window] = []
    while day <= last:
        for first, second in spans[rest.kind_of(day)]:
            begins, ends = (_on(day, minute, rest.zone) for minute in (first, second))
            if found and begins <= found[-1][1]:
                found[-1] = found[-1][0], max(found[-1][1], ends)
            else:
                found.append((begins, ends))
        day += timedelta(days=1)
    return [(begins, min(ends, until)) for begins, ends in found if begins < until]


def _why(first: Rest, second: Rest, at: datetime) -> Why:
    both = (first, second)
    if any(each.is_quiet(at) for each in both):
        return Why.QUIET
    if any(each.today(at) is Day.HOLIDAY and not each.spans(Day.HOLIDAY) for each in both):
        return Why.HOLIDAY
    return Why.OUT_OF_HOURS


def of(school_id: int | None) -> Rest:
    """The rest of a school, as it was set at most half a minute ago; the defaults where nothing is set."""
    if school_id is None:
        return made_of(None, clock.CHINA)
    return of_many([school_id])[school_id]


def of_many(school_ids: Iterable[int]) -> dict[int, Rest]:
    """The rest of many schools, in one query at most."""
    known, now = _known(), time.monotonic()
    found, missing = {}, []
    for school_id in set(school_ids):
        kept = known.get(school_id)
        if kept is not None and now - kept[0] < FRESH_SECONDS:
            found[school_id] = kept[1]
        else:
            missing.append(school_id)
    if not missing:
        return found
    set_hours = session().execute(
        sa.select(Unit.id, Unit.time_zone, SchoolHours)
        .outerjoin(SchoolHours, SchoolHours.school_id == Unit.id)
        .where(Unit.id.in_(missing))
    )
    for school_id, zone, kept_hours in set_hours:
        found[school_id] = made_of(kept_hours, ZoneInfo(zone))
        known[school_id] = now, found[school_id]
    return found


def made_of(kept: SchoolHours | None, zone: ZoneInfo) -> Rest:
    """What a row says, with the quiet hours of the settings where it says nothing of them."""
    settings: Settings = current_app.extensions["penpal.settings"]
    quiet_from, quiet_until = (
        end.hour * 60 + end.minute for end in (settings.quiet_from, settings.quiet_until)
    )
    if kept is None:
        return Rest(zone=zone, quiet_from=quiet_from, quiet_until=quiet_until)
    if kept.quiet_from is not None and kept.quiet_until is not None:
        quiet_from, quiet_until = kept.quiet_from, kept.quiet_until
    return Rest(
        zone=zone,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        weekdays=frozenset(int(sign) for sign in kept.weekdays),
        terms=periods(kept.terms),
        free=periods(kept.free),
        chat_on=kept.chat_on,
        chat=tuple((Day(str(kind)), int(begins), int(ends)) for kind, begins, ends in kept.chat),
    )


def periods(kept: Iterable[Iterable[str]]) -> tuple[Period, ...]:
    """Pairs of days as they are stored."""
    return tuple((date.fromisoformat(one), date.fromisoformat(two)) for one, two in kept)


def holds(found: Iterable[Period], day: date) -> bool:
    """Whether a day lies in one of these, the last day included."""
    return any(first <= day <= last for first, last in found)


def forget() -> None:
    """Know nothing of any school: what is asked for next is read."""
    _known().clear()


def _forget(event: HoursChanged) -> None:
    _known().pop(event.school_id, None)


def register() -> None:
    subscribe(HoursChanged, _forget)


def _known() -> dict[int, tuple[float, Rest]]:
    """What this process remembers, by school, and since when."""
    kept: dict[Any, Any] = current_app.extensions.setdefault("penpal.rest", {})
    return kept


def _minute(here: datetime) -> int:
    return here.hour * 60 + here.minute


def _on(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A time of day at a place, in UTC; 24:00 is the midnight after."""
    days, rest = divmod(minute, DAY)
    whole = day + timedelta(days=days)
    hour, part = divmod(rest, 60)
    return datetime(whole.year, whole.month, whole.day, hour, part, tzinfo=zone).astimezone(UTC)
