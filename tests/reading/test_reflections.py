"""Reflections: a draft is its author's alone, the two stand side by side, and either can be shown early."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from penpal.kernel import access, trail
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.reading import queries, reflections
from penpal.reading.models import SharedBook
from penpal.reading.note_models import Envelope, Reflection
from penpal.safeguarding import blocking, items
from penpal.safeguarding.blocking import Paused
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.reading.sharing import agreed, noted


def finish(cast: Cast, book: SharedBook, who: str, **changes: object) -> Reflection:
    words = {"body": f"{who}的心得", "envelope": Envelope.SEALED} | changes
    actor = cast.actor(who)
    reflections.finish(book, **words, by=actor)  # type: ignore[arg-type]
    return queries.reflections_of(book)[actor.person_id or 0]


def seen(cast: Cast, who: str) -> list[str]:
    found = session().scalars(access.visible(Reflection, cast.actor(who)))
    return sorted(one.body for one in found)


def test_the_two_are_shown_once_both_are_finished(cast: Cast) -> None:
    book = agreed(cast)
    finish(cast, book, "xiaohe")
    reflections.save(book, body="还没写完", envelope=Envelope.OPEN, by=cast.actor("xiaomai"))
    assert seen(cast, "xiaomai") == ["还没写完"]
    assert seen(cast, "xiaohe") == ["xiaohe的心得"]
    assert seen(cast, "teacher_ht") == []

    finish(cast, book, "xiaomai")

    for who in ("xiaohe", "xiaomai"):
        assert seen(cast, who) == ["xiaohe的心得", "xiaomai的心得"]
    for who in ("xiaolin", "teacher_bj", "teacher_ht", "secretary_bj", "editor"):
        assert seen(cast, who) == []


def test_its_author_may_show_it_early_and_nobody_else(cast: Cast) -> None:
    book = agreed(cast)
    one = finish(cast, book, "xiaohe")
    with pytest.raises(NotPermitted):
        reflections.share(one, by=cast.actor("xiaomai"))
    assert items.resolve(f"reflection:{one.id}", cast.actor("xiaomai")) is None

    reflections.share(one, by=cast.actor("xiaohe"))

    assert seen(cast, "xiaomai") == ["xiaohe的心得"]
    assert items.resolve(f"reflection:{one.id}", cast.actor("xiaomai")) is not None
    assert [entry.move for entry in trail.of(one)] == ["finish reflection", "share reflection"]
    with pytest.raises(IllegalMove):
        reflections.save(book, body="别的", envelope=Envelope.SEALED, by=cast.actor("xiaohe"))


def test_what_is_in_the_way_leaves_the_words_where_they_were(cast: Cast, as_: SignedIn) -> None:
    book = agreed(cast)
    words = "读完以后想和你聊，打 13812345678 给我。"

    answer = as_("xiaohe").post(
        f"/books/{book.id}/reflection", data={"body": words, "action": "finish"}
    )

    assert answer.status_code == 422
    assert "像是手机号" in answer.get_data(as_text=True)
    assert session().scalars(sa.select(Reflection.body)).all() == [words]
    assert seen(cast, "xiaomai") == []
    with pytest.raises(Invalid):
        finish(cast, book, "xiaohe", body="  ")


def test_a_draft_goes_on_during_a_pause_and_nothing_is_shown(cast: Cast) -> None:
    book = agreed(cast)
    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    reflections.save(book, body="先写着", envelope=Envelope.SEALED, by=cast.actor("xiaohe"))
    with pytest.raises(Paused):
        finish(cast, book, "xiaohe")

    assert seen(cast, "xiaohe") == ["先写着"]


def test_a_teacher_reads_along_what_was_left_open_and_it_stands_on_the_trail(
    cast: Cast, as_: SignedIn
) -> None:
    book = agreed(cast)
    one = finish(cast, book, "xiaohe", envelope=Envelope.OPEN)
    note = noted(cast, book, "xiaohe", 1, body="老师也可以看的一句", envelope=Envelope.OPEN)
    teacher, other = as_("teacher_bj"), as_("teacher_ht")

    listed = teacher.get(f"/classes/{cast.unit('bj-class').id}/books").get_data(as_text=True)

    for address, words in (
        (f"/books/reflections/{one.id}", "xiaohe的心得"),
        (f"/books/notes/{note.id}", "老师也可以看的一句"),
    ):
        assert address in listed
        for _turn in range(2):
            assert words in teacher.get(address).get_data(as_text=True)
        assert other.get(address).status_code == 404
    assert [entry.move for entry in trail.of(one)][-1:] == ["read reflection along"]
    assert [entry.move for entry in trail.of(note)] == ["write note", "read note along"]


def test_a_reflection_becomes_a_letter_for_its_author_alone(cast: Cast, as_: SignedIn) -> None:
    book = agreed(cast)
    one = finish(cast, book, "xiaohe", share=True)
    sheet = f"/letters/new?another=1&from=reflection:{one.id}"

    assert "xiaohe的心得" in as_("xiaohe").get(sheet).get_data(as_text=True)
    assert "xiaohe的心得" not in as_("xiaomai").get(sheet).get_data(as_text=True)


def test_an_older_page_does_not_overwrite_a_later_draft(cast: Cast, as_: SignedIn) -> None:
    book, browser = agreed(cast), as_("xiaohe")
    address = f"/books/{book.id}/reflection"

    def post(body: str, known_at: str, action: str = "save") -> TestResponse:
        fields = {"body": body, "known_at": known_at, "action": action}
        return browser.post(address, data=fields, follow_redirects=True)

    first = post("电脑上写的一千字", "")
    known = re.search(r'name="known_at" value="([^"]+)"', first.text)
    assert known is not None
    for action in ("save", "finish"):
        late = post("手机上的一句", "", action)
        assert late.status_code == 409
        assert "手机上的一句" in late.text
    refused = post("我的电话 13800138000，电脑上写的一千字", known[1], "finish")
    own = queries.reflections_of(book)[cast.person("xiaohe").id]

    assert refused.status_code == 422
    assert own.body == "我的电话 13800138000，电脑上写的一千字"
    known = re.search(r'name="known_at" value="([^"]+)"', refused.text)
    assert known is not None
    assert post("电脑上写的一千字", known[1], "finish").status_code == 200


def test_a_draft_stays_its_authors_to_read_when_the_pair_has_ended(
    cast: Cast, as_: SignedIn
) -> None:
    book = agreed(cast)
    reflections.save(book, body="没写完的草稿", envelope=Envelope.SEALED, by=cast.actor("xiaohe"))
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_ht"))

    assert "没写完的草稿" in as_("xiaohe").get(f"/books/{book.id}").text
    assert "没写完的草稿" not in as_("xiaomai").get(f"/books/{book.id}").text
