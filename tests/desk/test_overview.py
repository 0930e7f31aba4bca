"""The home of secretaries above the school: figures of what lies below, and first steps ticked by fact."""

from __future__ import annotations

import pytest

from penpal.accounts import appointing
from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.config import Settings
from penpal.consent import services as consent
from penpal.desk import overview
from penpal.kernel.access import SYSTEM, Actor, Grant
from penpal.kernel.db import transaction
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.twinning import units


def fill(code: str, count: int) -> None:
    """That many students who may take part."""
    with transaction():
        for number in range(count):
            student = accounts.add_person(PersonKind.STUDENT, f"同学{code}{number}")
            accounts.enrol(student, units.unit(code), number=f"6{number:03}")
            consent.record_many([student.id], by=SYSTEM)


def leads(role: Role, code: str) -> Actor:
    unit = units.unit(code)
    return Actor(kind="staff", person_id=90_000, grants=(Grant(role.value, unit.id, unit.path),))


def test_a_county_sees_numbers_and_neither_classes_nor_children(as_: SignedIn, cast: Cast) -> None:
    fill("bj-class", 10)

    page = as_("county_bj").get("/").text

    assert "槐树中学" in page
    assert "14" in page
    for hidden in ("初二(3)班", "小禾", "同学bj-class1"):
        assert hidden not in page


@pytest.mark.usefixtures("cast")
def test_counts_of_few_children_are_not_told() -> None:
    [seen] = overview.of(leads(Role.COUNTY_SECRETARY, "bj-county"))

    assert (seen.schools, seen.classes, seen.twinned_schools, seen.twinned_classes) == (1, 2, 1, 1)
    assert (seen.students, seen.taking_part, seen.paired) == (None, None, None)


@pytest.mark.usefixtures("cast")
def test_what_is_hidden_below_cannot_be_worked_out_from_the_whole() -> None:
    units.school("bj-big", "bj-county")
    units.class_("bj-big-class", "bj-big")
    fill("bj-big-class", 12)

    [seen] = overview.of(leads(Role.COUNTY_SECRETARY, "bj-county"))

    by_name = {row.name: row.taking_part for row in seen.below}
    assert by_name == {"bj-big中学": 12, "槐树中学": None}
    assert seen.taking_part == 12
    assert seen.at_least


@pytest.mark.parametrize(
    ("role", "code", "below"),
    [
        (Role.PROVINCE_SECRETARY, "beijing", {"东城区"}),
        (Role.CENTRE_SECRETARY, "centre", {"北京", "天津", "新疆维吾尔自治区"}),
    ],
)
@pytest.mark.usefixtures("cast")
def test_each_level_sees_the_places_right_below(role: Role, code: str, below: set[str]) -> None:
    [seen] = overview.of(leads(role, code))

    assert {row.name for row in seen.below} == below


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj", "editor"])
def test_others_have_no_overview(cast: Cast, who: str) -> None:
    assert overview.of(cast.actor(who)) == []


def test_first_steps_are_ticked_by_what_is_so(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    secretary = as_("secretary_bj")
    before = secretary.get("/").text

    appointing.invite("知秋", Role.TEACHER, cast.unit("bj-class-2"), settings=settings, by=SYSTEM)

    step = "每个班都有班主任"
    assert f"{step}</a>" in before
    after = secretary.get("/").text
    assert step in after
    assert f"{step}</a>" not in after


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_the_list_is_put_away_for_good(as_: SignedIn, who: str) -> None:
    browser = as_(who)
    assert "先做这几件" in browser.get("/").text

    assert browser.post("/guide/closure").location == "/"

    assert "先做这几件" not in browser.get("/").text
