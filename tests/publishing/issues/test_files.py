"""Files of an issue: what is in them, who took them, and what happens when a piece of one goes."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
import sqlalchemy as sa
from docx import Document
from docx.oxml.ns import qn

from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotPermitted
from penpal.notices.models import Notice
from penpal.publishing.issues import copy as copies
from penpal.publishing.issues import handing_out, queries, recalling, services, signing, wordfile
from penpal.publishing.issues.around import Around
from penpal.publishing.issues.models import Handout, HandoutForm, HandoutPiece
from penpal.publishing.pieces import withdrawing
from penpal.publishing.pieces.leaving import Gone
from penpal.publishing.pieces.states import SubmissionState as S
from tests.cast import Cast
from tests.publishing.issues import ready
from tests.publishing.special import printed


def handed_out() -> list[HandoutPiece]:
    return list(session().scalars(sa.select(HandoutPiece).order_by(HandoutPiece.submission_id)))


def told(kind: str) -> set[int]:
    return set(session().scalars(sa.select(Notice.person_id).where(Notice.kind == kind)))


def test_the_word_file_has_a_style_for_each_kind_of_line_and_faces_for_chinese(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 2)
    words = Around(
        headline="同一片天", standfirst="两篇", note="日落晚两小时", quote="像下了一场硬雨"
    )
    services.write(issue, words, saved=issue.saved, by=editor)
    photo = queries.pieces_of(issue)[0].submission_id
    printed.photo(cast, photo, 0, key="photo-of-a-walnut", description="核桃树")
    signing.sign_off(issue, clock.now(), by=editor)

    taken = handing_out.take(issue, HandoutForm.DOCX, handed_to="排版 王师傅", by=editor)

    document = Document(io.BytesIO(taken.content))
    told_as = [(line.style.name if line.style else "", line.text) for line in document.paragraphs]
    assert told_as[0] == (wordfile.NAMEPLATE, "各民族中学生结对子 第 1 期")
    assert (wordfile.TITLE, "打核桃那天") in told_as
    assert (wordfile.SECTION, "来信") in told_as
    assert (wordfile.BODY, "银杏：") in told_as
    assert (wordfile.CAPTION, "核桃树") in told_as
    assert (wordfile.QUOTE, "像下了一场硬雨") in told_as
    assert told_as[-1] == (wordfile.NOTE, "编者注　日落晚两小时")
    assert [text for style, text in told_as if style == wordfile.BYLINE][1].startswith("青核桃（")
    assert not any("小麦" in text or "小禾" in text for _style, text in told_as)
    fonts = document.styles[wordfile.BODY].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    assert len(document.inline_shapes) == 1
    handout = session().scalars(sa.select(Handout)).one()
    assert handout.digest == hashlib.sha256(taken.content).hexdigest()
    assert (handout.taken_by_id, handout.handed_to) == (cast.person("editor").id, "排版 王师傅")
    assert [(piece.title, piece.with_photos) for piece in handed_out()] == [
        ("打核桃那天", True),
        ("打核桃那天1", False),
    ]
    assert [entry.move for entry in trail.of(handout)] == ["take file"]


def test_the_archive_holds_texts_photos_and_a_list_that_fits_them(cast: Cast) -> None:
    issue = ready.planned(cast, 2)
    printed.photo(cast, queries.pieces_of(issue)[0].submission_id, 0, key="photo-of-a-walnut")
    signing.sign_off(issue, clock.now(), by=cast.actor("editor"))

    taken = handing_out.take(issue, HandoutForm.ZIP, by=cast.actor("editor"))

    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        names = archive.namelist()
        listed = archive.read("00-目录.txt").decode("utf-8-sig")
        text = archive.read("02-打核桃那天.txt").decode("utf-8-sig")
        for name in names[1:]:
            assert f"{hashlib.sha256(archive.read(name)).hexdigest()}  {name}" in listed
        assert archive.read("02-打核桃那天-1.jpg")[:2] == b"\xff\xd8"
    assert names[-1] == "03-打核桃那天1.txt"
    assert "打核桃那天，爷爷站在树上" in text
    assert "\r\n" in text


def test_the_proof_is_a_page_of_pdf_and_says_when_it_is_not_signed(cast: Cast) -> None:
    issue = ready.planned(cast, 3)
    services.write(
        issue, Around(quote="像下了一场硬雨"), saved=issue.saved, by=cast.actor("editor")
    )

    taken = handing_out.take(issue, HandoutForm.PDF, by=cast.actor("editor"))

    assert taken.content.startswith(b"%PDF")
    assert taken.name == "各民族中学生结对子 第 1 期.pdf"
    assert len(handed_out()) == 3


def test_before_it_is_signed_nothing_goes_to_the_layout_people(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 1)

    for form in (HandoutForm.DOCX, HandoutForm.ZIP):
        with pytest.raises(IllegalMove):
            handing_out.take(issue, form, by=editor)
    with pytest.raises(Invalid):
        handing_out.take(services.plan(ready.programme(), by=editor), HandoutForm.PDF, by=editor)
    for who in ("xiaomai", "teacher_ht", "county_bj"):
        with pytest.raises(NotPermitted):
            handing_out.take(issue, HandoutForm.PDF, by=cast.actor(who))

    assert handed_out() == []


def test_a_withdrawn_piece_leaves_the_plan_its_words_and_every_new_file(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 2)
    gone, stays = [row.submission for row in queries.pieces_of(issue)]
    words = Around(
        headline="打核桃那天",
        standfirst="青核桃写来一封信",
        note="和田的日落",
        quote="像下了一场硬雨",
    )
    services.write(issue, words, saved=issue.saved, by=editor)
    signing.sign_off(issue, clock.now(), by=editor)
    handing_out.take(issue, HandoutForm.DOCX, by=editor)

    withdrawing.withdraw(gone, by=cast.actor("xiaohe"))

    assert [row.submission_id for row in queries.pieces_of(issue)] == [stays.id]
    assert (issue.headline, issue.standfirst, issue.quote) == ("", "", "")
    assert issue.note == "和田的日落"
    first = handed_out()[0]
    assert (first.recalled_at is not None, first.recalled) == (True, Gone.PIECE)
    assert handed_out()[1].recalled_at is None
    assert told("issue.recall") == told("issue.gone") == {cast.person("editor").id}
    handing_out.take(issue, HandoutForm.ZIP, by=editor)
    assert [piece.submission_id for piece in handed_out()] == [gone.id, stays.id, stays.id]


def test_in_an_issue_that_is_out_its_place_stays_and_says_that_something_went(cast: Cast) -> None:
    issue = ready.signed(cast, 2)
    signing.come_out_due()
    gone = queries.pieces_of(issue)[0].submission

    withdrawing.withdraw(gone, by=cast.actor("xiaomai"))

    assert [line.is_gone for line in queries.lines(issue)] == [True, False]
    assert [each.submission_id for each in copies.of(issue, with_drafts=False).articles] == [
        queries.pieces_of(issue)[1].submission_id
    ]
    assert gone.state is S.WITHDRAWN


def test_photos_alone_are_recalled_alone_and_the_words_anew_when_they_go_too(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 1)
    piece = queries.pieces_of(issue)[0].submission
    printed.photo(cast, piece.id, 0, key="photo-of-a-walnut")
    signing.sign_off(issue, clock.now(), by=editor)
    handing_out.take(issue, HandoutForm.ZIP, by=editor)

    with transaction():
        recalling.piece_gone(piece, Gone.PHOTOS, cast.actor("xiaomai"))
    held = handed_out()[0]
    recalling.hear(held, by=editor)

    assert (held.recalled, held.heard_at is not None, held.title) == (
        Gone.PHOTOS,
        True,
        "打核桃那天",
    )
    withdrawing.withdraw(piece, by=cast.actor("xiaomai"))
    assert (held.recalled, held.heard_at) == (Gone.PIECE, None)


def test_a_recall_is_heard_by_editors_and_what_it_was_called_is_then_forgotten(cast: Cast) -> None:
    editor = cast.actor("editor")
    issue = ready.signed(cast, 1)
    handing_out.take(issue, HandoutForm.DOCX, handed_to="日报", by=editor)
    held = handed_out()[0]
    with pytest.raises(IllegalMove):
        recalling.hear(held, by=editor)
    withdrawing.withdraw(queries.pieces_of(issue)[0].submission, by=cast.actor("xiaomai"))

    with pytest.raises(NotPermitted):
        recalling.hear(held, by=cast.actor("teacher_ht"))
    assert [piece.title for piece in queries.recalls(editor, heard=False)] == ["打核桃那天"]
    recalling.hear(held, by=editor)
    recalling.hear(held, by=editor)

    assert queries.recalls(editor, heard=False) == []
    assert [(piece.title, piece.heard_by_id) for piece in queries.recalls(editor, heard=True)] == [
        ("", cast.person("editor").id)
    ]
    assert [entry.move for entry in trail.of(held.handout)] == ["take file", "recall heard"]


def test_what_goes_while_a_file_is_made_is_in_no_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = ready.signed(cast, 2)
    make = wordfile.docx

    def slowly(copy: copies.Copy) -> bytes:
        made = make(copy)
        withdrawing.withdraw(queries.pieces_of(issue)[0].submission, by=cast.actor("xiaomai"))
        return made

    monkeypatch.setattr(wordfile, "docx", slowly)
    with pytest.raises(Conflict):
        handing_out.take(issue, HandoutForm.DOCX, by=cast.actor("editor"))

    assert handed_out() == []


def test_a_name_that_changed_is_gone_from_the_words_and_its_files_are_recalled(
    cast: Cast,
) -> None:
    editor = cast.actor("editor")
    issue = ready.planned(cast, 1)
    piece = queries.pieces_of(issue)[0].submission
    services.write(issue, Around(headline="小麦的来信"), saved=issue.saved, by=editor)
    signing.sign_off(issue, clock.now(), by=editor)
    handing_out.take(issue, HandoutForm.ZIP, by=editor)

    with transaction():
        recalling.piece_gone(piece, Gone.NAME, cast.actor("xiaomai"))

    assert issue.headline == ""
    assert [row.submission_id for row in queries.pieces_of(issue)] == [piece.id]
    assert handed_out()[0].recalled is Gone.NAME
