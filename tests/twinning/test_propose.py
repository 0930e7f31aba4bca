"""Proposing a twinning: each rule of the notice has its words."""

from __future__ import annotations

import pytest

from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.kernel import trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.places import services as tree
from penpal.places.models import Kind
from penpal.programmes import queries as programmes
from penpal.programmes.models import ProgrammeKey
from penpal.twinning import services
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState
from tests.cast import Cast
from tests.twinning import units


def refused(supported: str, supporting: str, words: str, **more: str) -> None:
    before = session().query(Twinning).count()
    with pytest.raises(Invalid, match=words):
        units.propose(supported, supporting, **more)  # type: ignore[arg-type]
    assert session().query(Twinning).count() == before


def test_a_county_secretary_proposes_and_the_trail_knows(cast: Cast) -> None:
    units.school("ht-second", "hetian-shi", classes=10, students=400)
    units.school("bj-second", "bj-county", classes=10, students=400)

    proposed = units.propose("ht-second", "bj-second", by=cast.actor("county_bj"))

    assert proposed.state is TwinningState.PROPOSED
    assert proposed.proposed_by_id == cast.person("county_bj").id
    assert proposed.parent_id is not None
    assert [(entry.move, entry.actor_id) for entry in trail.of(proposed)] == [
        ("propose", cast.person("county_bj").id)
    ]


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_tj", "editor", "xiaohe"])
def test_an_outsider_proposes_nothing(cast: Cast, who: str) -> None:
    units.school("ht-second", "hetian-shi", classes=10, students=400)
    units.school("bj-second", "bj-county", classes=10, students=400)

    with pytest.raises(NotPermitted):
        units.propose("ht-second", "bj-second", by=cast.actor(who))

    assert session().query(Twinning).count() == 3


@pytest.mark.usefixtures("cast")
def test_levels_have_to_meet() -> None:
    units.school("ht-second", "hetian-shi", classes=10, students=400)

    refused("ht-second", "bj-county", "只有同一级的单位才能结对")
    refused("hetian-shi", "beijing", "只有同一级的单位才能结对")


@pytest.mark.usefixtures("cast")
def test_provinces_are_not_tied_to_each_other() -> None:
    refused("bingtuan", "beijing", "这一级的单位不直接结对")


@pytest.mark.usefixtures("cast")
def test_counties_follow_the_counterpart_table() -> None:
    refused("yutian", "bj-county", "对口表里这两个地方不是对口关系")

    tied = units.propose("yutian", "tj-county")

    assert tied.parent_id is None


@pytest.mark.usefixtures("cast")
def test_one_supporting_county_may_serve_several() -> None:
    assert units.propose("hetian-xian", "bj-county").state is TwinningState.PROPOSED


@pytest.mark.usefixtures("cast")
def test_a_supported_county_has_one_counterpart() -> None:
    units.county("bj-county-2", "beijing")

    refused("hetian-shi", "bj-county-2", "其中一方已经有结对单位了")


@pytest.mark.usefixtures("cast")
def test_a_school_stands_under_the_twinning_of_its_county() -> None:
    units.school("yt-school", "yutian", classes=5, students=100)
    units.school("tj-second", "tj-county", classes=10, students=400)

    refused("yt-school", "tj-second", "上一级单位还没有结对")

    units.propose("yutian", "tj-county")

    refused("yt-school", "tj-second", "上一级单位还没有结对")


@pytest.mark.usefixtures("cast")
def test_a_school_elsewhere_in_the_region_needs_a_reason() -> None:
    units.school("ht-second", "hetian-shi", classes=10, students=400)
    units.county("bj-county-2", "beijing")
    units.school("bj-far", "bj-county-2", classes=10, students=400)

    refused("ht-second", "bj-far", "支援学校不在结对的县区里，写一句原因")
    refused("ht-second", "bj-far", "写一句原因", elsewhere_reason="  ")

    tied = units.propose("ht-second", "bj-far", elsewhere_reason="东城区没有规模相当的学校了")

    assert tied.elsewhere_reason == "东城区没有规模相当的学校了"


@pytest.mark.usefixtures("cast")
def test_a_school_outside_the_region_is_refused_whatever_the_reason() -> None:
    units.school("ht-second", "hetian-shi", classes=10, students=400)
    units.school("tj-second", "tj-county", classes=10, students=400)

    refused("ht-second", "tj-second", "支援学校要在对口的地区里", elsewhere_reason="离得近")


@pytest.mark.usefixtures("cast")
def test_both_schools_have_to_have_counted() -> None:
    uncounted, counted = (
        units.school("ht-second", "hetian-shi"),
        units.school("bj-second", "bj-county"),
    )

    refused("ht-second", "bj-second", "两所学校都要先报班级数和学生数")
    units.report(counted, classes=10, students=400)
    refused("ht-second", "bj-second", "两所学校都要先报班级数和学生数")
    units.report(uncounted, classes=10, students=400)

    units.propose("ht-second", "bj-second")


@pytest.mark.parametrize(
    ("classes", "students", "fits"),
    [(10, 400, True), (11, 401, True), (9, 900, False), (90, 399, False)],
)
@pytest.mark.usefixtures("cast")
def test_the_supporting_school_is_at_least_as_large(
    classes: int, students: int, fits: bool
) -> None:
    units.school("ht-second", "hetian-shi", classes=10, students=400)
    units.school("bj-second", "bj-county", classes=classes, students=students)

    if fits:
        assert units.propose("ht-second", "bj-second").state is TwinningState.PROPOSED
    else:
        refused("ht-second", "bj-second", "都不能少于受援学校")


@pytest.mark.usefixtures("cast")
def test_no_supporting_school_serves_two() -> None:
    units.school("ht-second", "hetian-shi", classes=10, students=400)

    refused("ht-second", "bj-school", "其中一方已经有结对单位了")


@pytest.mark.usefixtures("cast")
def test_no_supported_school_has_two() -> None:
    units.school("bj-second", "bj-county", classes=30, students=900)

    refused("ht-school", "bj-second", "其中一方已经有结对单位了")


@pytest.mark.usefixtures("cast")
def test_classes_are_of_one_grade() -> None:
    units.class_("ht-grade-9", "ht-school", grade=9)
    units.class_("bj-grade-9", "bj-school", grade=9)

    refused("ht-grade-9", "bj-class-2", "两个班要在同一个年级")

    assert units.propose("ht-grade-9", "bj-grade-9").grade == 9


@pytest.mark.usefixtures("cast")
def test_classes_stand_under_the_twinning_of_their_schools() -> None:
    units.class_("ht-other", "ht-school")

    refused("ht-other", "tj-class", "上一级单位还没有结对")


@pytest.mark.usefixtures("cast")
def test_a_class_has_one_counterpart_on_either_side() -> None:
    units.class_("ht-other", "ht-school")

    refused("ht-other", "bj-class", "其中一方已经有结对单位了")
    refused("ht-class", "bj-class-2", "其中一方已经有结对单位了")


@pytest.mark.usefixtures("cast")
def test_nothing_is_proposed_before_a_round_has_begun() -> None:
    campus = programmes.programme(ProgrammeKey.CAMPUS)

    with pytest.raises(Invalid, match="还没有开始新的一轮"):
        services.propose(
            campus,
            supported=units.unit("ht-school"),
            supporting=units.unit("bj-school"),
            by=Actor(kind="system"),
        )


def test_a_class_added_later_can_be_tied_by_the_school_secretary(cast: Cast) -> None:
    tree.add(Kind.CLASS, "八年级(3)班", parent=cast.unit("ht-school"), code="ht-new", grade=8)

    proposed = units.propose("ht-new", "bj-class-2", by=cast.actor("secretary_bj"))

    assert proposed.parent is not None
    assert proposed.parent.supported_id == cast.unit("ht-school").id


def test_a_province_secretary_leads_what_lies_below(cast: Cast) -> None:
    officer = accounts.add_person(PersonKind.STAFF, "省书记", login_name="province_tj")
    accounts.grant(officer, Role.PROVINCE_SECRETARY, cast.unit("tianjin"))

    proposed = units.propose("yutian", "tj-county", by=cast.actor("province_tj"))

    assert proposed.proposed_by_id == officer.id
