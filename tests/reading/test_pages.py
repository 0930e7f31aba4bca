"""The pages of a shared book, as the two see them and as nobody else does."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.kernel.db import session
from penpal.notices import queries as notices
from penpal.reading import services
from penpal.reading.events import News
from penpal.reading.models import SharedBook
from penpal.reading.note_models import ReadingNote
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted
from tests.reading.sharing import CHAPTERS, agreed, fresh, noted, proposed, read


def page(browser: FlaskClient, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, (address, answer.status)
    return answer.get_data(as_text=True)


def posted(browser: FlaskClient, address: str, **fields: object) -> str:
    answer = browser.post(address, data=fields, follow_redirects=True)
    assert answer.status_code == 200, (
        address,
        answer.status,
        answer.get_data(as_text=True)[-3000:],
    )
    return answer.get_data(as_text=True)


def test_two_find_a_book_read_it_and_exchange_what_it_left(cast: Cast, as_: SignedIn) -> None:
    he, mai = as_("xiaohe"), as_("xiaomai")
    typed = {"key": fresh(), "title": "《昆虫记》", "author": "法布尔", "chapters": CHAPTERS}

    assert "书架还空着" in page(he, "/books")
    assert "等小麦点头" in posted(he, "/books", **typed, why="想和你一起看蝉。")
    book = session().scalars(sa.select(SharedBook)).one()
    assert book.title == "昆虫记"
    here = f"/books/{book.id}"
    shelf = page(mai, "/books")
    assert "小禾选的书，等你点头" in shelf
    assert "想和你一起看蝉。" in shelf
    assert "说好了，一起读" in posted(mai, f"{here}/agreement", version=1)

    assert "1 / 6" in posted(he, f"{here}/steps", key=fresh(), chapter="1")
    for chapter in ("1", "2", "3"):
        posted(mai, f"{here}/steps", key=fresh(), chapter=chapter)
    left = posted(
        mai, f"{here}/notes", key=fresh(), kind="thought", chapter="3", body="螳螂也会等。"
    )
    assert "螳螂也会等。" in left
    waiting = page(he, here)
    assert "螳螂也会等。" not in waiting
    assert re.search(r"小麦在第 3 章\s*螳螂捕食留了一句话，读到那里就看得到", waiting)
    assert "螳螂也会等。" in posted(he, f"{here}/steps", key=fresh(), chapter="3")

    reflection = f"{here}/reflection"
    posted(he, reflection, body="蝉等了四年。", action="finish")
    assert "小禾写完了。你也写完，就看得到。" in page(mai, here)
    assert "蝉等了四年。" not in page(mai, here)
    both = posted(mai, reflection, body="爷爷的核桃等了八年。", action="finish")
    assert "蝉等了四年。" in both
    assert "爷爷的核桃等了八年。" in page(he, here)
    for who in (he, mai):
        posted(who, f"{here}/steps", key=fresh(), chapter="6")
    assert "两个人都读完了" in page(he, here)
    assert "读完" in page(he, "/books")


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "teacher_bj", "secretary_bj", "editor"])
def test_an_outsider_finds_no_book_of_others(cast: Cast, as_: SignedIn, who: str) -> None:
    book = agreed(cast)
    note = noted(cast, book)
    browser = as_(who)

    for address in (f"/books/{book.id}", f"/books/notes/{note.id}", f"/books/{book.id}/details"):
        assert browser.get(address).status_code in (403, 404)
    for address in (
        f"/books/{book.id}/steps",
        f"/books/{book.id}/notes",
        f"/books/{book.id}/reflection",
        f"/books/{book.id}/rest",
        f"/books/notes/{note.id}/look",
        f"/books/notes/{note.id}/removal",
    ):
        fields = {"key": fresh(), "chapter": "3", "body": "别人的话"}
        assert browser.post(address, data=fields).status_code in (403, 404)
    assert session().scalars(sa.select(ReadingNote.body)).all() == ["螳螂也会等。"]


def test_the_pages_take_as_many_queries_late_in_a_book(cast: Cast, as_: SignedIn) -> None:
    book = agreed(cast)
    he = as_("xiaohe")
    addresses = (f"/books/{book.id}", "/books?all=1", "/books/class")

    def asked() -> list[int]:
        found = []
        for address in addresses:
            with counted() as statements:
                page(he, address)
            found.append(len(statements))
        return found

    def write(chapter: int) -> None:
        for who in ("xiaohe", "xiaomai"):
            about = noted(cast, book, who, chapter)
            noted(cast, book, who, chapter, answers=about)

    read(cast, book, "xiaohe", 2)
    for chapter in (1, 4):
        write(chapter)
    proposed(cast, "xiaomai", title="水浒传")
    few = asked()
    for chapter in (1, 2, 3, 5, 6):
        write(chapter)
    for number in range(5):
        proposed(cast, "xiaomai", title=f"第 {number} 本")

    assert asked() == few


def test_the_partner_is_told_at_once_and_without_a_word_of_it(cast: Cast) -> None:
    book = agreed(cast)

    noted(cast, book, "xiaomai", 3, body="谁也不知道的一句")

    told = {who: notices.newest_unseen(cast.person(who).id) for who in ("xiaohe", "xiaomai")}
    kinds = {row.kind for rows in told.values() for row in rows}
    assert kinds == {f"book.{news.value}" for news in (News.PROPOSED, News.AGREED, News.NOTED)}
    assert told["xiaohe"][0].kind == "book.noted"
    assert told["xiaohe"][0].params == {"name": "小麦"}


def test_the_book_stands_on_the_home_of_both(cast: Cast, as_: SignedIn) -> None:
    book = proposed(cast, "xiaomai")
    assert "小麦想和你一起读《昆虫记》" in page(as_("xiaohe"), "/")
    services.agree(book, version=1, by=cast.actor("xiaohe"))
    read(cast, book, "xiaomai", 4)
    noted(cast, book, "xiaomai", 4, body="读到第四章的一句")

    assert "读到第四章的一句" in page(as_("xiaomai"), "/")
    assert "读到第四章的一句" not in page(as_("xiaohe"), "/")
    read(cast, book, "xiaohe", 4)
    home = page(as_("xiaohe"), "/")
    assert "读到第四章的一句" in home
    assert "读完第 4 章" in home


def test_a_closed_pair_keeps_its_shelf_to_read(cast: Cast, as_: SignedIn) -> None:
    book = agreed(cast)
    pair_id = cast.pair().id
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    he = as_("xiaohe")

    assert "昆虫记" in page(he, f"/books?pair={pair_id}")
    shown = page(he, f"/books/{book.id}")
    assert "写一句读后" not in shown
    assert f"/books/{book.id}/steps" not in shown
    assert "以前的伙伴" in page(he, "/books")


def test_without_a_partner_the_way_to_a_new_book_leads_to_a_kind_page(as_: SignedIn) -> None:
    lin = as_("xiaolin")

    for answer in (
        lin.get("/books/new", follow_redirects=True),
        lin.post("/books", data={"key": fresh(), "title": "昆虫记"}, follow_redirects=True),
    ):
        assert answer.status_code == 200
        assert "还没有伙伴，书架还空着。" in answer.text
    assert session().scalars(sa.select(SharedBook)).all() == []
