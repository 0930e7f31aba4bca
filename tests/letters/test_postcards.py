"""Open letters: delivered at once, and the author's class teacher may read along, nobody else."""

from __future__ import annotations

from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.letters.models import Envelope, Letter
from penpal.letters.states import LetterState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import send


def test_the_class_teacher_of_the_author_reads_along(as_: SignedIn, cast: Cast) -> None:
    postcard = send(cast, envelope=Envelope.OPEN)
    teacher = as_("teacher_bj")

    listed = teacher.get(f"/classes/{cast.unit('bj-class').id}").text
    page = teacher.get(f"/letters/{postcard.id}")

    assert f"/letters/{postcard.id}" in listed
    assert "小禾的第一封信" in listed
    assert page.status_code == 200
    assert "老槐树" in page.text
    assert "不用你放行" in page.text


def test_it_was_delivered_without_waiting_for_the_teacher(as_: SignedIn, cast: Cast) -> None:
    postcard = send(cast, envelope=Envelope.OPEN)

    assert postcard.state is LetterState.DELIVERED
    envelope = as_("xiaomai").get(f"/letters/{postcard.id}").text
    assert "小禾的班主任也可以读" in envelope


def test_a_teacher_who_reads_leaves_the_letter_unopened(as_: SignedIn, cast: Cast) -> None:
    postcard = send(cast, envelope=Envelope.OPEN)
    teacher = as_("teacher_bj")

    teacher.get(f"/letters/{postcard.id}")
    refused = teacher.post(f"/letters/{postcard.id}/opening")

    assert session().get_one(Letter, postcard.id).state is LetterState.DELIVERED
    assert refused.status_code in (302, 403)
    assert "信已经在小麦的信箱里" in as_("xiaohe").get(f"/letters/{postcard.id}").text


def test_nobody_else_reads_a_postcard(as_: SignedIn, cast: Cast) -> None:
    postcard = send(cast, envelope=Envelope.OPEN)

    for who in (
        "teacher_ht",
        "teacher_tj",
        "secretary_bj",
        "secretary_ht",
        "county_bj",
        "editor",
        "xiaolin",
    ):
        assert as_(who).get(f"/letters/{postcard.id}").status_code in (403, 404)
    listed = as_("secretary_bj").get(f"/classes/{cast.unit('bj-class').id}").text
    assert f"/letters/{postcard.id}" not in listed


def test_a_sealed_letter_is_on_no_teachers_page(as_: SignedIn, cast: Cast) -> None:
    sealed = send(cast)
    teacher = as_("teacher_bj")

    page = teacher.get(f"/classes/{cast.unit('bj-class').id}").text

    assert f"/letters/{sealed.id}" not in page
    assert "请你一起读的明信片" not in page
    assert teacher.get(f"/letters/{sealed.id}").status_code == 404


def test_a_child_who_moved_away_is_read_along_no_more(as_: SignedIn, cast: Cast) -> None:
    postcard = send(cast, envelope=Envelope.OPEN)
    with transaction():
        cast.person("xiaohe").enrolments[0].until = clock.today()

    assert as_("teacher_bj").get(f"/letters/{postcard.id}").status_code == 404


def test_the_page_says_who_can_read_before_it_is_sent(as_: SignedIn, cast: Cast) -> None:
    page = as_("xiaohe").get("/letters/new").text

    assert "这封信谁会读到" in page
    assert "只有小麦读得到" in page
    assert "你的班主任班主任也可以一起读" in page
    assert 'value="sealed" checked' in page
    assert "两种都马上送到，没有人先拆" in page


def test_the_partner_is_told_who_reads_along(as_: SignedIn, cast: Cast) -> None:
    postcard = send(cast, envelope=Envelope.OPEN)
    xiaomai = as_("xiaomai")
    xiaomai.post(f"/letters/{postcard.id}/opening")

    assert "小禾的班主任" in xiaomai.get(f"/letters/{postcard.id}").text
