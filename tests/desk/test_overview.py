"""The home of secretaries above the school: figures of what lies below, and first steps ticked by fact."""

from __future__ import annotations

import random
import re

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

CHILDREN = ("students", "taking_part", "paired")


def fill(code: str, count: int, *, consented: bool = True, first: int = 0) -> None:
    """That many students, who may take part unless told otherwise."""
    with transaction():
        for number in range(first, first + count):
            student = accounts.add_person(PersonKind.STUDENT, f"同学{code}{number}")
            accounts.enrol(student, units.unit(code), number=f"{code}6{number:03}")
            if consented:
                consent.record_many([student.id], by=SYSTEM)


def words(figure: overview.Figure) -> str:
    if figure.count is None:
        return "<5" if figure.is_few else "kept"
    return f"{'>=' if figure.at_least else ''}{figure.count}"


def figure(seen: object, name: str) -> str:
    return words(getattr(seen, name))


def told(seen: overview.Overview, name: str) -> dict[str, str]:
    return {row.name: figure(row, name) for row in seen.below}


def school(students: int, taking_part: int, paired: int) -> overview._SchoolCounts:
    return overview._SchoolCounts("/1/", 1, False, 0, students, taking_part, paired)


def few(chance: random.Random) -> tuple[int, int, int]:
    """Counts of a small school."""
    students = chance.randint(0, 14)
    return students, chance.randint(0, students), chance.randint(0, students)


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
    assert [figure(seen, name) for name in CHILDREN] == ["<5", "<5", "<5"]


@pytest.mark.usefixtures("cast")
def test_what_is_hidden_below_cannot_be_worked_out_from_the_whole() -> None:
    units.school("bj-big", "bj-county")
    units.class_("bj-big-class", "bj-big")
    fill("bj-big-class", 12)

    [seen] = overview.of(leads(Role.COUNTY_SECRETARY, "bj-county"))

    assert told(seen, "taking_part") == {"bj-big中学": "12", "槐树中学": "<5"}
    assert figure(seen, "taking_part") == ">=12"


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((40, 38, 30), ["40", ">=36", "30"]),
        ((40, 35, 33), ["40", "35", ">=31"]),
        ((40, 40, 40), ["40", "40", "40"]),
        ((9, 5, 0), ["9", ">=5", "<5"]),
        ((10, 5, 0), ["10", "5", "<5"]),
        ((40, 36, 38), ["40", ">=36", ">=36"]),
        ((40, 30, 33), ["40", ">=29", "33"]),
        ((40, 39, 35), ["40", ">=36", "35"]),
        ((9, 6, 5), ["9", ">=5", ">=5"]),
        ((8, 7, 5), ["8", "kept", "kept"]),
        # Left out and "fewer than 5" look alike where left out could be nothing but five.
        ((6, 5, 4), ["6", "kept", "kept"]),
        ((7, 7, 2), ["7", "7", "kept"]),
        ((5, 4, 0), ["5", "<5", "<5"]),
        ((4, 3, 2), ["<5", "<5", "<5"]),
        ((0, 0, 0), ["<5", "<5", "<5"]),
    ],
)
def test_few_children_do_not_show_in_the_difference_of_two_counts(
    counts: tuple[int, int, int], expected: list[str]
) -> None:
    figures = overview._told_of([school(*counts)])

    assert [words(figures[name]) for name in CHILDREN] == expected


def test_every_level_adds_up_the_same() -> None:
    chance = random.Random(4)
    for _ in range(300):
        counties = [
            [school(*few(chance)) for _ in range(chance.randint(1, 4))]
            for _ in range(chance.randint(1, 4))
        ]
        whole = overview._told_of([each for county in counties for each in county])
        parts = [overview._told_of(county) for county in counties]
        for name in CHILDREN:
            below = [each for part in parts if (each := part[name].count) is not None]
            assert whole[name].count == (sum(below) if below else None)
        for county in counties:
            for one in county:
                figures = overview._told_of([one]).values()
                exact = {told.count or 0 for told in figures if told.count and not told.at_least}
                apart = {abs(this - other) for this in exact for other in exact}
                assert not apart & {1, 2, 3, 4}
                assert not {told.count for told in figures} & {0, 1, 2, 3, 4}
                for name in CHILDREN:
                    told = overview._told_of([one])[name]
                    assert told.count is None or told.count <= getattr(one, name)


def test_what_is_told_as_the_least_depends_on_no_hidden_count() -> None:
    seen = {
        tuple(words(figure) for figure in overview._told_of([school(40, count, 0)]).values())
        for count in (36, 37, 38, 39)
    }

    assert seen == {("40", ">=36", "<5")}


@pytest.mark.usefixtures("cast")
def test_a_county_reads_which_counts_are_kept_back(as_: SignedIn) -> None:
    fill("bj-class", 10)
    fill("bj-class-2", 10)
    fill("bj-class", 2, consented=False, first=10)

    page = as_("county_bj").get("/").text

    # 26 students, 23 of them with a consent: nobody can work out the three.
    assert ">26<" in page
    assert "不少于 22" in page
    assert "23" not in re.sub(r"<[^>]*>", " ", page)
    assert "会让人看出是哪几个学生" in page


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
