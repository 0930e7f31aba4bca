"""The class page: who has a card, whose form is missing, who has a partner."""

from __future__ import annotations

import re

import pytest

from penpal.accounts import services as accounts
from penpal.config import Settings
from penpal.kernel.db import transaction
from tests.cast import FIFTEEN, Cast
from tests.conftest import SignedIn


def page_of(as_: SignedIn, cast: Cast, who: str, code: str = "bj-class") -> str:
    return as_(who).get(f"/classes/{cast.unit(code).id}").text


def row(page: str, name: str) -> str:
    rows = [
        row for row in page.split("<tr>") if re.search(rf'<th scope="row">(<a [^>]+>)?{name}<', row)
    ]
    assert len(rows) == 1
    return rows[0].split("</tr>")[0]


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_staff_see_each_student_and_the_partner(as_: SignedIn, cast: Cast, who: str) -> None:
    page = page_of(as_, cast, who)

    assert "结对班级：和田市 八年级(2)班" in page
    assert "小麦" in row(page, "小禾")
    assert "还没有" in row(page, "小林")
    assert "收到了" in row(page, "小满")
    assert "已有" in row(page, "小禾")


def test_a_card_that_went_out_is_told_from_one_that_did_not(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    with transaction():
        for name in ("xiaolin", "xiaoman"):
            person = cast.person(name)
            person.password_hash = person.activated_at = None
    accounts.issue_codes([cast.person("xiaolin")], settings=settings)

    page = page_of(as_, cast, "teacher_bj")

    assert "卡片已发" in row(page, "小林")
    assert "没有卡片" in row(page, "小满")
    assert "已激活" in row(page, "小禾")


def test_from_fourteen_the_teacher_waits_for_the_student(as_: SignedIn, cast: Cast) -> None:
    with transaction():
        person = cast.person("xiaoman")
        person.birth_year, person.birth_month = FIFTEEN

    page = page_of(as_, cast, "teacher_bj")

    assert "等本人同意" in row(page, "小满")
    assert f'value="{cast.person("xiaoman").id}"' not in row(page, "小满")


def test_no_birth_date_is_shown(as_: SignedIn, cast: Cast) -> None:
    page = page_of(as_, cast, "teacher_bj")

    person = cast.person("xiaohe")
    assert f"{person.birth_year}-{person.birth_month:02}" not in page
    assert f"{person.birth_year}年" not in page


def test_a_class_without_a_counterpart_says_so(as_: SignedIn, cast: Cast) -> None:
    assert "还没有结对班级" in page_of(as_, cast, "secretary_bj", "bj-class-2")


@pytest.mark.parametrize(
    "who", ["teacher_ht", "teacher_tj", "secretary_ht", "editor", "xiaohe", "xiaomai"]
)
def test_an_outsider_does_not_see_the_class(as_: SignedIn, cast: Cast, who: str) -> None:
    answer = as_(who).get(f"/classes/{cast.unit('bj-class').id}")

    assert answer.status_code in (403, 404)
    assert "小林" not in answer.text


def test_a_county_secretary_sees_no_names(as_: SignedIn, cast: Cast) -> None:
    answer = as_("county_bj").get(f"/classes/{cast.unit('bj-class').id}")

    assert answer.status_code == 403
    assert "小林" not in answer.text


def test_a_school_is_no_class(as_: SignedIn, cast: Cast) -> None:
    secretary = as_("secretary_bj")

    for page in ("", "/pairs"):
        answer = secretary.get(f"/classes/{cast.unit('bj-school').id}{page}")
        assert answer.status_code == 404
