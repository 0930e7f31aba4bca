"""Days and numbers stand on a page as its language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from penpal.desk import figures
from penpal.kernel import clock
from tools import pseudo_language

DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("shape", "chinese", "english"),
    [
        ("MMMd", "11月2日", "2 Nov"),
        ("yMMMd", "2026年11月2日", "2 Nov 2026"),
        ("yMMMM", "2026年11月", "November 2026"),
        ("MMMM", "十一月", "November"),
        ("M.d", "11.2", "11.2"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(shape: str, chinese: str, english: str) -> None:
    assert figures.day(DAY, shape, "zh_Hans") == chinese
    assert figures.day(DAY, shape, "en") == english


def test_a_language_without_shapes_of_ours_takes_the_ones_it_is_known_for() -> None:
    assert figures.day(DAY, "yMMMd", "ar") == "2 نوفمبر 2026"


def test_a_moment_lies_on_the_day_of_our_schools_and_not_of_greenwich() -> None:
    late = datetime(2026, 11, 1, 17, 0, tzinfo=UTC)

    assert figures.day(late, "MMMd", "en") == "2 Nov"


def test_a_month_names_its_year_unless_it_is_this_one() -> None:
    today = clock.today()
    then = today.replace(year=today.year - 1, month=5, day=1)

    assert figures.month(today.replace(month=5, day=1), "en") == "May"
    assert figures.month(then, "en") == f"May {then.year}"


def test_thousands_are_set_apart() -> None:
    assert figures.number(999, "en") == "999"
    assert figures.number(3162, "zh_Hans") == "3,162"


def test_the_language_for_tests_turns_words_and_leaves_values_alone() -> None:
    text = pseudo_language.turned("%(name)s wrote at {time}")

    assert "\u2068%(name)s\u2069" in text
    assert "\u2068{time}\u2069" in text
    assert "\u202e wrootee aat \u202c" in text
    assert pseudo_language.turned(", ") == ", "
