"""Chinese numerals: as one says them, and as they stand on a stamp."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penpal.letters import numerals


@pytest.mark.parametrize(
    ("number", "plain", "formal"),
    [
        (1, "一", "壹"),
        (2, "二", "贰"),
        (3, "三", "叁"),
        (9, "九", "玖"),
        (10, "十", "壹拾"),
        (11, "十一", "壹拾壹"),
        (19, "十九", "壹拾玖"),
        (20, "二十", "贰拾"),
        (21, "二十一", "贰拾壹"),
        (100, "一百", "壹佰"),
        (101, "一百零一", "壹佰零壹"),
        (105, "一百零五", "壹佰零伍"),
        (110, "一百一十", "壹佰壹拾"),
        (111, "一百一十一", "壹佰壹拾壹"),
        (1000, "一千", "壹仟"),
        (1001, "一千零一", "壹仟零壹"),
        (1010, "一千零一十", "壹仟零壹拾"),
        (2030, "二千零三十", "贰仟零叁拾"),
        (9999, "九千九百九十九", "玖仟玖佰玖拾玖"),
        (0, "0", "0"),
        (10000, "10000", "10000"),
        (-1, "-1", "-1"),
    ],
)
def test_numbers_are_written_as_chinese_does(number: int, plain: str, formal: str) -> None:
    assert numerals.plain(number) == plain
    assert numerals.formal(number) == formal


@given(st.integers(min_value=1, max_value=9999), st.integers(min_value=1, max_value=9999))
def test_no_two_numbers_are_written_alike(one: int, other: int) -> None:
    assert (numerals.plain(one) == numerals.plain(other)) is (one == other)
    assert (numerals.formal(one) == numerals.formal(other)) is (one == other)
