"""The date line: by the page's language, with the day of the Chinese calendar where it is wanted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from penpal.letters import dates
from penpal.letters.dates import ChineseDay

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1900, 1, 31), ChineseDay(1900, 1, 1, leap=False)),
        (date(2024, 2, 9), ChineseDay(2023, 12, 30, leap=False)),
        (date(2024, 2, 10), ChineseDay(2024, 1, 1, leap=False)),
        (date(2025, 1, 29), ChineseDay(2025, 1, 1, leap=False)),
        (date(2025, 7, 24), ChineseDay(2025, 6, 30, leap=False)),
        (date(2025, 7, 25), ChineseDay(2025, 6, 1, leap=True)),
        (date(2026, 2, 17), ChineseDay(2026, 1, 1, leap=False)),
        (date(2026, 11, 22), ChineseDay(2026, 10, 14, leap=False)),
        # Of two months of 2033 and 2034 without a principal term, the one after the eleventh is the leap month.
        (date(2033, 8, 25), ChineseDay(2033, 8, 1, leap=False)),
        (date(2033, 12, 22), ChineseDay(2033, 11, 1, leap=True)),
        (date(2034, 2, 19), ChineseDay(2034, 1, 1, leap=False)),
        # A new moon three minutes before midnight in Beijing: many tables are a day late.
        (date(2057, 9, 28), ChineseDay(2057, 8, 30, leap=False)),
        (date(2100, 12, 31), ChineseDay(2100, 12, 1, leap=False)),
    ],
)
def test_the_day_of_the_chinese_calendar(day: date, expected: ChineseDay) -> None:
    assert dates.chinese_day(day) == expected


@pytest.mark.parametrize("day", [date(1900, 1, 30), date(2101, 1, 1)])
def test_days_outside_the_tables_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match="outside"):
        dates.chinese_day(day)


def test_the_day_is_the_one_in_beijing(app: Flask) -> None:
    late = datetime(2026, 11, 22, 17, tzinfo=UTC)

    with app.test_request_context(), force_locale("zh_Hans"):
        assert dates.line(late, with_lunar=True).written == "2026年11月23日"


def test_the_date_line_in_both_languages(app: Flask) -> None:
    leap = datetime(2025, 8, 1, 4, tzinfo=UTC)

    with app.test_request_context():
        with force_locale("zh_Hans"):
            assert dates.written(NOON) == "2026年11月22日"
            assert dates.lunar(NOON) == "丙午年十月十四"
            assert dates.lunar(leap) == "乙巳年闰六月初八"
        with force_locale("en"):
            assert dates.written(NOON) == "22 November 2026"


def test_the_chinese_day_is_left_out_where_it_is_not_wanted(app: Flask) -> None:
    with app.test_request_context():
        assert dates.line(NOON, with_lunar=False).lunar == ""
