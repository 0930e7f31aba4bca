"""Putting an issue together: numbers, order, words around the pieces, and who may."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from penpal.kernel import clock, trail
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotFound, NotPermitted
from penpal.publishing.issues import copy, page, queries, services, signing
from penpal.publishing.issues.around import Around
from penpal.publishing.issues.models import IssuePiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.states import SubmissionState as S
from tests.cast import Cast
from tests.publishing.issues import ready

NEXT_YEAR = datetime(2027, 3, 5, 8, tzinfo=clock.CHINA)
QUOTE = "像下了一场硬雨"


def test_issues_are_numbered_through_and_by_year_and_a_dropped_one_gives_its_number_back(
    cast: Cast,
) -> None:
    editor = cast.actor("editor")
    first, second = (
        services.plan(ready.programme(), by=editor),
        services.plan(ready.programme(), comes_out_at=NEXT_YEAR, by=editor),
    )
    piece = ready.pieces(cast)[0]
    services.put(second, piece, by=editor)

    with pytest.raises(Invalid):
        services.drop(second, reason=" ", by=editor)
    services.drop(second, reason="合到下一期", by=editor)
    third = services.plan(ready.programme(), comes_out_at=NEXT_YEAR, by=editor)

    assert (first.number, second.number, third.number) == (1, 2, 2)
    assert (third.year, third.number_of_year) == (2027, 1)
    assert second.state is IssueState.DROPPED
    assert queries.of(piece) is None
    assert [(entry.move, entry.reason) for entry in trail.of(second)][1:] == [
        ("drop issue", "合到下一期")
    ]
    services.write(third, Around(comes_out_at=clock.now()), saved=third.saved, by=editor)
    assert (third.year, third.number_of_year) == (clock.today().year, 2)


def test_a_piece_is_put_in_once_and_in_one_issue_alone(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue, other = (services.plan(ready.programme(), by=editor) for _ in range(2))
    piece = ready.pieces(cast)[0]

    row = services.put(issue, piece, by=editor)
    again = services.put(issue, piece, by=editor)

    assert row.id == again.id
    with pytest.raises(Conflict, match="第 1 期"):
        services.put(other, piece, by=editor)
    assert [entry.move for entry in trail.of(piece)] == ["put into issue"]
    services.take_out(row, by=editor)
    services.put(other, piece, by=editor)
    assert [entry.reason for entry in trail.of(piece)] == ["1", "1", "2"]


def test_what_is_not_on_the_desk_or_in_another_section_is_refused(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = services.plan(ready.programme(), by=editor)
    reviewed, gone, fine = ready.pieces(cast, 3)
    ready.move(reviewed, S.WITH_SECRETARY)
    ready.move(gone, S.WITHDRAWN)

    for piece in (reviewed, gone):
        with pytest.raises((NotFound, IllegalMove)):
            services.put(issue, piece, by=editor)
    with pytest.raises(Invalid):
        services.put(issue, fine, section="nowhere", by=editor)

    assert queries.pieces_of(issue) == []


@pytest.mark.parametrize("who", ["xiaomai", "teacher_ht", "secretary_ht", "county_bj"])
def test_nobody_but_editors_changes_an_issue(cast: Cast, who: str) -> None:
    issue = ready.planned(cast, 1)
    row = queries.pieces_of(issue)[0]
    outsider = cast.actor(who)

    for verb in (
        lambda: services.plan(ready.programme(), by=outsider),
        lambda: services.put(issue, row.submission, by=outsider),
        lambda: services.take_out(row, by=outsider),
        lambda: services.move(row, 0, by=outsider),
        lambda: services.order(issue, [row.id], saved=issue.saved, by=outsider),
        lambda: services.choose(row, section="reading", photo_id=None, by=outsider),
        lambda: services.write(issue, Around(), saved=issue.saved, by=outsider),
        lambda: services.drop(issue, reason="不要了", by=outsider),
    ):
        with pytest.raises(NotPermitted):
            verb()

    assert [row.section for row in queries.pieces_of(issue)] == [""]


def test_pieces_are_ordered_one_by_one_or_all_at_once_and_never_from_an_older_page(
    cast: Cast,
) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 3)
    one, two, three = queries.pieces_of(issue)
    seen = issue.saved

    services.move(three, 0, by=editor)

    assert [row.id for row in queries.pieces_of(issue)] == [three.id, one.id, two.id]
    with pytest.raises(Conflict):
        services.order(issue, [one.id, two.id, three.id], saved=seen, by=editor)
    with pytest.raises(Conflict):
        services.order(issue, [one.id, two.id], saved=issue.saved, by=editor)
    services.order(issue, [two.id, one.id, three.id], saved=issue.saved, by=editor)
    assert [row.id for row in queries.pieces_of(issue)] == [two.id, one.id, three.id]


def test_what_is_signed_off_is_changed_no_more(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 1)
    row = queries.pieces_of(issue)[0]
    signing.sign_off(issue, NEXT_YEAR, by=editor)

    for verb in (
        lambda: services.take_out(row, by=editor),
        lambda: services.write(issue, Around(), saved=issue.saved, by=editor),
        lambda: services.put(issue, ready.pieces(cast)[0], by=editor),
        lambda: services.drop(issue, reason="不要了", by=editor),
    ):
        with pytest.raises(IllegalMove):
            verb()

    assert (issue.state, issue.year) == (IssueState.SIGNED_OFF, 2027)


def test_the_quotation_is_word_for_word_and_goes_with_its_piece(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 2)
    row = queries.pieces_of(issue)[0]

    with pytest.raises(Invalid) as refused:
        services.write(issue, Around(quote="像下了一场大雨"), saved=issue.saved, by=editor)
    services.write(issue, Around(quote=QUOTE, note="一\n\n<b>二</b>"), saved=issue.saved, by=editor)

    assert "一字不差" in str(refused.value.fields["quote"])
    assert (issue.quote, issue.quote_of_id) == (QUOTE, row.submission_id)
    assert "<p>一</p>" in issue.note_html
    assert "<b>" not in issue.note_html
    services.take_out(row, by=editor)
    assert (issue.quote, issue.quote_of_id) == ("", None)


def test_words_too_long_and_pages_too_old_are_told(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 1)

    with pytest.raises(Invalid) as refused:
        services.write(issue, Around(headline="长" * 61, space=0), saved=issue.saved, by=editor)
    with pytest.raises(Conflict):
        services.write(issue, Around(headline="好"), saved=issue.saved - 1, by=editor)

    assert set(refused.value.fields) == {"headline", "space"}
    assert issue.headline == ""


def test_the_page_says_beside_each_piece_what_is_missing(cast: Cast) -> None:
    issue = ready.planned(cast, 3)
    for piece, state in zip(
        [row.submission for row in queries.pieces_of(issue)],
        (S.WITH_EDITOR, S.WITH_AUTHOR, S.READY),
        strict=True,
    ):
        ready.move(piece, state)
    last = queries.pieces_of(issue)[2].submission
    ready.unsay(last)

    shown = page.of(issue, cast.actor("editor"))

    assert [block.chip[2] for block in shown.blocks] == [
        "还没有定稿",
        "等作者看改动",
        "等 2 位家长",
    ]
    assert len(shown.waiting) == 3
    assert shown.length == 3 * shown.blocks[0].length
    assert shown.blocks[0].byline.startswith("青核桃")
    assert "小麦" not in str(shown.blocks)


def test_a_file_holds_only_what_may_be_printed(cast: Cast) -> None:
    issue = ready.planned(cast, 2)
    unready = queries.pieces_of(issue)[0]
    ready.move(unready.submission, S.WITH_EDITOR)

    assert len(copy.of(issue, with_drafts=True).articles) == 2
    assert copy.of(issue, with_drafts=False).articles == []
    assert session().scalar(sa.select(sa.func.count()).select_from(IssuePiece)) == 2
