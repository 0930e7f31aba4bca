"""The school page: the secretary's, and nobody else's."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.conftest import SignedIn


def test_the_secretary_sees_the_school_in_figures(as_: SignedIn, cast: Cast) -> None:
    page = as_("secretary_bj").get(f"/schools/{cast.unit('bj-school').id}").text

    assert "槐树中学" in page
    assert "2 个班，4 名学生，1 名已经结对" in page
    assert "导入名册" in page
    for name in ("小禾", "小林", "小秋"):
        assert name not in page


@pytest.mark.parametrize(
    "who", ["teacher_bj", "secretary_ht", "secretary_tj", "county_bj", "editor", "xiaohe"]
)
def test_nobody_else_does(as_: SignedIn, cast: Cast, who: str) -> None:
    answer = as_(who).get(f"/schools/{cast.unit('bj-school').id}")

    assert answer.status_code in (403, 404)
    assert "4 名学生" not in answer.text


def test_a_class_is_no_school(as_: SignedIn, cast: Cast) -> None:
    assert as_("secretary_bj").get(f"/schools/{cast.unit('bj-class').id}").status_code == 404
