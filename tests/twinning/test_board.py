"""The pairing board: who waits on both sides, and tying them by hand."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.kernel.db import session, transaction
from penpal.twinning.models import Pair
from tests.cast import Cast
from tests.conftest import SignedIn


def board(client: FlaskClient, cast: Cast, class_code: str) -> TestResponse:
    return client.get(f"/classes/{cast.unit(class_code).id}/pairs")


def choose(client: FlaskClient, cast: Cast, class_code: str, **chosen: str) -> TestResponse:
    fields = {
        f"partner-{cast.person(own).id}": cast.person(other).id if other else ""
        for own, other in chosen.items()
    }
    return client.post(f"/classes/{cast.unit(class_code).id}/pairs", data=fields)


def pairs() -> int:
    return session().query(Pair).count()


def test_a_teacher_sees_who_waits_and_who_is_tied(as_: SignedIn, cast: Cast) -> None:
    page = board(as_("teacher_bj"), cast, "bj-class").text

    assert "1 对已经结好，我们班还有 2 位同学没有伙伴" in page
    for waiting in ("xiaolin", "xiaoman"):
        assert f'name="partner-{cast.person(waiting).id}"' in page
    assert f'name="partner-{cast.person("xiaohe").id}"' not in page
    assert f'<option value="{cast.person("xiaoduo").id}"' in page
    assert f'<option value="{cast.person("xiaomai").id}"' not in page


def test_free_students_of_the_grade_in_the_other_school_stand_apart(
    as_: SignedIn, cast: Cast
) -> None:
    page = board(as_("teacher_ht"), cast, "ht-class").text

    apart = page.split("同年级其他班")[1]
    assert "小秋" in apart
    assert "初二(4)班" in apart
    assert "小远" not in page


def test_what_was_chosen_is_tied(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")

    answer = choose(teacher, cast, "bj-class", xiaolin="xiaoduo", xiaoman="")
    page = teacher.get(answer.location).text

    assert answer.status_code == 302
    assert "结好了 1 对" in page
    assert "2 对已经结好" in page
    assert "小朵" in as_("xiaolin").get("/").text


def test_across_classes_is_marked(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_ht")

    answer = choose(teacher, cast, "ht-class", xiaoduo="xiaoqiu")
    page = board(teacher, cast, "ht-class").text

    assert answer.status_code == 302
    assert "跨班" in page
    assert "初二(4)班" in page


def test_nothing_chosen_is_said_kindly(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")

    page = teacher.get(choose(teacher, cast, "bj-class", xiaolin="").location).text

    assert "还没有选" in page
    assert pairs() == 1


def test_a_refused_choice_stays_chosen(as_: SignedIn, cast: Cast) -> None:
    answer = choose(as_("teacher_bj"), cast, "bj-class", xiaolin="xiaoduo", xiaoman="xiaoduo")

    assert answer.status_code == 422
    assert "被选了两次" in answer.text
    duo = cast.person("xiaoduo").id
    assert len(re.findall(rf'<option value="{duo}"[^>]* selected>', answer.text)) == 2
    assert pairs() == 1


def test_fields_that_are_no_numbers_are_no_choice(as_: SignedIn, cast: Cast) -> None:
    answer = as_("teacher_bj").post(
        f"/classes/{cast.unit('bj-class').id}/pairs",
        data={"partner-x": "1", "partner-": "2", "partner-1": "x", "partner-²": "3", "other": "4"},
    )

    assert answer.status_code == 302
    assert pairs() == 1


@pytest.mark.parametrize(
    "who", ["teacher_ht", "teacher_tj", "secretary_tj", "county_bj", "editor", "xiaohe"]
)
def test_an_outsider_neither_sees_the_board_nor_ties(as_: SignedIn, cast: Cast, who: str) -> None:
    outsider = as_(who)

    assert board(outsider, cast, "bj-class").status_code in (403, 404)
    assert choose(outsider, cast, "bj-class", xiaolin="xiaoduo").status_code in (403, 404)
    assert pairs() == 1


def test_a_class_without_a_counterpart_says_so(as_: SignedIn, cast: Cast) -> None:
    page = board(as_("secretary_bj"), cast, "bj-class-2").text

    assert "这个班还没有结对班级" in page
    assert "partner-" not in page


def test_the_board_names_nobody_of_another_school_by_the_roster(as_: SignedIn, cast: Cast) -> None:
    with transaction():
        person = cast.person("xiaoduo")
        person.name, person.display_name = "名册上的全名", ""

    page = board(as_("teacher_bj"), cast, "bj-class").text

    assert "名册上的全名" not in page
    assert "名册上的全名" in board(as_("teacher_ht"), cast, "ht-class").text
