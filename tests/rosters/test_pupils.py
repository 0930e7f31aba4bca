"""Students by hand: added, corrected, moved, gone and back, under the rules of a roster."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts import services as accounts
from penpal.accounts.models import Activation, Enrolment, Person, SignIn
from penpal.config import Settings
from penpal.consent import queries as consent
from penpal.consent.models import Purpose
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.rosters import classes, reading, services
from penpal.rosters.judging import Reason
from penpal.twinning.states import PairState
from tests.cast import FIFTEEN, THIRTEEN, Cast
from tests.conftest import SignedIn
from tests.rosters.rosters_of import HEADINGS, IDENTITY, as_csv


def told_of(person: Person) -> list[str]:
    return [entry.move for entry in trail.of(person)]


def place_of(person: Person) -> Enrolment | None:
    return session().scalar(
        sa.select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.until.is_(None))
    )


def number_of(cast: Cast, who: str) -> str:
    return f"2025{cast.person(who).id:04}"


def named(name: str) -> list[Person]:
    return list(session().scalars(sa.select(Person).where(Person.name == name).order_by(Person.id)))


def add(client: FlaskClient, class_id: int, **typed: Any) -> Any:
    kept = {"name": "小新", "number": "20269001", "birth_year": "", "birth_month": ""} | typed
    return client.post(f"/classes/{class_id}/students", data=kept)


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


def correct(client: FlaskClient, person: Person, **typed: str) -> Any:
    kept = {
        "name": person.name,
        "number": typed.pop("number", ""),
        "birth_year": "",
        "birth_month": "",
    }
    return client.post(f"/students/{person.id}/details", data=kept | typed)


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


def leave(client: FlaskClient, person_id: int, why: str = "left") -> Any:
    return client.post(
        f"/students/{person_id}/leaving", data={"why": why, "day": clock.today().isoformat()}
    )


def test_who_leaves_is_let_go_gently_and_can_come_back_at_once(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    student, class_id = cast.person("xiaohe").id, cast.unit("bj-class").id
    secretary, child = as_("secretary_bj"), as_("xiaohe")

    page = secretary.get(f"/students/{student}/leaving").text
    gone = leave(secretary, student)
    closed = cast.pair().state, trail.of(cast.pair())[-1].reason
    running = session().scalar(
        sa.select(sa.func.count()).where(SignIn.person_id == student, SignIn.ended_at.is_(None))
    )
    left = secretary.get(gone.location).text
    after = [as_("xiaohe").get(page) for page in ("/", "/letters?past=1", "/account", "/tell")]
    again = secretary.post(f"/students/{student}/leaving")
    place = session().scalars(sa.select(Enrolment).where(Enrolment.person_id == student)).one()
    back = secretary.post(f"/classes/{class_id}/left/{place.id}/return")
    twice = secretary.post(f"/classes/{class_id}/left/{place.id}/return")

    assert "和小麦的结对会好好结束" in page
    # The value, not the words: those are of whoever reads them.
    assert closed == (PairState.CLOSED, "left")
    assert running == 0
    assert child.get("/letters").status_code == 302
    assert [answer.status_code for answer in after[:3]] == [200, 200, 200]
    assert after[3].status_code < 500
    assert "小禾" in left
    assert again.status_code == 404
    assert back.location.endswith(f"/students/{student}")
    assert twice.status_code == 404
    assert told_of(cast.person("xiaohe"))[-2:] == ["left school", "came back"]
    assert place_of(cast.person("xiaohe")) is not None
    assert cast.person("xiaohe").activated_at is not None
    assert "小禾" not in secretary.get(gone.location).text
    record = secretary.get(f"/schools/{cast.unit('bj-school').id}/record").text
    assert "办了离校" in record
    assert record.count("离开了学校") == 2


def test_slip_link_and_code_of_whoever_left_open_nothing(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    class_id = cast.unit("bj-class").id
    add(as_("teacher_bj"), class_id)
    [student] = named("小新")
    accounts.issue_codes([student], settings=settings)
    code = accounts.code_of(
        accounts.live_activations([student.id], settings=settings)[student.id], settings=settings
    )

    unclear = as_("secretary_bj").post(
        f"/students/{student.id}/leaving", data={"day": "2026-01-01"}
    )
    leave(as_("secretary_bj"), student.id, "graduated")
    tried = as_("secretary_bj").post(
        "/activate", data={"code": code, "display_name": "新", "password": "walnuts by the canal"}
    )

    assert unclear.status_code == 422
    assert tried.status_code != 302
    assert named("小新")[0].activated_at is None
    assert (
        session().scalar(sa.select(Activation.used_at).where(Activation.person_id == student.id))
        is None
    )


def test_a_number_of_whoever_left_asks_whether_it_is_the_same_child(
    as_: SignedIn, cast: Cast
) -> None:
    class_id, number = cast.unit("bj-class").id, number_of(cast, "xiaohe")
    leave(as_("secretary_bj"), cast.person("xiaohe").id)

    led = add(as_("secretary_bj"), class_id, name="小禾", number=number)
    taught = add(as_("teacher_bj"), class_id, name="小禾", number=number)
    anew = add(as_("secretary_bj"), class_id, name="小禾", number=number, anew="1")
    place = (
        session()
        .scalars(sa.select(Enrolment).where(Enrolment.person_id == cast.person("xiaohe").id))
        .one()
    )
    held = as_("secretary_bj").post(f"/classes/{class_id}/left/{place.id}/return")
    elsewhere = as_("secretary_bj").post(
        f"/classes/{class_id}/left/{place.id}/return",
        data={"class_id": cast.unit("bj-class-2").id, "number": "B-9"},
    )

    assert "是同一个孩子，接回来" in led.text
    assert "请校团委书记接回来" in taught.text
    assert anew.status_code == 302
    assert held.status_code == 422
    assert "小禾在用这个学号" in held.text
    assert elsewhere.status_code == 302
    assert len(named("小禾")) == 2


def test_a_roster_makes_no_second_record_of_whoever_left_or_was_folded(
    as_: SignedIn, cast: Cast
) -> None:
    secretary, school = as_("secretary_bj"), cast.unit("bj-school")
    class_id = cast.unit("bj-class").id
    add(secretary, class_id, name="小林", number="0301")
    kept, folded = cast.person("xiaolin"), named("小林")[-1]
    secretary.post(
        f"/students/{kept.id}/double", data={"other": str(folded.id), "keep": str(kept.id)}
    )
    leave(secretary, cast.person("xiaohe").id)
    number = number_of(cast, "xiaohe")
    rows = [
        ["初二(3)班", number, "小禾", "", ""],
        ["初二(3)班", "301", "小林", "", ""],
        ["初二(4)班", number_of(cast, "xiaolin"), "小林", "", ""],
    ]
    another = [["初二(3)班", number, "小新", "", ""]]

    plan = services.apply(
        school, reading.read(as_csv([HEADINGS, *rows])), by=cast.actor("secretary_bj")
    )
    by_hand = add(secretary, class_id, name="小林", number="0301")
    services.apply(
        school, reading.read(as_csv([HEADINGS, *another])), by=cast.actor("secretary_bj")
    )

    assert [line.reason for line in plan.refused] == [Reason.WAS_HERE, Reason.MERGED]
    assert (len(named("小禾")), len(named("小林")), len(named("小新"))) == (1, 2, 1)
    assert by_hand.status_code == 422
    assert "合并过的一份记录" in by_hand.text
    # Another child under a number that is free again is another child, and the kept record moved.
    corrected = correct(secretary, cast.person("xiaolin"), number="0301")
    assert corrected.status_code == 302


def test_a_teacher_and_strangers_bring_nobody_back(as_: SignedIn, cast: Cast) -> None:
    class_id, student = cast.unit("bj-class").id, cast.person("xiaohe").id
    leave(as_("secretary_bj"), student)
    place = session().scalars(sa.select(Enrolment).where(Enrolment.person_id == student)).one().id

    nobody = as_("secretary_bj").get(f"/classes/{class_id}/left/99999999999999999999")

    assert nobody.status_code == 404
    for who in ("teacher_bj", "secretary_ht", "teacher_tj", "county_bj", "editor"):
        for path in (f"/classes/{class_id}/left", f"/classes/{class_id}/left/{place}"):
            assert as_(who).get(path).status_code in (403, 404), (who, path)
        answer = as_(who).post(f"/classes/{class_id}/left/{place}/return")
        assert answer.status_code in (403, 404), who

    assert place_of(cast.person("xiaohe")) is None


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
