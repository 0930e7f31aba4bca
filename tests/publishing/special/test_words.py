"""A reader's word: closed at first, read by an editor before a child reads it, and never on a public page."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal import create_app
from penpal.config import Settings
from penpal.kernel import trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, NotPermitted, TooMany
from penpal.notices.models import Notice
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.special import limiting, noticing, services
from penpal.publishing.special.models import ReaderWord
from penpal.publishing.special.states import WordState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.special import printed

WORD = "我也捡过核桃，手黑了半个月。谢谢你写下来。"


@pytest.fixture
def piece(cast: Cast) -> int:
    return printed.piece(cast, printed.issue())


@pytest.fixture
def open_way(cast: Cast, piece: int) -> int:
    services.take_words(True, by=cast.actor("editor"))
    return piece


def leave(client: FlaskClient, piece: int, **changes: str) -> int:
    return client.post(f"/special/{piece}/word", data={"body": WORD} | changes).status_code


def words() -> list[ReaderWord]:
    session().rollback()
    return list(session().scalars(sa.select(ReaderWord).order_by(ReaderWord.id)))


def notices(cast: Cast, login: str) -> list[str]:
    statement = sa.select(Notice.kind).where(Notice.person_id == cast.person(login).id)
    return [kind for kind in session().scalars(statement) if kind == noticing.WORD]


def test_the_way_is_closed_until_editors_open_it(
    cast: Cast, client: FlaskClient, piece: int
) -> None:
    assert client.get(f"/special/{piece}/word").status_code == 404
    assert leave(client, piece) == 404
    assert "给作者留一句话" not in client.get(f"/special/{piece}").get_data(as_text=True)
    with pytest.raises(NotPermitted):
        services.take_words(True, by=cast.actor("county_bj"))

    services.take_words(True, by=cast.actor("editor"))

    assert "给作者留一句话" in client.get(f"/special/{piece}").get_data(as_text=True)
    assert "csrf_token" in client.get(f"/special/{piece}/word").get_data(as_text=True)
    services.take_words(False, by=cast.actor("editor"))
    assert leave(client, piece) == 404
    assert words() == []


def test_a_word_waits_for_an_editor_and_reaches_its_author_by_them(
    cast: Cast, client: FlaskClient, as_: SignedIn, open_way: int
) -> None:
    assert leave(client, open_way) == 302
    assert WORD not in client.get(f"/special/{open_way}").get_data(as_text=True)
    own = f"/publishing/{open_way}/words"
    assert WORD not in as_("xiaomai").get(own).get_data(as_text=True)

    editor = as_("editor")
    assert WORD in editor.get("/desk/words").get_data(as_text=True)
    (word,) = words()
    assert editor.post(f"/desk/words/{word.id}/passing").status_code == 302

    (word,) = words()
    assert word.state is WordState.PASSED_ON
    assert [(entry.move, entry.actor_id) for entry in trail.of(word)] == [
        ("pass on word", cast.person("editor").id)
    ]
    assert notices(cast, "xiaomai") == [noticing.WORD]
    assert notices(cast, "xiaohe") == [], "whoever did not write it is not told"
    assert WORD in as_("xiaomai").get(own).get_data(as_text=True)
    page = f"/publishing/{open_way}"
    assert own in as_("xiaomai").get(page).get_data(as_text=True)
    assert own not in as_("xiaohe").get(page).get_data(as_text=True)
    assert WORD not in as_("xiaohe").get(own).get_data(as_text=True)
    assert as_("xiaoyuan").get(own).status_code == 404
    assert WORD not in editor.get("/desk/words").get_data(as_text=True)
    with pytest.raises(IllegalMove):
        services.put_aside(word, by=cast.actor("editor"))


def test_a_word_put_aside_is_nobodys_news(
    cast: Cast, client: FlaskClient, as_: SignedIn, open_way: int
) -> None:
    leave(client, open_way)
    (word,) = words()

    as_("editor").post(f"/desk/words/{word.id}/removal")

    assert words()[0].state is WordState.PUT_ASIDE
    assert notices(cast, "xiaomai") == []


def test_nobody_but_editors_decides(cast: Cast, as_: SignedIn, open_way: int) -> None:
    word = services.leave(session().get_one(Submission, open_way), WORD, by=SYSTEM)

    for outsider in ("xiaomai", "teacher_ht", "secretary_bj", "county_bj"):
        with pytest.raises(NotPermitted):
            services.pass_on(word, by=cast.actor(outsider))
        assert as_(outsider).get("/desk/words").status_code in (403, 404)
        assert as_(outsider).post(f"/desk/words/{word.id}/passing").status_code in (403, 404)
    assert words()[0].state is WordState.WAITING


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "写一句再寄"),
        ("长" * 501, "最多 500 个字"),
        ("加我微信 penpal2026 聊聊", "像是微信"),
        ("我的电话 13812345678，打给我", "像是手机号"),
    ],
)
def test_what_leads_a_stranger_to_a_child_is_not_taken(
    client: FlaskClient, open_way: int, body: str, said: str
) -> None:
    answer = client.post(f"/special/{open_way}/word", data={"body": body})

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert words() == []


def test_what_fills_the_hidden_field_is_thanked_and_forgotten(
    client: FlaskClient, open_way: int
) -> None:
    assert leave(client, open_way, website="https://example.org") == 302
    assert words() == []


def test_one_address_leaves_a_few_words_an_hour(tmp_path: Path) -> None:
    app = create_app(
        Settings(DATABASE_URL="", data=tmp_path, secret_key="k", rate_limits=True, demo=False)
    )

    with app.app_context():
        for _word in range(5):
            limiting.count_word("192.0.2.1")
        with pytest.raises(TooMany):
            limiting.count_word("192.0.2.1")
        limiting.count_word("192.0.2.2")


def test_of_a_piece_that_went_no_word_is_taken_or_passed_on(
    cast: Cast, client: FlaskClient, open_way: int
) -> None:
    leave(client, open_way)
    printed.move(open_way, SubmissionState.WITHDRAWN)

    assert leave(client, open_way) == 404
    services.pass_on(words()[0], by=cast.actor("editor"))
    assert notices(cast, "xiaomai") == []


def test_editors_see_an_issue_before_it_comes_out_and_nobody_else_does(
    cast: Cast, as_: SignedIn, client: FlaskClient, app: Flask
) -> None:
    issue = printed.issue(state="planned", came_out_at=None)
    one = printed.piece(cast, issue, title="还在编", state=SubmissionState.READY)
    printed.move(one, SubmissionState.READY, published_at=None)
    photo = printed.photo(cast, one, 0, key="photo-number-1")
    preview = f"/issues/{issue}/preview"

    front, piece = as_("editor").get(preview), as_("editor").get(f"{preview}/{one}")

    assert "还在编" in front.get_data(as_text=True)
    assert "预览" in front.get_data(as_text=True)
    assert f'href="{preview}/{one}"' in front.get_data(as_text=True)
    assert "no-store" in front.headers["Cache-Control"]
    assert "/photos/" in piece.get_data(as_text=True)
    assert f"/special/photos/{one}/{photo}" not in piece.get_data(as_text=True)
    assert client.get(preview).status_code == 302
    for outsider in ("xiaomai", "teacher_ht", "county_bj"):
        assert as_(outsider).get(preview).status_code in (403, 404)
