"""Two drafts of one letter: side by side, until their author has chosen."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from penpal.kernel import differences
from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from penpal.letters import services
from penpal.letters.models import Letter
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import KEY, composed, save, send

HOME = "小麦：\n\n今天下雪了，操场全白了。\n\n小禾"
LAB = "小麦：\n\n今天下雪了，我们打了雪仗。\n\n小禾"


def fork(cast: Cast) -> tuple[Letter, Letter]:
    """What was written at home, and beside it what was written in the computer room."""
    save(cast, body="小麦：")
    newer = save(cast, body=HOME, revision=1).letter
    older = save(cast, body=LAB, revision=1)
    assert older.forked
    return newer, older.letter


def choose(browser: FlaskClient, letter: Letter, keep: str, page: str = "") -> str:
    """Press one of the three buttons of the page, which is asked for unless it was drawn before."""
    page = page or browser.get(f"/letters/{letter.id}/beside").text
    seen = dict(re.findall(r'name="(revision|newer_revision)" value="(\d+)"', page))
    answer = browser.post(f"/letters/{letter.id}/choice", data=seen | {"keep": keep})
    assert answer.status_code == 302
    return answer.location


def drafts() -> list[str]:
    session().expire_all()
    return [letter.body for letter in session().query(Letter).order_by(Letter.id)]


def test_both_texts_stand_side_by_side_with_what_only_one_has_marked(
    as_: SignedIn, cast: Cast
) -> None:
    _newer, older = fork(cast)

    sheet = as_("xiaohe").get(f"/letters/{older.id}/edit").text
    page = as_("xiaohe").get(f"/letters/{older.id}/beside").text

    assert f"/letters/{older.id}/beside" in sheet
    assert "data-composer-fork hidden" not in sheet
    assert re.findall(r"<del>(.*?)</del>", page) == ["操场全白了"]
    assert re.findall(r"<ins>(.*?)</ins>", page) == ["我们打了雪仗"]
    assert page.count("今天下雪了") == 2


def test_differences_give_both_texts_whole() -> None:
    texts = differences.between(HOME, LAB)

    assert "".join(piece.text for piece in texts.first) == HOME
    assert "".join(piece.text for piece in texts.second) == LAB
    assert [piece.text for piece in texts.first if not piece.alone] == [
        piece.text for piece in texts.second if not piece.alone
    ]


@pytest.mark.parametrize(
    ("keep", "left"), [("this", [LAB]), ("other", [HOME]), ("both", [HOME, LAB])]
)
def test_the_author_keeps_one_the_other_or_both(
    as_: SignedIn, cast: Cast, keep: str, left: list[str]
) -> None:
    newer, older = fork(cast)
    kept_id = newer.id if keep == "other" else older.id
    xiaohe = as_("xiaohe")

    location = choose(xiaohe, older, keep)

    assert location == f"/letters/{kept_id}/edit"
    assert drafts() == left
    assert "data-composer-fork hidden" in xiaohe.get(location).text
    assert xiaohe.get(f"/letters/{kept_id}/beside").location == f"/letters/{kept_id}/edit"


@pytest.mark.parametrize("which", ["newer", "older"])
def test_nobody_throws_away_words_that_they_did_not_see(
    as_: SignedIn, cast: Cast, which: str
) -> None:
    newer, older = fork(cast)
    xiaohe = as_("xiaohe")
    page = xiaohe.get(f"/letters/{older.id}/beside").text
    written = newer if which == "newer" else older
    save(cast, key=written.key, body="手机上又写了一段。", revision=written.revision)

    location = choose(xiaohe, older, "this" if which == "newer" else "other", page)
    shown = xiaohe.get(location).text

    assert location == f"/letters/{older.id}/beside"
    assert "刚才有一份又写了新的" in shown
    assert "手机上又写了一段。" in drafts()
    assert len(drafts()) == 2


@pytest.mark.parametrize("keep", ["", "neither"])
def test_a_choice_that_there_is_not_throws_nothing_away(
    as_: SignedIn, cast: Cast, keep: str
) -> None:
    _newer, older = fork(cast)

    answer = as_("xiaohe").post(f"/letters/{older.id}/choice", data={"keep": keep})

    assert answer.status_code == 422
    assert "先选留下哪一份" in answer.text
    assert drafts() == [HOME, LAB]
    assert older.beside_id is not None


@pytest.mark.parametrize("who", ["xiaomai", "xiaolin", "teacher_bj", "editor"])
def test_an_outsider_sees_and_chooses_nothing(as_: SignedIn, cast: Cast, who: str) -> None:
    newer, older = fork(cast)

    looked = as_(who).get(f"/letters/{older.id}/beside")
    chosen = as_(who).post(f"/letters/{older.id}/choice", data={"keep": "this"})

    assert looked.status_code in (403, 404)
    assert chosen.status_code in (403, 404)
    seen = {newer.id: newer.revision, older.id: older.revision}
    with pytest.raises(NotPermitted):
        services.keep_both(older, by=cast.actor(who))
    with pytest.raises(NotPermitted):
        services.choose(older, over=newer, seen=seen, by=cast.actor(who))
    assert drafts() == [HOME, LAB]


def test_there_is_nothing_to_choose_once_one_of_them_was_sent(as_: SignedIn, cast: Cast) -> None:
    newer, older = fork(cast)
    sent = send(cast, key=newer.key, body=HOME)
    xiaohe = as_("xiaohe")

    beside = xiaohe.get(f"/letters/{older.id}/beside")
    choose(xiaohe, older, "this")

    assert beside.location == f"/letters/{older.id}/edit"
    assert drafts() == [HOME, LAB]
    assert xiaohe.get(f"/letters/{sent.id}/beside").status_code == 403


def test_a_save_whose_answer_was_lost_makes_no_third_draft(cast: Cast) -> None:
    _newer, older = fork(cast)

    again = save(cast, body=LAB, revision=1)

    assert again.forked
    assert again.letter.id == older.id
    assert drafts() == [HOME, LAB]


def test_sending_from_an_older_page_keeps_what_was_written_elsewhere(
    as_: SignedIn, cast: Cast
) -> None:
    save(cast, body="小麦：")
    save(cast, body=HOME, revision=1)

    fields = composed(body=LAB, revision="1", action="send")
    sent = as_("xiaohe").post("/letters", data=fields)
    again = as_("xiaohe").post("/letters", data=fields)

    assert sent.location == again.location
    found = session().query(Letter).order_by(Letter.id).all()
    assert [(letter.body, letter.is_draft) for letter in found] == [(LAB, False), (HOME, True)]
    assert found[1].key != KEY


def test_sending_words_whose_save_went_unanswered_leaves_no_second_copy(cast: Cast) -> None:
    """The save put them beside what was written elsewhere; the page never heard of it and sends them."""
    save(cast, body="小麦：")
    save(cast, body=HOME, revision=1)
    assert save(cast, body=LAB, revision=1).forked

    sent = send(cast, body=LAB, revision=1)
    again = send(cast, body=LAB, revision=1)

    assert again.id == sent.id
    assert drafts() == [LAB, HOME]
    assert [letter.is_draft for letter in session().query(Letter).order_by(Letter.id)] == [
        False,
        True,
    ]


def test_sending_from_the_newest_page_leaves_no_draft_behind(cast: Cast) -> None:
    save(cast, body="小麦：")
    save(cast, body=HOME, revision=1)

    send(cast, body=LAB, revision=2)

    assert drafts() == [LAB]


def test_the_composer_is_told_where_its_letter_went_and_what_is_wrong(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")
    fields = composed(body=LAB, action="send")
    json = {"Accept": "application/json"}

    sent = xiaohe.post("/letters", data=fields, headers=json)
    other = xiaohe.post("/letters", data=fields | {"body": HOME}, headers=json)
    empty = xiaohe.post("/letters", data=fields | {"key": "another-key", "body": " "}, headers=json)

    assert sent.json == {"url": f"/letters/{session().query(Letter).one().id}"}
    assert other.status_code == 409
    assert "已经寄出" in other.json["error"]  # type: ignore[index]
    assert empty.status_code == 422
    assert "信纸还是空的" in empty.json["fields"]["body"]  # type: ignore[index]
    assert "信寄出了" in xiaohe.get("/letters").text


def test_a_save_after_sending_says_that_the_letter_is_gone(as_: SignedIn, cast: Cast) -> None:
    sent = send(cast, body=LAB)

    answer = as_("xiaohe").put(
        f"/letters/drafts/{KEY}", data={"body": LAB, "envelope": "sealed", "revision": "1"}
    )

    assert answer.json is not None
    assert answer.json["sent"] is True
    assert str(sent.id) in answer.json["url"]
