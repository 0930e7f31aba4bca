"""Answering: the child learns what came of it."""

from __future__ import annotations

import pytest

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.safeguarding import services
from penpal.safeguarding.models import WORDS_MAX, Addressee, Outcome, Report
from penpal.safeguarding.states import ReportState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.telling import WORDS, tell

SAID = "我和对方的班主任说过了，电话不用给他。明天午休来找我聊聊。"


def reloaded(report: Report) -> Report:
    return session().get_one(Report, report.id)


@pytest.mark.parametrize("taken_first", [True, False])
def test_the_answer_stands_where_the_child_told_it(
    as_: SignedIn, cast: Cast, taken_first: bool
) -> None:
    report = tell(cast)
    teacher = as_("teacher_bj")
    if taken_first:
        teacher.post(f"/reports/{report.id}/taking")

    answer = teacher.post(
        f"/reports/{report.id}/answer", data={"answer": SAID, "outcome": "talked"}
    )
    page = teacher.get(answer.location).text

    waiting, answered = page.split("已经回过话的")
    assert "回话送到了" in page
    assert WORDS not in waiting
    assert SAID in answered
    child = as_("xiaohe")
    told = child.get(f"/told/{report.id}").text
    assert "老师回话了" in told
    assert SAID in told
    assert WORDS in told
    assert "有回话" in child.get("/tell").text
    answered = reloaded(report)
    assert (answered.state, answered.taken_by_id) == (
        ReportState.ANSWERED,
        cast.person("teacher_bj").id,
    )
    assert answered.answered_at is not None
    last = trail.of(report)[-1]
    assert (last.move, last.actor_id) == ("answer", cast.person("teacher_bj").id)


@pytest.mark.parametrize("words", ["", "  \n ", "字" * (WORDS_MAX + 1)])
def test_an_empty_or_endless_answer_stays_on_the_page(
    as_: SignedIn, cast: Cast, words: str
) -> None:
    report = tell(cast)

    answer = as_("teacher_bj").post(
        f"/reports/{report.id}/answer", data={"answer": words, "outcome": "talked"}
    )

    assert answer.status_code == 422
    assert "写一句回话" in answer.text
    assert words.strip() in answer.text
    assert reloaded(report).state is ReportState.TOLD
    with pytest.raises(Invalid):
        services.answer(
            reloaded(report), words=words, outcome=Outcome.TALKED, by=cast.actor("teacher_bj")
        )


def test_what_is_answered_is_not_answered_again(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast)
    as_("teacher_bj").post(
        f"/reports/{report.id}/answer", data={"answer": SAID, "outcome": "talked"}
    )

    again = as_("secretary_bj").post(
        f"/reports/{report.id}/answer", data={"answer": "另一句回话", "outcome": "talked"}
    )

    assert again.status_code == 409
    assert "另一句回话" in again.text
    assert reloaded(report).answer == SAID
    with pytest.raises(IllegalMove):
        services.answer(
            reloaded(report), words="另一句", outcome=Outcome.TALKED, by=cast.actor("secretary_bj")
        )


@pytest.mark.parametrize(
    "who", ["xiaohe", "xiaomai", "teacher_ht", "secretary_ht", "county_bj", "editor"]
)
def test_an_outsider_answers_nothing_nor_does_the_child(
    as_: SignedIn, cast: Cast, who: str
) -> None:
    report = tell(cast)

    answer = as_(who).post(
        f"/reports/{report.id}/answer", data={"answer": SAID, "outcome": "talked"}
    )

    assert answer.status_code in (403, 404)
    with pytest.raises(NotPermitted):
        services.answer(report, words=SAID, outcome=Outcome.TALKED, by=cast.actor(who))
    assert reloaded(report).state is ReportState.TOLD


def test_past_the_teacher_the_teacher_does_not_answer(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast, addressee=Addressee.SCHOOL_SECRETARY)

    assert (
        as_("teacher_bj")
        .post(f"/reports/{report.id}/answer", data={"answer": SAID, "outcome": "talked"})
        .status_code
        == 404
    )
    with pytest.raises(NotPermitted):
        services.answer(report, words=SAID, outcome=Outcome.TALKED, by=cast.actor("teacher_bj"))


def test_the_longest_waiting_stands_first(as_: SignedIn, cast: Cast) -> None:
    tell(cast, words="第一件")
    tell(cast, "xiaolin", words="第二件")
    teacher = as_("teacher_bj")

    page = teacher.get("/reports").text

    assert page.index("第一件") < page.index("第二件")
    assert "有 2 个孩子在等回话" in teacher.get("/").text


def test_no_news_is_said_plainly(as_: SignedIn) -> None:
    assert "现在没有人求助" in as_("teacher_bj").get("/reports").text


def test_a_student_who_asks_for_the_list_finds_the_form(as_: SignedIn) -> None:
    assert as_("xiaohe").get("/reports").location == "/tell"
