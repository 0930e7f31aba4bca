"""A student leaves and comes back: let go gently, found again under the number, never made a second time."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.accounts import services as accounts
from penpal.accounts.models import Activation, Enrolment, SignIn
from penpal.config import Settings
from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.rosters import reading, services
from penpal.rosters.judging import Reason
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.rosters.by_hand import add, correct, leave, named, number_of, place_of, told_of
from tests.rosters.rosters_of import HEADINGS, as_csv


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
