"""When something does not work: a calm page, the right number, and no word lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.kernel.db import transaction
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import BODY, KEY

LETTER = {"key": KEY, "body": BODY, "envelope": "sealed"}


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("xiaohe", "/no-such-page"),
        ("xiaohe", "/letters/999999"),
        ("xiaohe", "/letters/99999999999999999999"),
        ("xiaohe", "/letters/0"),
        ("xiaohe", "/told/1"),
        ("teacher_bj", "/classes/99999999999"),
        ("secretary_bj", "/schools/7777777777777777777777"),
    ],
)
def test_what_is_not_there_is_a_page_of_its_own(as_: SignedIn, who: str, address: str) -> None:
    answer = as_(who).get(address)

    assert answer.status_code == 404
    assert "这一页没有找到" in answer.text
    assert 'href="/"' in answer.text


@pytest.mark.usefixtures("app")
def test_a_stranger_gets_the_same_page(client: FlaskClient) -> None:
    answer = client.get("/no-such-page")

    assert answer.status_code == 404
    assert "这一页没有找到" in answer.text


def test_the_wrong_way_of_asking_is_no_server_error(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    for method, address in (("GET", "/sign-out"), ("DELETE", "/letters"), ("POST", "/tell/x")):
        assert xiaohe.open(address, method=method).status_code in (404, 405)


def test_a_refused_text_comes_back_on_the_page(as_: SignedIn) -> None:
    answer = as_("teacher_bj").post("/letters", data=LETTER)

    assert answer.status_code in (403, 404)
    assert "你刚才写的，都在这里" in answer.text
    assert "老槐树" in answer.text


@pytest.mark.usefixtures("app")
def test_whoever_was_signed_out_meanwhile_keeps_the_text(client: FlaskClient) -> None:
    answer = client.post("/letters", data=LETTER)

    assert answer.status_code == 401
    assert "老槐树" in answer.text
    assert "先登录" in answer.text


def test_a_form_that_expired_gives_the_text_back(
    app: Flask, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    xiaohe = as_("xiaohe")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    answer = xiaohe.post("/letters", data=LETTER)

    assert answer.status_code == 400
    assert "这一页开得太久了" in answer.text
    assert "老槐树" in answer.text


def test_a_text_that_comes_back_is_text(as_: SignedIn) -> None:
    answer = as_("teacher_bj").post(
        "/letters", data=LETTER | {"body": "</textarea><script>alert(1)</script>"}
    )

    assert "<script>alert" not in answer.text
    assert "&lt;/textarea&gt;" in answer.text


def test_what_is_far_too_large_is_refused_in_words(as_: SignedIn) -> None:
    answer = as_("xiaohe").post("/letters", data=LETTER | {"body": "x" * (13 * 1024 * 1024)})

    assert answer.status_code == 413
    assert "太大了" in answer.text


@pytest.fixture
def without_letters(app: Flask) -> Iterator[None]:
    """A database in which the letters are gone; they are back when the test is over."""
    with transaction() as current:
        current.execute(sa.text("ALTER TABLE letter RENAME TO lost"))
    yield
    with transaction() as current:
        current.execute(sa.text("ALTER TABLE lost RENAME TO letter"))


@pytest.mark.usefixtures("without_letters")
def test_a_broken_database_shows_a_page_that_asks_nothing_of_it(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    page = xiaohe.get("/")
    sent = xiaohe.post("/letters", data=LETTER)
    saved = xiaohe.put(f"/letters/drafts/{KEY}", data=LETTER)

    assert page.status_code == sent.status_code == saved.status_code == 500
    assert "这边出了点问题" in page.text
    assert "Traceback" not in page.text
    assert "lost" not in page.text
    assert "老槐树" in sent.text
    assert "这边出了点问题" in saved.json["error"]  # type: ignore[index]


def test_a_wrong_answer_never_says_whether_something_exists(as_: SignedIn, cast: Cast) -> None:
    pair_id = cast.pair().id
    stranger = as_("xiaoyuan")

    there, nowhere = (stranger.get(f"/letters?pair={number}") for number in (pair_id, 999_999))

    assert there.status_code == nowhere.status_code == 404
    assert words_of(there.text) == words_of(nowhere.text)


def words_of(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def test_all_that_was_written_in_a_form_comes_back_from_an_expired_page(
    app: Flask, as_: SignedIn
) -> None:
    browser, record = as_("xiaohe"), "一篇写了很久的记录"
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = browser.post("/together/1/record", data={"text": record, "gave": "它给了我什么"})
        note = browser.post("/books/1/notes", data={"quote": "书里的一句", "body": "我想的"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert (answer.status_code, note.status_code) == (400, 400)
    assert record in answer.text
    assert "它给了我什么" in answer.text
    assert "书里的一句" in note.text
    assert "我想的" in note.text
