"""What a pattern can begin with spares tries, and never a find."""

import re

import pytest

from penpal.screening import openings

TEXT = "加我微信吧, my id is a_1; 12 个苹果。我们 see you, 好不好?"


@pytest.mark.parametrize(
    "pattern",
    [
        "加我|我们",
        r"(?:我|你)?们?\s?(?:see|个)",
        r"(?<!我)(?:们|id)(?= )",
        r"\d{1,3}\s?(?:个|只)(?P<found>[一-鿿]{2})",
        r"[a-z]{2,4}(?:_\d)?",
        "[^,。]{2,6}(?:吧|好)",
        "(?:吧)?(?:,)?",
    ],
)
def test_a_pattern_finds_the_same_as_before(pattern: str) -> None:
    plainly = [found.span() for found in re.finditer(pattern, TEXT)]

    guarded = [found.span() for found in re.finditer(openings.guarded(pattern), TEXT)]

    assert guarded == plainly


def test_only_a_pattern_that_tells_how_it_begins_is_guarded() -> None:
    told = openings.guarded("(?:加|换)?微信")
    untold = [openings.guarded(pattern) for pattern in (".微信", "(?:加)?", "[^加]微信", "(微信")]

    assert told.startswith("(?=[")
    assert untold == [".微信", "(?:加)?", "[^加]微信", "(微信"]
