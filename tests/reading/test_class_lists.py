"""A teacher sets books out for a class and leaves questions in them; students choose, and nobody is named."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.reading import class_lists
from penpal.reading.class_models import BookQuestion, ClassBook
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.reading.sharing import agreed, read


def listed(cast: Cast, who: str = "teacher_bj", **changes: str) -> ClassBook:
    words = {"title": "昆虫记", "author": "法布尔", "isbn": "", "why": ""} | changes
    return class_lists.add(cast.unit("bj-class"), **words, by=cast.actor(who))


def test_a_question_waits_at_its_chapter_for_whoever_comes_there(cast: Cast, as_: SignedIn) -> None:
    class_lists.ask(listed(cast), chapter=2, words="蝉为什么唱？", by=cast.actor("teacher_bj"))
    book = agreed(cast)
    he, here = as_("xiaohe"), f"/books/{book.id}"
    assert "蝉为什么唱" not in he.get(here).get_data(as_text=True)

    read(cast, book, "xiaohe", 2)
    page = he.get(here).get_data(as_text=True)
    question = session().scalars(sa.select(BookQuestion)).one()
    answer = {
        "key": "answer-to-a-question",
        "question": question.id,
        "chapter": 2,
        "body": "高兴。",
    }
    he.post(f"{here}/notes", data=answer)

    assert "蝉为什么唱？" in page
    assert "还没读到这里。等一等，先别剧透。" in page
    assert "高兴。" not in as_("xiaomai").get(here).get_data(as_text=True)
    read(cast, book, "xiaomai", 2)
    assert "高兴。" in as_("xiaomai").get(here).get_data(as_text=True)


def test_only_its_teacher_keeps_a_list(cast: Cast, as_: SignedIn) -> None:
    book = listed(cast)
    class_id = cast.unit("bj-class").id
    for who in ("teacher_ht", "secretary_bj", "xiaohe", "editor"):
        with pytest.raises(NotPermitted):
            listed(cast, who, title="别的书")
        with pytest.raises(NotPermitted):
            class_lists.take_off(book, by=cast.actor(who))
    with pytest.raises(Invalid) as twice:
        listed(cast, title="《昆虫记》")
    assert "已经在书单上" in str(twice.value.fields["title"])
    assert "昆虫记" in as_("xiaohe").get("/books?all=1").get_data(as_text=True)
    assert as_("secretary_bj").get(f"/classes/{class_id}/books").status_code == 200
    assert as_("teacher_tj").get(f"/classes/{class_id}/books").status_code in (403, 404)

    posted = as_("teacher_bj").post(f"/classes/{class_id}/books/{book.id}/removal")

    assert posted.status_code == 302
    assert "昆虫记" not in as_("xiaohe").get("/books?all=1").get_data(as_text=True)
    assert [entry.move for entry in trail.of(book)] == ["listed book", "took book off list"]
