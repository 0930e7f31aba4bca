"""Who of a school lacks what: lists to narrow, counts for each class, slips for exactly those chosen."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from penpal.accounts.models import Activation
from penpal.kernel import trail
from penpal.kernel.db import session, transaction
from tests.cast import Cast
from tests.conftest import SignedIn


def names(page: str) -> list[str]:
    table = page.split('name="chosen"')[-1] if 'name="chosen"' in page else ""
    return re.findall(r'<th scope="row"><a [^>]+><bdi>([^<]+)', table)


@pytest.fixture
def outside(cast: Cast) -> list[int]:
    """小林, 小满 and 小秋 have yet to come in."""
    with transaction():
        people = [cast.person(who) for who in ("xiaolin", "xiaoman", "xiaoqiu")]
        for person in people:
            person.password_hash = person.activated_at = None
    return [person.id for person in people]


def test_the_list_is_narrowed_to_who_lacks_what(
    as_: SignedIn, cast: Cast, outside: list[int]
) -> None:
    school, class_ = cast.unit("bj-school").id, cast.unit("bj-class").id
    secretary, teacher = as_("secretary_bj"), as_("teacher_bj")

    def of_school(asked: str) -> list[str]:
        return names(secretary.get(f"/schools/{school}/students?{asked}").text)

    assert of_school("") == ["小禾", "小林", "小满", "小秋"]
    assert of_school("show=activation") == ["小林", "小满", "小秋"]
    assert of_school("show=consent") == ["小满"]
    assert of_school("show=partner") == ["小林", "小满", "小秋"]
    assert of_school(f"show=partner&class={class_}") == ["小林", "小满"]
    assert of_school("words=秋") == ["小秋"]
    assert of_school("words=%25") == []
    assert of_school(f"words=2025{cast.person('xiaohe').id:04}") == ["小禾"]
    assert of_school("show=nonsense&class=999999&from=-5") == ["小禾", "小林", "小满", "小秋"]
    assert names(teacher.get(f"/classes/{class_}/students?show=activation").text) == [
        "小林",
        "小满",
    ]


def test_each_class_is_counted(as_: SignedIn, cast: Cast, outside: list[int]) -> None:
    page = as_("secretary_bj").get(f"/schools/{cast.unit('bj-school').id}/students").text

    def row(name: str) -> list[str]:
        cells = page.split(f">{name}</a></th>")[1].split("</tr>")[0]
        return re.findall(r'<td class="n">(?:<a [^>]+>)?(\d+)', cells)

    assert row("初二(3)班") == ["3", "2", "1", "2"]
    assert row("初二(4)班") == ["1", "1", "0", "1"]


def test_slips_go_to_exactly_those_who_were_ticked(
    as_: SignedIn, cast: Cast, outside: list[int]
) -> None:
    class_, secretary = cast.unit("bj-class").id, as_("teacher_bj")
    lin, _man, qiu = outside
    here = cast.person("xiaohe").id

    none = secretary.post(f"/classes/{class_}/slips", data={"chosen": "1"})
    some = secretary.post(
        f"/classes/{class_}/slips", data={"chosen": "1", "student": [lin, here, qiu]}
    )
    page = secretary.get(some.location).text

    assert "/students" in none.location
    assert page.count('class="slip"') == 1
    assert "小林" in page
    assert session().scalars(sa.select(Activation.person_id)).all() == [lin]
    moves = [entry.move for entry in trail.of(cast.person("xiaolin"))]
    assert moves == ["issued slips", "printed slips"]
    assert trail.of(cast.person("xiaoqiu")) == []


def test_the_secretary_prints_for_several_classes_at_once(
    as_: SignedIn, cast: Cast, outside: list[int]
) -> None:
    school, secretary = cast.unit("bj-school").id, as_("secretary_bj")
    _lin, man, qiu = outside

    none = secretary.post(f"/schools/{school}/slips")
    secretary.post(f"/schools/{school}/slips", data={"student": [man]})
    some = secretary.post(f"/schools/{school}/slips", data={"student": [man, qiu]})
    page = secretary.get(some.location).text
    first = sorted(session().scalars(sa.select(Activation.id)))
    secretary.post(f"/schools/{school}/slips", data={"student": [man, qiu]})

    assert none.location.endswith("show=activation")
    assert page.count('class="slip"') == 2
    assert "初二(3)班" in page
    assert "初二(4)班" in page
    assert f"/slips/{qiu}.svg" in page
    assert sorted(session().scalars(sa.select(Activation.id))) == first
    for who in ("xiaoman", "xiaoqiu"):
        # Whoever has a card gets no other, and none is told of.
        moves = [entry.move for entry in trail.of(cast.person(who))]
        assert moves.count("issued slips") == 1


def test_outsiders_see_no_list_and_get_no_slips(
    as_: SignedIn, cast: Cast, outside: list[int]
) -> None:
    school, class_ = cast.unit("bj-school").id, cast.unit("bj-class").id

    for who in ("secretary_ht", "teacher_tj", "secretary_tj", "county_bj", "editor", "xiaohe"):
        client = as_(who)
        for answer in (
            client.get(f"/schools/{school}/students"),
            client.get(f"/classes/{class_}/students"),
            client.post(f"/schools/{school}/slips", data={"student": outside}),
            client.get(f"/schools/{school}/slips/print?student={outside[0]}"),
            client.post(f"/classes/{class_}/slips", data={"chosen": "1", "student": outside}),
        ):
            assert answer.status_code in (403, 404), who
            assert "小林" not in answer.text
    # A class teacher has no list of the school, and gets no slips of another class.
    assert as_("teacher_bj").get(f"/schools/{school}/students").status_code in (403, 404)
    assert as_("teacher_bj").post(f"/schools/{school}/slips").status_code in (403, 404)

    assert session().scalars(sa.select(Activation)).all() == []
