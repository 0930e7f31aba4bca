"""A worry: somebody is asked to look after a child, and nobody is told what the child wrote."""

from __future__ import annotations

import pytest

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.safeguarding import services
from penpal.safeguarding.evidence_models import Evidence
from penpal.safeguarding.models import Outcome, Report, ReportKind
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import send
from tests.safeguarding.telling import reports

LABEL = "小禾的第一封信"


def worry(cast: Cast) -> Report:
    letter = send(cast)
    report = services.worry(cast.person("xiaohe").id, about=("letter", letter.id, LABEL))
    assert report is not None
    return report


def test_self_harm_words_tell_the_teacher_that_there_is_a_worry_without_quoting(
    as_: SignedIn, cast: Cast
) -> None:
    """DOMAIN: self-harm words show where help is, and tell the teacher there is a worry."""
    report = worry(cast)

    assert (report.kind, report.words, report.about_kind, report.about_id) == (
        ReportKind.WORRY,
        "",
        "",
        None,
    )
    assert session().query(Evidence).count() == 0
    assert [(e.move, e.actor_kind) for e in trail.of(report)] == [("worry", "system")]
    for who in ("teacher_bj", "secretary_bj"):
        page = as_(who).get("/reports").text
        assert "请去问问孩子" in page
        assert LABEL in page
        assert "老槐树" not in page
        opening = as_(who).post(
            f"/reports/{report.id}/opening",
            data={"reason": "想看看孩子写了什么", "told": "老师担心你，想看看", "days": "1"},
        )
        assert opening.status_code == 404
    for who in ("teacher_ht", "secretary_ht", "county_bj"):
        assert "请去问问孩子" not in as_(who).get("/reports").text
    assert as_("xiaomai").get(f"/told/{report.id}").status_code == 404
    child = as_("xiaohe")
    assert (
        "我们请老师来问问你最近好不好。你写的话没有给老师看。"
        in child.get(f"/told/{report.id}").text
    )
    assert "我们请老师来问问你" in child.get("/tell").text


def test_one_worry_runs_at_a_time_and_a_second_adds_a_line(cast: Cast) -> None:
    first = worry(cast)
    again = services.worry(cast.person("xiaohe").id, about=("letter", 1, LABEL))

    assert again is not None
    assert again.id == first.id
    assert [entry.move for entry in trail.of(first)] == ["worry", "worried again"]
    services.answer(
        first, words="聊过了。", outcome=Outcome.HELP_FOUND, by=cast.actor("teacher_bj")
    )
    later = services.worry(cast.person("xiaohe").id, about=("letter", 1, LABEL))
    assert later is not None
    assert [report.id for report in reports()] == [first.id, later.id]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_outcome_is_told_in_words_a_child_understands(
    as_: SignedIn, cast: Cast, outcome: Outcome
) -> None:
    report = worry(cast)

    as_("teacher_bj").post(
        f"/reports/{report.id}/answer", data={"answer": "我们聊过了。", "outcome": outcome.value}
    )

    page = as_("xiaohe").get(f"/told/{report.id}").text
    assert "我们聊过了。" in page
    assert 'class="notice notice--ok"' in page
    assert report.outcome is outcome


def test_an_answer_says_what_came_of_it(as_: SignedIn, cast: Cast) -> None:
    report = worry(cast)

    answer = as_("teacher_bj").post(f"/reports/{report.id}/answer", data={"answer": "聊过了。"})

    assert answer.status_code == 422
    assert "选一项" in answer.text
    assert "聊过了。" in answer.text
