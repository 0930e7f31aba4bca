"""The desk of staff: each sees the figures of what they answer for, and no more."""

from __future__ import annotations

import re

import pytest

from penpal.kernel.db import transaction
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange


def figures(page: str, class_name: str) -> list[int]:
    """Students, activated, taking part, paired."""
    row = page.split(f">{class_name}</a></th>")[1].split("</tr>")[0]
    return [int(number) for number in re.findall(r'<td class="n[^"]*">(\d+)</td>', row)]


def test_a_teacher_sees_their_own_class_in_figures(as_: SignedIn) -> None:
    page = as_("teacher_bj").get("/").text

    assert figures(page, "初二(3)班") == [3, 3, 2, 1]
    assert "初二(4)班" not in page
    assert "八年级(2)班" not in page


def test_a_school_secretary_sees_every_class_of_the_school(as_: SignedIn, cast: Cast) -> None:
    page = as_("secretary_bj").get("/").text

    assert figures(page, "初二(3)班") == [3, 3, 2, 1]
    assert figures(page, "初二(4)班") == [1, 1, 1, 0]
    assert "八年级(2)班" not in page
    assert f"/schools/{cast.unit('bj-school').id}" in page


def test_whoever_has_not_activated_is_counted_as_missing(as_: SignedIn, cast: Cast) -> None:
    with transaction():
        person = cast.person("xiaolin")
        person.password_hash = person.activated_at = None

    assert figures(as_("teacher_bj").get("/").text, "初二(3)班") == [3, 2, 2, 1]


@pytest.mark.parametrize("who", ["county_bj", "editor"])
def test_offices_above_and_beside_the_school_see_no_class_and_no_child(
    as_: SignedIn, who: str
) -> None:
    page = as_(who).get("/").text

    assert "初二(3)班" not in page
    for name in ("小禾", "小林", "小麦"):
        assert name not in page


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj", "county_bj", "editor"])
def test_no_desk_shows_a_word_of_a_sealed_letter(as_: SignedIn, cast: Cast, who: str) -> None:
    exchange(cast, 2)
    staff = as_(who)

    for address in (
        "/",
        f"/classes/{cast.unit('bj-class').id}",
        f"/schools/{cast.unit('bj-school').id}",
        "/letters",
        "/reports",
    ):
        assert "来往里的一封信" not in staff.get(address).text
