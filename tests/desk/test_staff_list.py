"""Several people appointed at once: a pasted list, looked at line by line, given all or none."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from penpal.accounts.models import Person, Role, RoleGrant
from penpal.config import Settings
from penpal.desk import staff_list
from penpal.desk.staff_list import Outcome
from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from tests.cast import Cast
from tests.conftest import SignedIn


def held_by(name: str) -> list[RoleGrant]:
    statement = (
        sa.select(RoleGrant)
        .join(RoleGrant.person)
        .where(Person.name == name)
        .order_by(RoleGrant.id)
    )
    return list(session().scalars(statement))


def rows(page: str) -> list[tuple[str, str]]:
    """Each line of the table as how it would end, and its words."""
    found = re.findall(r'<tr class="is-(\w+)">.*?<td>([^<]*)</td>\s*</tr>', page, re.DOTALL)
    return [(outcome, html.unescape(words)) for outcome, words in found]


def test_a_list_is_looked_at_first_and_then_given_with_a_card_for_each(
    as_: SignedIn, cast: Cast
) -> None:
    school = cast.unit("bj-school")
    here = f"/units/{school.id}/staff/list"
    secretary = as_("secretary_bj")
    # Two columns of a spreadsheet with their headings; one class as another school writes it.
    typed = "姓名\t班级\n知秋\t八年级4班\n\n 若水 ， 初二 (3) 班、初二（4）班\n班主任\t初二(3)班\n"

    seen = secretary.post(f"{here}/check", data={"list": typed})

    assert rows(seen.text) == [("added", ""), ("added", ""), ("unchanged", "")]
    assert "确认，任命这 2 位" in seen.text
    assert held_by("知秋") == []
    done = secretary.post(here, data={"list": typed})
    assert done.location == f"/units/{school.id}/staff/slips"
    [one] = held_by("知秋")
    assert (one.role, one.unit.code) == (Role.TEACHER, "bj-class-2")
    assert [each.unit.code for each in held_by("若水")] == ["bj-class", "bj-class-2"]
    assert [entry.move for entry in trail.of(one)] == ["give office"]
    cards = secretary.get(done.location).text
    assert "知秋，你好" in cards
    assert cards.count("若水，你好") == 1
    # The same list a second time has nothing left to give.
    again = secretary.post(f"{here}/check", data={"list": typed})
    assert {outcome for outcome, _words in rows(again.text)} == {"unchanged"}
    assert "名单上的人都已经担任了" in again.text


def test_one_line_to_mend_and_nobody_is_taken_on(as_: SignedIn, cast: Cast) -> None:
    here = f"/units/{cast.unit('bj-school').id}/staff/list"
    secretary = as_("secretary_bj")
    typed = (
        "知秋, 初二(4)班\n若水, 初二(9)班\n小雨\n小雨 初二(3)班\n班主任, 初二(4)班\n"
        f", 初二(3)班\n{'长' * 25}, 初二(3)班\n外人, 八年级(2)班"
    )

    seen = secretary.post(f"{here}/check", data={"list": typed})
    refused = secretary.post(here, data={"list": typed})

    assert [outcome for outcome, _words in rows(seen.text)] == ["added", *["refused"] * 7]
    for words in (
        "这里没有“初二(9)班”",
        "这个名字写了不止一行",
        "已经有一位叫这个名字的老师",
        "这一行没有名字",
        "最多 24 个字",
        "这里没有“八年级(2)班”",
    ):
        assert words in html.unescape(seen.text)
    assert "确认，任命" not in seen.text
    # What was typed is still there to be mended.
    assert "知秋, 初二(4)班" in html.unescape(refused.text)
    assert refused.status_code == 422
    assert held_by("知秋") == []


@pytest.mark.parametrize("typed", ["", " \n\n", "姓名,班级", "甲, 乙\n" * 201, "甲" * 20_001])
def test_an_empty_or_endless_list_is_refused_beside_its_field(
    as_: SignedIn, cast: Cast, typed: str
) -> None:
    here = f"/units/{cast.unit('bj-school').id}/staff/list"
    secretary = as_("secretary_bj")

    answers = [secretary.post(way, data={"list": typed}) for way in (here, f"{here}/check")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all('id="list-error"' in answer.text for answer in answers)


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_ht", "county_bj", "editor", "xiaohe"])
def test_an_outsider_appoints_nobody(
    as_: SignedIn, cast: Cast, settings: Settings, who: str
) -> None:
    school = cast.unit("bj-school")
    here = f"/units/{school.id}/staff/list"
    visitor = as_(who)

    answers = [visitor.get(here), visitor.post(here, data={"list": "外人, 初二(4)班"})]

    assert all(answer.status_code in (403, 404) for answer in answers)
    with pytest.raises(NotPermitted):
        staff_list.invite(school, "外人, 初二(4)班", settings=settings, by=cast.actor(who))
    assert held_by("外人") == []


def test_a_county_invites_the_secretaries_of_its_schools_by_name(
    cast: Cast, settings: Settings
) -> None:
    county, by = cast.unit("bj-county"), cast.actor("county_bj")

    judged = staff_list.judge(county, "知秋 槐树中学\n若水 白杨中学", by=by)

    assert [line.outcome for line in judged.lines] == [Outcome.NEW, Outcome.REFUSED]
    assert staff_list.invite(county, "知秋 槐树中学", settings=settings, by=by) == 1
    assert held_by("知秋")[0].role is Role.SCHOOL_SECRETARY
    # A second press of the button takes nobody on.
    assert staff_list.invite(county, "知秋 槐树中学", settings=settings, by=by) == 0
    assert len(held_by("知秋")) == 1
