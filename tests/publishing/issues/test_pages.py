"""The pages of issues in an editor's hands, and shut to everybody else."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask.testing import FlaskClient

from penpal.publishing.issues import handing_out, queries, signing
from penpal.publishing.issues.models import HandoutForm
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces import withdrawing
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted
from tests.publishing.issues import ready


def at(client: FlaskClient, path: str, **data: object) -> str:
    answer = client.post(path, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_an_issue_is_put_together_and_signed_off_without_a_script(
    cast: Cast, as_: SignedIn
) -> None:
    one, two = ready.pieces(cast, 2)
    editor = as_("editor")

    at(editor, "/issues", day="2027-03-05")
    issue = queries.planned(cast.actor("editor"))[0]
    path = f"/issues/{issue.id}"
    at(editor, f"{path}/pieces", submission=one.id)
    shown = at(editor, f"{path}/pieces", submission=two.id, next=f"{path}#pool")
    rows = [row.id for row in queries.pieces_of(issue)]
    at(editor, f"{path}/pieces/{rows[1]}/place", way="up")
    at(editor, f"{path}/pieces/{rows[0]}", section="replies", photo="none")
    at(
        editor,
        f"{path}/words",
        headline="同一片天",
        space="2000",
        saved=issue.saved,
        day="2027-03-05",
    )
    shown = at(editor, f"{path}/sign-off", day="2027-03-05", time="09:00")

    assert issue.state is IssueState.SIGNED_OFF
    assert [row.id for row in queries.pieces_of(issue)] == rows[::-1]
    assert queries.pieces_of(issue)[1].section == "replies"
    assert (issue.headline, issue.space, issue.year) == ("同一片天", 2000, 2027)
    assert "2027年3月5日 09:00 出来，由编辑签发" in words(shown)
    assert "小麦" not in shown
    assert "白杨中学" not in shown


def test_what_does_not_fit_is_said_where_it_stands_and_nothing_typed_is_lost(
    cast: Cast, as_: SignedIn
) -> None:
    issue = ready.planned(cast, 1)
    editor, path = as_("editor"), f"/issues/{issue.id}"

    wrong = editor.post(f"{path}/words", data={"quote": "谁也没写过", "saved": issue.saved})
    stale = editor.post(f"{path}/words", data={"headline": "晚了一步", "saved": 1})
    day = editor.post(f"{path}/words", data={"day": "31.12.", "saved": issue.saved})
    reason = editor.post(f"{path}/drop", data={"reason": ""})

    assert [each.status_code for each in (wrong, stale, day, reason)] == [422, 409, 422, 422]
    assert 'href="#words-quote"' in wrong.text
    assert 'value="谁也没写过"' in wrong.text
    assert "别的编辑刚改过" in stale.text
    assert 'value="晚了一步"' in stale.text
    assert 'href="#drop-reason"' in reason.text


def test_files_come_down_and_recalls_are_heard(cast: Cast, as_: SignedIn) -> None:
    issue = ready.signed(cast, 2)
    editor, path = as_("editor"), f"/issues/{issue.id}"

    word = editor.post(f"{path}/copy.docx", data={"handed_to": "日报 王师傅"})
    archive = editor.post(f"{path}/copy.zip")

    assert word.headers["Content-Disposition"].startswith("attachment")
    assert "第 1 期.zip" not in word.headers["Content-Disposition"]
    assert len(zipfile.ZipFile(io.BytesIO(archive.data)).namelist()) == 4
    gone = queries.pieces_of(issue)[0].submission
    withdrawing.withdraw(gone, by=cast.actor("xiaomai"))
    shown = editor.get("/issues/recalls").text
    assert "日报 王师傅" in shown
    one = queries.handouts_with(gone.id)[0]
    at(editor, f"/issues/recalls/{one}/{gone.id}/hearing")
    assert [piece.handout_id for piece in queries.recalls(cast.actor("editor"), heard=True)] == [
        one
    ]
    assert editor.post(f"/issues/recalls/{one}/999/hearing").status_code == 404


@pytest.mark.parametrize("who", ["xiaomai", "teacher_ht", "secretary_bj", "county_bj"])
def test_an_issue_is_not_there_for_others(cast: Cast, as_: SignedIn, who: str) -> None:
    issue = ready.planned(cast, 1)
    client = as_(who)

    for path in ("/issues", f"/issues/{issue.id}", "/issues/recalls"):
        assert client.get(path).status_code in (403, 404)
    for path in ("words", "pieces", "order", "sign-off", "drop", "proof.pdf", "copy.zip"):
        assert client.post(f"/issues/{issue.id}/{path}").status_code in (403, 404)

    assert issue.state is IssueState.PLANNED


def test_the_page_of_an_issue_that_is_out_shows_nothing_of_what_was_withdrawn(
    cast: Cast, as_: SignedIn
) -> None:
    issue = ready.signed(cast, 2)
    signing.come_out_due()
    gone = queries.pieces_of(issue)[0].submission
    withdrawing.withdraw(gone, by=cast.actor("xiaohe"))

    shown = as_("editor").get(f"/issues/{issue.id}").text

    assert "撤下了" in shown
    assert ">打核桃那天<" not in shown
    assert "打核桃那天1" in shown
    handing_out.take(issue, HandoutForm.ZIP, by=cast.actor("editor"))
    assert queries.handouts_with(gone.id) == []


def test_a_long_pool_comes_page_by_page(cast: Cast, as_: SignedIn) -> None:
    issue = ready.planned(cast, 1)
    ready.pieces(cast, 60)

    shown = as_("editor").get(f"/issues/{issue.id}").text
    found = as_("editor").get(f"/issues/{issue.id}?q=那天59").text

    assert shown.count('name="submission"') == queries.PAGE
    assert "before=" in shown
    assert found.count('name="submission"') == 1


def test_a_full_issue_costs_as_many_queries_as_a_short_one(cast: Cast, as_: SignedIn) -> None:
    editor = as_("editor")
    short, full = ready.planned(cast, 2), ready.planned(cast, 12)
    editor.get("/issues")

    asked = []
    for issue in (short, full):
        with counted() as found:
            assert editor.get(f"/issues/{issue.id}").status_code == 200
        asked.append(len(found))

    assert asked[0] == asked[1]
