"""A school's classes by hand: one more, another name, an empty one closed and opened again."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts.models import Enrolment
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.places.models import Unit
from penpal.rosters import classes
from penpal.twinning import services as twinning
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.conftest import SignedIn


def add(client: FlaskClient, school: Unit, grade: object, name: str) -> Any:
    return client.post(f"/schools/{school.id}/classes", data={"grade": grade, "name": name})


def called(school: Unit, name: str) -> Unit | None:
    return session().scalar(sa.select(Unit).where(Unit.parent_id == school.id, Unit.name == name))


@pytest.mark.parametrize(
    ("code", "grade", "typed", "name"),
    [
        ("bj-school", 8, "5", "初二(5)班"),
        ("bj-school", 8, "八年级(6)班", "八年级(6)班"),
        ("bj-school", 10, "宏志", "高一宏志班"),
        ("ht-school", 9, " 3 班", "九年级(3)班"),
    ],
)
def test_a_class_is_added_in_the_way_in_which_the_school_writes(
    as_: SignedIn, cast: Cast, code: str, grade: int, typed: str, name: str
) -> None:
    school, who = cast.unit(code), f"secretary_{code[:2]}"

    answer = add(as_(who), school, grade, typed)

    class_ = called(school, name)
    assert class_ is not None
    assert (class_.grade, class_.path) == (grade, f"{school.path}{class_.id}/")
    assert name in as_(who).get(answer.location).text
    assert [entry.move for entry in trail.of(class_)] == ["added class"]
    assert name in as_(who).get(f"/schools/{school.id}").text


@pytest.mark.parametrize(
    ("grade", "typed", "words"),
    [
        (8, "八年级3班", "这个班已经有了"),
        (8, "3", "这个班已经有了"),
        (9, "初二(3)班", "对不上"),
        (8, "（）", "看不懂班名"),
        (8, "", "看不懂班名"),
        ("", "3", "选一个年级"),
        (5, "3", "选一个年级"),
    ],
)
def test_what_is_no_class_or_there_already_is_not_added(
    as_: SignedIn, cast: Cast, grade: object, typed: str, words: str
) -> None:
    school = cast.unit("bj-school")
    before = session().scalar(sa.select(sa.func.count(Unit.id)))

    answer = add(as_("secretary_bj"), school, grade, typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert session().scalar(sa.select(sa.func.count(Unit.id))) == before


def test_a_class_is_renamed_and_keeps_its_grade_once_it_was_twinned(
    as_: SignedIn, cast: Cast
) -> None:
    secretary, tied, free = as_("secretary_bj"), cast.unit("bj-class"), cast.unit("bj-class-2")

    page = secretary.get(f"/classes/{tied.id}/details").text
    renamed = secretary.post(f"/classes/{tied.id}/details", data={"name": "初二(7)班"})
    held = secretary.post(f"/classes/{tied.id}/details", data={"name": "初三(7)班", "grade": "9"})
    taken = secretary.post(f"/classes/{free.id}/details", data={"name": "7", "grade": "8"})
    moved = secretary.post(f"/classes/{free.id}/details", data={"name": "初三(1)班", "grade": "9"})

    assert "年级要和对方一样，不能改" in page
    assert renamed.status_code == moved.status_code == 302
    assert held.status_code == taken.status_code == 422
    assert "年级要和对方一样" in held.text
    assert "这个班已经有了" in taken.text
    assert (cast.unit("bj-class").name, cast.unit("bj-class").grade) == ("初二(7)班", 8)
    assert (cast.unit("bj-class-2").name, cast.unit("bj-class-2").grade) == ("初三(1)班", 9)
    assert [entry.move for entry in trail.of(tied)] == ["corrected class"]


def test_only_an_empty_class_closes_and_says_what_comes_first(as_: SignedIn, cast: Cast) -> None:
    secretary, full = as_("secretary_bj"), cast.unit("bj-class")

    page = secretary.get(f"/classes/{full.id}/details").text
    refused = secretary.post(f"/classes/{full.id}/closing")

    assert "班里还有学生" in page
    assert "这个班还在结对" in page
    assert "还有老师担任这个班的班主任" in page
    assert refused.status_code == 422
    assert "班里还有学生" in refused.text
    assert cast.unit("bj-class").closed_on is None


def test_an_empty_class_goes_out_of_sight_and_comes_again(as_: SignedIn, cast: Cast) -> None:
    school, by, secretary = (
        cast.unit("bj-school"),
        cast.actor("secretary_bj"),
        as_("secretary_bj"),
    )
    empty = classes.add(school, grade=8, name="5", by=by)

    closed = secretary.post(f"/classes/{empty.id}/closing")
    twice = secretary.post(f"/classes/{empty.id}/closing")
    there = add(secretary, school, 8, "5")
    shown = [secretary.get(page).text for page in ("/", f"/schools/{school.id}", "/twinnings")]
    listed = secretary.get(f"/schools/{school.id}/classes").text
    opened = secretary.post(f"/classes/{empty.id}/opening")
    again = secretary.post(f"/classes/{empty.id}/opening")

    assert closed.status_code == opened.status_code == 302
    assert twice.status_code == again.status_code == 409
    assert "把它重新用起来就行" in there.text
    assert not any("初二(5)班" in page for page in shown)
    assert "重新用起来" in listed
    assert [entry.move for entry in trail.of(empty)] == [
        "added class",
        "closed class",
        "opened class again",
    ]


def test_a_class_graduates_in_one_act_and_whoever_stays_is_left_out(
    as_: SignedIn, cast: Cast
) -> None:
    secretary, class_ = as_("secretary_bj"), cast.unit("bj-class").id
    here = [cast.person(who).id for who in ("xiaohe", "xiaolin")]
    stays, elsewhere = cast.person("xiaoman").id, cast.person("xiaoqiu").id
    day, path = clock.today().isoformat(), f"/classes/{class_}/graduation"

    linked = secretary.get(f"/classes/{class_}").text
    page = secretary.get(path).text
    nobody = secretary.post(path, data={"day": day, "student": [elsewhere]})
    too_early = secretary.post(path, data={"day": "2020-01-01", "student": here})
    strangers = [
        as_(who).post(path, data={"day": day, "student": here}).status_code
        for who in ("teacher_bj", "secretary_ht", "county_bj", "editor", "xiaohe")
    ]
    running = sa.select(Enrolment.person_id).where(Enrolment.until.is_(None))
    before = set(session().scalars(running))
    gone = secretary.post(path, data={"day": day, "student": [*here, elsewhere]})

    assert f'href="{path}"' in linked
    assert page.count(" checked") == 3
    assert nobody.status_code == too_early.status_code == 422
    assert "先勾选毕业的学生" in nobody.text
    assert set(strangers) <= {403, 404}
    assert before - set(session().scalars(running)) == set(here)
    assert {stays, elsewhere} <= before
    assert cast.pair().state is PairState.CLOSED
    assert gone.location.endswith(f"/classes/{class_}/left")
    told = [trail.of(cast.person(who))[-1] for who in ("xiaohe", "xiaolin")]
    assert [(one.move, one.reason) for one in told] == [("left school", "graduated")] * 2


def test_whoever_left_a_class_that_closed_comes_back_into_another(
    as_: SignedIn, cast: Cast
) -> None:
    secretary, school = as_("secretary_bj"), cast.unit("bj-school")
    class_, student = cast.unit("bj-class-2").id, cast.person("xiaoqiu").id
    day = clock.today().isoformat()
    secretary.post(f"/students/{student}/leaving", data={"why": "graduated", "day": day})
    secretary.post(f"/classes/{class_}/closing")

    listed = secretary.get(f"/schools/{school.id}/classes").text
    left = secretary.get(f"/classes/{class_}/left").text
    place = session().scalar(sa.select(Enrolment.id).where(Enrolment.person_id == student))
    way = f"/classes/{class_}/left/{place}"
    asked = secretary.post(f"{way}/return")
    page = secretary.get(asked.location).text
    unanswered = secretary.post(f"{way}/return", data={"class_id": ""})
    back = secretary.post(f"{way}/return", data={"class_id": cast.unit("bj-class").id})

    assert f'href="/classes/{class_}/left"' in listed
    assert way in left
    assert f"{way}/return" not in left
    assert asked.location.endswith(way)
    assert "选一个班" in page
    assert unanswered.status_code == 422
    assert back.location.endswith(f"/students/{student}")


def test_a_running_twinning_keeps_an_empty_class_open(as_: SignedIn, cast: Cast) -> None:
    by = cast.actor("secretary_bj")
    empty = classes.add(cast.unit("bj-school"), grade=8, name="5", by=by)
    other = classes.add(cast.unit("ht-school"), grade=8, name="5", by=cast.actor("secretary_ht"))
    programme = cast.class_twinning().programme
    tied = twinning.propose(programme, supported=other, supporting=empty, by=by)

    refused = as_("secretary_bj").post(f"/classes/{empty.id}/closing")
    twinning.end(tied, reason="试一试", by=by)
    done = as_("secretary_bj").post(f"/classes/{empty.id}/closing")

    assert "这个班还在结对" in refused.text
    assert done.status_code == 302
    with pytest.raises(Invalid, match="关了的班不能结对"):
        twinning.propose(programme, supported=other, supporting=empty, by=by)


def test_a_teacher_and_outsiders_keep_no_classes(as_: SignedIn, cast: Cast) -> None:
    school, class_ = cast.unit("bj-school"), cast.unit("bj-class-2")
    with transaction():
        class_.closed_on = clock.today()

    for who in ("teacher_bj", "secretary_ht", "teacher_tj", "county_bj", "editor", "xiaohe"):
        client = as_(who)
        for answer in (
            client.get(f"/schools/{school.id}/classes"),
            add(client, school, 8, "5"),
            client.get(f"/classes/{class_.id}/details"),
            client.post(f"/classes/{class_.id}/details", data={"name": "初二(8)班"}),
            client.post(f"/classes/{class_.id}/closing"),
            client.post(f"/classes/{class_.id}/opening"),
        ):
            assert answer.status_code in (403, 404), who

    assert called(school, "初二(5)班") is None
    assert cast.unit("bj-class-2").closed_on is not None
