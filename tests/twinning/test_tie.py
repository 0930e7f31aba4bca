"""Tying two students: one to one, in twinned classes or across them in one grade."""

from __future__ import annotations

from datetime import date

import pytest

from penpal.accounts import services as accounts
from penpal.accounts.models import Person, PersonKind
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.twinning import services
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.twinning import units


def tie(
    cast: Cast,
    supported: str = "xiaoduo",
    supporting: str = "xiaolin",
    *,
    under: Twinning | None = None,
    by: str = "teacher_bj",
) -> Pair:
    return services.tie(
        under or cast.class_twinning(),
        supported=cast.person(supported),
        supporting=cast.person(supporting),
        by=cast.actor(by),
    )


def pairs() -> int:
    return session().query(Pair).count()


@pytest.mark.parametrize("who", ["teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht"])
def test_staff_of_either_side_tie_two_students(cast: Cast, who: str) -> None:
    pair = tie(cast, by=who)

    assert pair.state is PairState.ACTIVE
    assert not pair.across_classes
    assert pair.since == clock.today()
    assert [(entry.move, entry.actor_id) for entry in trail.of(pair)] == [
        ("tie", cast.person(who).id)
    ]


@pytest.mark.parametrize("who", ["teacher_tj", "secretary_tj", "county_bj", "editor", "xiaolin"])
def test_an_outsider_ties_nobody(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        tie(cast, by=who)

    assert pairs() == 1


@pytest.mark.parametrize(
    ("supported", "supporting", "name"),
    [("xiaomai", "xiaolin", "小麦"), ("xiaoduo", "xiaohe", "小禾"), ("xiaomai", "xiaohe", "小麦")],
)
def test_nobody_gets_a_second_partner(
    cast: Cast, supported: str, supporting: str, name: str
) -> None:
    with pytest.raises(Invalid, match=f"{name} 已经有伙伴了"):
        tie(cast, supported, supporting)

    assert pairs() == 1


def test_a_student_of_another_class_is_not_tied_under_these_classes(cast: Cast) -> None:
    with pytest.raises(Invalid, match="要在这两个结对的班里"):
        tie(cast, supporting="xiaoqiu")
    with pytest.raises(Invalid, match="要在这两个结对的班里"):
        tie(cast, supporting="xiaoyuan")
    with pytest.raises(Invalid, match="要在这两个结对的班里"):
        tie(cast, supported="xiaolin", supporting="xiaoduo")


def test_across_classes_a_pair_is_tied_under_the_schools_and_marked_so(cast: Cast) -> None:
    pair = tie(cast, supporting="xiaoqiu", under=cast.class_twinning().parent, by="secretary_bj")

    assert pair.across_classes
    assert pair.twinning.supported_id == cast.unit("ht-school").id


def test_across_schools_nobody_is_tied(cast: Cast) -> None:
    with pytest.raises(Invalid, match="要在这两所结对的学校里"):
        tie(cast, supporting="xiaoyuan", under=cast.class_twinning().parent, by="secretary_bj")


def test_across_grades_nobody_is_tied(cast: Cast) -> None:
    units.class_("bj-grade-9", "bj-school", grade=9)
    older = newcomer(cast, "xiaoda", "bj-grade-9")

    with pytest.raises(Invalid, match="要在同一个年级"):
        tie(
            cast,
            supporting=older.login_name,
            under=cast.class_twinning().parent,
            by="secretary_bj",
        )


def newcomer(cast: Cast, login_name: str, class_code: str) -> Person:
    person = accounts.add_person(PersonKind.STUDENT, "小新", login_name=login_name)
    accounts.enrol(person, cast.unit(class_code), number=login_name, since=date(2026, 9, 1))
    return person


def test_whoever_left_the_school_is_not_tied(cast: Cast) -> None:
    with transaction():
        cast.person("xiaolin").enrolments[0].until = clock.today()

    with pytest.raises(Invalid, match="两位都要是在读的学生"):
        tie(cast)


def test_staff_are_nobodys_partners(cast: Cast) -> None:
    with pytest.raises(Invalid, match="两位都要是在读的学生"):
        tie(cast, supported="teacher_ht")


def test_nobody_is_tied_before_the_classes_are_confirmed(cast: Cast) -> None:
    units.class_("ht-new", "ht-school")
    newcomer(cast, "xiaoxin", "ht-new")
    proposed = units.propose("ht-new", "bj-class-2")

    with pytest.raises(Invalid, match="还没有确认"):
        services.tie(
            proposed,
            supported=cast.person("xiaoxin"),
            supporting=cast.person("xiaoqiu"),
            by=SYSTEM,
        )


def choose(
    cast: Cast, chosen: dict[str, str], class_code: str = "bj-class", by: str = "teacher_bj"
) -> list[Pair]:
    return services.tie_chosen(
        cast.unit(class_code),
        {cast.person(own).id: cast.person(other).id for own, other in chosen.items()},
        by=cast.actor(by),
    )


def test_several_are_tied_at_once_from_either_side(cast: Cast) -> None:
    newcomer(cast, "xiaoxin", "ht-class")

    tied = choose(cast, {"xiaoduo": "xiaolin", "xiaoxin": "xiaoman"}, "ht-class", by="teacher_ht")

    assert len(tied) == 2
    assert {pair.supported_student_id for pair in tied} == {
        cast.person("xiaoduo").id,
        cast.person("xiaoxin").id,
    }
    assert not any(pair.across_classes for pair in tied)


def test_all_are_tied_or_none(cast: Cast) -> None:
    newcomer(cast, "xiaoxin", "ht-class")

    with pytest.raises(Invalid, match="已经有伙伴了"):
        choose(cast, {"xiaolin": "xiaoduo", "xiaoman": "xiaomai"})

    assert pairs() == 1


def test_one_partner_is_not_chosen_twice(cast: Cast) -> None:
    with pytest.raises(Invalid, match="被选了两次"):
        choose(cast, {"xiaolin": "xiaoduo", "xiaoman": "xiaoduo"})

    assert pairs() == 1


def test_a_class_teacher_may_reach_across_classes_for_a_child_without_a_counterpart(
    cast: Cast,
) -> None:
    [pair] = choose(cast, {"xiaoduo": "xiaoqiu"}, "ht-class", by="teacher_ht")

    assert pair.across_classes


def test_a_secretary_may_too(cast: Cast) -> None:
    [pair] = choose(cast, {"xiaoduo": "xiaoqiu"}, "ht-class", by="secretary_ht")

    assert pair.across_classes


def test_a_class_without_a_counterpart_has_nobody_to_choose(cast: Cast) -> None:
    with pytest.raises(Invalid, match="还没有结对班级"):
        choose(cast, {"xiaoqiu": "xiaoduo"}, "bj-class-2", by="secretary_bj")


def test_a_child_of_another_class_cannot_be_slipped_in(cast: Cast) -> None:
    with pytest.raises(Invalid):
        choose(cast, {"xiaoqiu": "xiaoduo"})
    with pytest.raises(Invalid):
        choose(cast, {"xiaoyuan": "xiaoduo"})

    assert pairs() == 1


def test_a_teacher_reaches_across_classes_for_their_own_students_alone(cast: Cast) -> None:
    units.class_("ht-new", "ht-school")
    newcomer(cast, "xiaoxin", "ht-new")

    with pytest.raises(Invalid, match="要在这两个结对的班里"):
        choose(cast, {"xiaoqiu": "xiaoxin"})

    assert pairs() == 1


@pytest.mark.parametrize("who", ["teacher_tj", "county_bj", "editor", "xiaolin"])
def test_an_outsider_chooses_for_nobody(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        choose(cast, {"xiaolin": "xiaoduo"}, by=who)

    assert pairs() == 1


def test_someone_who_does_not_exist_is_nobodys_partner(cast: Cast) -> None:
    with pytest.raises(Invalid, match="在读的学生"):
        services.tie_chosen(
            cast.unit("bj-class"),
            {cast.person("xiaolin").id: 999_999},
            by=cast.actor("teacher_bj"),
        )
