"""What staff see of one student: the account and the consents, never what the student wrote."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.conftest import SignedIn


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_own_staff_see_the_account_and_the_ledger(as_: SignedIn, cast: Cast, who: str) -> None:
    page = as_(who).get(f"/students/{cast.person('xiaohe').id}").text

    for words in ("登录名 xiaohe", "已激活", "家长在纸上签的", "重新发卡片", "小麦"):
        assert words in page


def test_a_missing_signature_can_be_recorded_there(as_: SignedIn, cast: Cast) -> None:
    page = as_("teacher_bj").get(f"/students/{cast.person('xiaoman').id}").text

    assert "等家长签名" in page
    assert "收到签好的同意书" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("teacher_ht", 404), ("secretary_tj", 404), ("county_bj", 403), ("xiaolin", 403)],
)
def test_others_do_not(as_: SignedIn, cast: Cast, who: str, status: int) -> None:
    answer = as_(who).get(f"/students/{cast.person('xiaohe').id}")

    assert answer.status_code == status
