"""The one source of the present moment; everything stored is UTC, everything shown is local."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo = CHINA) -> date:
    """The calendar day at a place; schools keep Beijing time unless they say otherwise."""
    return now().astimezone(zone).date()


def local(moment: datetime, zone: ZoneInfo = CHINA) -> datetime:
    return moment.astimezone(zone)
