"""Months of our schools' calendar: in addresses, as spans of time, and of a moment in SQL."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from penpal.kernel import clock

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def month_typed(text: str | None) -> date | None:
    """The first day of a month as addresses name it: 2026-09."""
    found = _MONTH.fullmatch(text or "")
    return date(int(found[1]), int(found[2]), 1) if found else None


def month_of(moment: datetime) -> date:
    """The first day of the month in which a moment lies."""
    return clock.local(moment).date().replace(day=1)


def month_begins(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=clock.CHINA)


def month_ends(month: date) -> datetime:
    """The moment at which a month is over."""
    return month_begins(date(month.year + month.month // 12, month.month % 12 + 1, 1))


class LocalMonth(FunctionElement[str]):
    """SQL for the month of a moment on our schools' calendars, as 2026-09."""

    type = sa.String()
    inherit_cache = True


@compiles(LocalMonth)
def _month_in_postgres(element: LocalMonth, compiler: SQLCompiler, **how: Any) -> str:
    moment = compiler.process(element.clauses, **how)
    return f"to_char({moment} AT TIME ZONE '{clock.CHINA.key}', 'YYYY-MM')"


@compiles(LocalMonth, "sqlite")
def _month_in_sqlite(element: LocalMonth, compiler: SQLCompiler, **how: Any) -> str:
    # SQLite knows no zones by name; China has kept this one, without summer time, since 1992.
    return f"strftime('%Y-%m', {compiler.process(element.clauses, **how)}, '+8 hours')"
