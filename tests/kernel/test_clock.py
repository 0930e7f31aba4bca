"""Moments: aware, stored as UTC, shown where people live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from penpal.kernel import clock
from penpal.kernel.db import Moment, session, transaction
from tests.cast import Cast

NINE_IN_BEIJING = datetime(2026, 9, 1, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_day_turns_at_midnight_of_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 8, 31, 16, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: late)

    assert clock.today().isoformat() == "2026-09-01"
    assert clock.today(ZoneInfo("Asia/Urumqi")).isoformat() == "2026-08-31"
    assert clock.local(late).hour == 0


def test_a_moment_comes_back_as_it_was_in_utc(cast: Cast) -> None:
    with transaction():
        cast.person("xiaohe").disabled_at = NINE_IN_BEIJING

    session().expire_all()
    found = cast.person("xiaohe").disabled_at
    assert found == NINE_IN_BEIJING
    assert found is not None
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(cast: Cast) -> None:
    with pytest.raises(StatementError, match="without a zone"), transaction():
        cast.person("xiaohe").disabled_at = datetime(2026, 9, 1)  # noqa: DTZ001


def test_no_moment_stays_none(cast: Cast) -> None:
    assert session().scalar(sa.select(sa.cast(sa.null(), Moment))) is None
