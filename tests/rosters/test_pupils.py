"""Students by hand: added, corrected and moved, under the rules of a roster."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.consent import queries as consent
from penpal.consent.models import Purpose
from penpal.kernel import clock, trail
from penpal.kernel.db import transaction
from penpal.rosters import classes, reading, services
from penpal.twinning.states import PairState
from tests.cast import FIFTEEN, THIRTEEN, Cast
from tests.conftest import SignedIn
from tests.rosters.by_hand import add, correct, named, number_of, place_of, told_of
from tests.rosters.rosters_of import HEADINGS, IDENTITY, as_csv


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_the_class_teacher_and_the_secretary_add_one_student(
    as_: SignedIn, cast: Cast, who: str
) -> None:
    class_id, year = cast.unit("bj-class").id, clock.today().year - 13

    page = as_(who).get(f"/classes/{class_id}/students/new").text
    answer = add(as_(who), class_id, name=" 古丽 · 阿依 ", birth_year=str(year), birth_month="5")

    [student] = named("古丽·阿依")
    place = place_of(student)
    assert "身份证号" in page
    assert answer.location.endswith(f"/students/{student.id}")
    assert place is not None
    assert (place.class_id, place.student_number) == (class_id, "20269001")
    assert (student.birth_year, student.birth_month) == (year, 5)
    assert student.activated_at is None
    assert told_of(student) == ["enrolled"]
    assert "古丽·阿依" in as_("teacher_bj").get(f"/classes/{class_id}").text


def test_nobody_else_adds_a_student(as_: SignedIn, cast: Cast) -> None:
    class_id = cast.unit("bj-class").id

    for who in ("teacher_ht", "teacher_tj", "secretary_ht", "county_bj", "editor", "xiaohe"):
        assert as_(who).get(f"/classes/{class_id}/students/new").status_code in (403, 404), who
        assert add(as_(who), class_id).status_code in (403, 404), who

    assert named("小新") == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "写上姓名"),
        ({"name": "小新（低保）"}, "写上姓名"),
        ({"name": "小新2"}, "姓名里只写名字"),
        ({"name": "小□"}, "换一种输入法"),
        ({"number": ""}, "学校自己编的学号"),
        ({"number": IDENTITY}, "学校自己编的学号"),
        ({"number": "2.02E+09"}, "学号写全"),
        ({"number": "二〇一"}, "学号只能是"),
        ({"birth_year": "2013"}, "年和月都要选"),
        ({"birth_year": "1990", "birth_month": "1"}, "对不上"),
    ],
)
def test_what_a_roster_does_not_take_a_form_does_not_take(
    as_: SignedIn, cast: Cast, typed: dict[str, str], words: str
) -> None:
    answer = add(as_("teacher_bj"), cast.unit("bj-class").id, **typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert named("小新") == []
    assert IDENTITY not in answer.text


def test_a_number_that_is_held_is_shown_with_who_holds_it_and_ways_on(
    as_: SignedIn, cast: Cast
) -> None:
    here, there = cast.unit("bj-class").id, cast.unit("bj-class-2").id
    held = cast.person("xiaoqiu").id

    own = add(as_("teacher_bj"), here, number=number_of(cast, "xiaohe"))
    beside = add(as_("teacher_bj"), here, number=number_of(cast, "xiaoqiu"))
    led = add(as_("secretary_bj"), here, number=number_of(cast, "xiaoqiu"))

    assert own.status_code == beside.status_code == led.status_code == 422
    assert "小禾在用这个学号" in own.text
    assert f"/students/{cast.person('xiaohe').id}/details" in own.text
    # A teacher learns in which class, and no name of a child of others.
    assert "初二(4)班有一名学生在用这个学号" in beside.text
    assert "小秋" not in beside.text
    assert f"/students/{held}/" not in beside.text
    assert "初二(4)班的小秋在用这个学号" in led.text
    assert f"/students/{held}/class?to={here}" in led.text
    assert there != here
    assert named("小新") == []


def test_a_number_without_its_zeros_is_no_new_child(as_: SignedIn, cast: Cast) -> None:
    class_id = cast.unit("bj-class").id
    add(as_("teacher_bj"), class_id, number="0301")

    same = add(as_("teacher_bj"), class_id, number="301")
    other = add(as_("teacher_bj"), class_id, number="301", name="小旧")

    assert "小新在用这个学号" in same.text
    assert "把 0 补上" in other.text
    assert len(named("小新")) == 1


def test_name_and_number_are_corrected_and_what_hangs_on_them_stays(
    as_: SignedIn, cast: Cast
) -> None:
    student, teacher = cast.person("xiaohe"), as_("teacher_bj")

    page = teacher.get(f"/students/{student.id}/details").text
    correct(teacher, student, name="晓禾", number=number_of(cast, "xiaohe"))
    correct(teacher, cast.person("xiaohe"), number="B-7")
    unchanged = correct(teacher, cast.person("xiaohe"), number="B-7")

    student = cast.person("xiaohe")
    place = place_of(student)
    assert 'value="小禾"' in page
    assert place is not None
    assert (student.name, place.student_number) == ("晓禾", "B-7")
    assert told_of(student)[-2:] == ["corrected name", "corrected number"]
    assert unchanged.status_code == 302
    assert cast.pair().state is PairState.ACTIVE
    assert student.activated_at is not None


def test_a_correction_never_makes_another_child_of_a_record(as_: SignedIn, cast: Cast) -> None:
    student = cast.person("xiaohe")
    year, month = FIFTEEN
    other = {"name": "小石", "birth_year": str(year), "birth_month": str(month)}

    for number in (number_of(cast, "xiaohe"), "B-8"):
        answer = correct(as_("secretary_bj"), student, number=number, **other)

        assert answer.status_code == 422
        assert "一次只能改一样" in answer.text
    held = correct(as_("secretary_bj"), student, number=number_of(cast, "xiaolin"))

    assert "小林在用这个学号" in held.text
    assert cast.person("xiaohe").name == "小禾"
    assert "corrected name" not in told_of(cast.person("xiaohe"))


def test_a_birth_that_crosses_fourteen_says_so_first_and_acts_through_the_ledger(
    as_: SignedIn, cast: Cast
) -> None:
    student, secretary = cast.person("xiaohe"), as_("secretary_bj")
    (up, may), (down, january) = FIFTEEN, THIRTEEN
    number = number_of(cast, "xiaohe")
    typed = {"number": number, "birth_year": str(up), "birth_month": str(may)}

    by_teacher = correct(as_("teacher_bj"), student, understood="1", **typed)
    asked = correct(secretary, student, **typed)
    before = consent.has(student.id, Purpose.TAKING_PART)
    correct(secretary, cast.person("xiaohe"), understood="1", **typed)
    after = consent.has(student.id, Purpose.TAKING_PART)
    down_again = typed | {"birth_year": str(down), "birth_month": str(january)}
    asked_again = correct(secretary, cast.person("xiaohe"), **down_again)

    assert by_teacher.status_code == 422
    assert "请校团委书记来改" in by_teacher.text
    assert asked.status_code == 422
    assert "参不参加由本人决定" in asked.text
    assert before
    assert not after
    assert "/welcome" in as_("xiaohe").get("/").location
    assert "要有家长签好的同意书" in asked_again.text
    assert told_of(cast.person("xiaohe"))[-1:] == ["corrected birth across an age"]


def test_a_birth_within_the_same_band_asks_nothing(as_: SignedIn, cast: Cast) -> None:
    student = cast.person("xiaohe")
    year, month = THIRTEEN

    answer = correct(
        as_("teacher_bj"),
        student,
        number=number_of(cast, "xiaohe"),
        birth_year=str(year),
        birth_month=str(month + 1),
    )

    assert answer.status_code == 302
    assert cast.person("xiaohe").birth_month == month + 1
    assert consent.has(student.id, Purpose.TAKING_PART)


def test_outsiders_correct_move_and_let_go_of_nobody(as_: SignedIn, cast: Cast) -> None:
    student, before = cast.person("xiaohe").id, told_of(cast.person("xiaohe"))
    pages = ("details", "class", "leaving", "double")

    for who in ("teacher_ht", "secretary_ht", "teacher_tj", "county_bj", "editor", "xiaomai"):
        for page in pages:
            for answer in (
                as_(who).get(f"/students/{student}/{page}"),
                as_(who).post(f"/students/{student}/{page}"),
            ):
                assert answer.status_code in (403, 404), (who, page)
                assert "小禾" not in answer.text
    # The class teacher corrects, and moves nobody.
    for page in pages[1:]:
        assert as_("teacher_bj").get(f"/students/{student}/{page}").status_code == 403
        assert as_("teacher_bj").post(f"/students/{student}/{page}").status_code == 403

    assert told_of(cast.person("xiaohe")) == before
    assert (
        as_("secretary_bj").get(f"/students/{cast.person('teacher_bj').id}/details").status_code
        == 404
    )


def test_a_student_moves_and_the_pair_goes_on_as_with_a_roster(as_: SignedIn, cast: Cast) -> None:
    secretary, school = as_("secretary_bj"), cast.unit("bj-school")
    student, there = cast.person("xiaohe"), cast.unit("bj-class-2").id
    day = clock.today() - timedelta(days=3)

    page = secretary.get(f"/students/{student.id}/class").text
    secretary.post(f"/students/{student.id}/class", data={"class_id": there, "day": day})
    by_roster = cast.person("xiaolin")
    row = ["初二(4)班", number_of(cast, "xiaolin"), "小林", "", ""]
    services.apply(school, reading.read(as_csv([HEADINGS, row])), by=cast.actor("secretary_bj"))

    moved, also = place_of(cast.person("xiaohe")), place_of(by_roster)
    assert "和小麦的结对不变" in page
    assert moved is not None
    assert also is not None
    assert (moved.class_id, moved.since, moved.student_number) == (
        there,
        day,
        number_of(cast, "xiaohe"),
    )
    assert also.class_id == there
    assert cast.pair().state is PairState.ACTIVE
    assert told_of(cast.person("xiaohe"))[-1] == told_of(by_roster)[-1] == "moved class"
    assert as_("teacher_bj").get(f"/students/{student.id}").status_code == 404


def test_a_move_needs_another_class_of_the_school_and_a_day_that_was(
    as_: SignedIn, cast: Cast
) -> None:
    student, secretary = cast.person("xiaohe").id, as_("secretary_bj")
    here, there = cast.unit("bj-class").id, cast.unit("bj-class-2").id
    today = clock.today()

    for class_id, day, words in (
        (here, today, "已经在这个班了"),
        (cast.unit("ht-class").id, today, "选一个班"),
        (0, today, "选一个班"),
        (there, today + timedelta(days=1), "日期要在"),
        (there, "2020-01-01", "日期要在"),
        (there, "昨天", "选一个日期"),
    ):
        answer = secretary.post(
            f"/students/{student}/class", data={"class_id": class_id, "day": str(day)}
        )
        assert answer.status_code == 422, words
        assert words in answer.text

    place = place_of(cast.person("xiaohe"))
    assert place is not None
    assert place.class_id == here


def test_nobody_comes_into_a_closed_class_by_hand_and_a_roster_opens_it(
    as_: SignedIn, cast: Cast
) -> None:
    school, by = cast.unit("bj-school"), cast.actor("secretary_bj")
    closed = classes.add(school, grade=8, name="9", by=by)
    with transaction():
        classes.close(closed, by=by)

    by_hand = add(as_("secretary_bj"), closed.id)
    row = [closed.name, "20269009", "小来", "", ""]
    services.apply(school, reading.read(as_csv([HEADINGS, row])), by=by)

    assert by_hand.status_code == 422
    assert "这个班已经关了" in by_hand.text
    assert closed.closed_on is None
    assert [entry.move for entry in trail.of(closed)][-1] == "opened class again"
