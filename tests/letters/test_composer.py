"""The composer's form, as it works without a script: once for a key, and no word is lost."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.kernel.db import session
from penpal.letters.models import LONGEST, Envelope, Letter
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import BODY, KEY, composed, send


def post(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post("/letters", data=composed(action="send") | changes)


def letters() -> list[Letter]:
    return session().query(Letter).order_by(Letter.id).all()


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_fresh_sheet_carries_a_fresh_key(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    first, second = (key_on(xiaohe.get("/letters/new").text) for _ in range(2))

    assert first != second
    assert len(first) >= 20


def test_from_the_sheet_to_the_partners_mailbox(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")
    key = key_on(xiaohe.get("/letters/new").text)

    sent = post(xiaohe, key=key)
    page = xiaohe.get(sent.location).text

    assert sent.status_code == 302
    assert "信寄出了，已经到了小麦的信箱" in page
    assert "小禾的第一封信" in as_("xiaomai").get("/").text


def test_pressing_twice_leads_to_the_same_page(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    first, second = post(xiaohe), post(xiaohe)

    assert first.location == second.location
    assert len(letters()) == 1


def test_the_same_key_with_other_words_keeps_both(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")
    post(xiaohe)

    refused = post(xiaohe, body="改过的话，不想丢掉。")
    fresh = key_on(refused.text)
    sent = post(xiaohe, key=fresh, body="改过的话，不想丢掉。")

    assert refused.status_code == 409
    assert "这封信已经寄出了" in refused.text
    assert "改过的话，不想丢掉。" in refused.text
    assert fresh != KEY
    assert sent.status_code == 302
    assert [letter.body for letter in letters()] == [BODY, "改过的话，不想丢掉。"]


def test_a_sealed_letter_is_not_made_a_postcard_by_sending_again(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")
    post(xiaohe)

    assert post(xiaohe, envelope="open").status_code == 409
    assert [letter.envelope for letter in letters()] == [Envelope.SEALED]


@pytest.mark.parametrize("envelope", ["", "unknown", "OPEN", "sealed; open"])
def test_an_unknown_envelope_is_a_sealed_one(as_: SignedIn, envelope: str) -> None:
    post(as_("xiaohe"), envelope=envelope)

    assert [letter.envelope for letter in letters()] == [Envelope.SEALED]


@pytest.mark.parametrize(
    ("body", "words"), [("  \n ", "信纸还是空的"), ("字" * (LONGEST + 1), "最多两万字")]
)
def test_what_cannot_be_sent_stays_on_the_sheet(as_: SignedIn, body: str, words: str) -> None:
    answer = post(as_("xiaohe"), body=body)

    assert answer.status_code == 422
    assert words in answer.text
    assert body.strip() in answer.text
    assert f'name="key" value="{KEY}"' in answer.text
    assert letters() == []


def test_twenty_thousand_signs_of_four_bytes_fit_through_the_form(as_: SignedIn) -> None:
    answer = post(as_("xiaohe"), body="𠮷" * LONGEST)

    assert answer.status_code == 302
    assert len(letters()[0].body) == LONGEST


def test_an_answer_shows_the_letter_beside_it_and_remembers_it(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)
    xiaomai = as_("xiaomai")
    xiaomai.post(f"/letters/{letter.id}/opening")

    read = xiaomai.get(f"/letters/{letter.id}").text
    sheet = xiaomai.get(f"/letters/new?reply_to={letter.id}").text
    post(xiaomai, key="key-of-the-answer", body="小禾：你好", in_reply_to=str(letter.id))

    assert f"/letters/new?reply_to={letter.id}" in read
    assert "看看来信" in sheet
    assert "老槐树" in sheet
    assert letters()[1].in_reply_to_id == letter.id


@pytest.mark.parametrize("pointer", ["999999", "x", "-1", "", "1" * 30])
def test_an_answer_to_nothing_is_a_letter_all_the_same(as_: SignedIn, pointer: str) -> None:
    assert post(as_("xiaohe"), in_reply_to=pointer).status_code == 302
    assert [letter.in_reply_to_id for letter in letters()] == [None]
    assert as_("xiaohe").get(f"/letters/new?reply_to={pointer}").status_code == 200


def test_an_answer_shows_no_letter_that_is_not_opened_yet(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)

    sheet = as_("xiaomai").get(f"/letters/new?reply_to={letter.id}").text

    assert "老槐树" not in sheet


def test_the_first_letter_is_guided_and_never_written_for_the_child(as_: SignedIn) -> None:
    page = as_("xiaohe").get("/letters/new").text

    assert "从你的窗户望出去，能看见什么？" in page
    assert "寄给小麦的第一封信" in page
    sheet = page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]
    assert sheet.strip() == ""


def test_later_letters_are_guided_otherwise(as_: SignedIn, cast: Cast) -> None:
    send(cast)

    page = as_("xiaohe").get("/letters/new").text

    assert "先回答上一封信里的问题" in page
    assert "寄给小麦的第二封信" in page


@pytest.mark.parametrize("way", ["send", "save", "autosave", "without a pair"])
def test_a_letter_goes_to_the_partner_whom_its_sheet_named_or_to_nobody(
    as_: SignedIn, cast: Cast, way: str
) -> None:
    sheet = composed(action="save" if way == "save" else "send")
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    tied = twinning.tie(
        cast.class_twinning(),
        supported=cast.person("xiaoduo"),
        supporting=cast.person("xiaohe"),
        by=cast.actor("teacher_bj"),
    )
    xiaohe, json = as_("xiaohe"), {"Accept": "application/json"}
    if way == "without a pair":
        del sheet["pair"]

    if way == "autosave":
        answer = xiaohe.put(f"/letters/drafts/{KEY}", data=sheet, headers=json)
    else:
        answer = xiaohe.post("/letters", data=sheet, headers=json if way == "send" else {})
    page = xiaohe.get("/letters/new").text

    assert answer.status_code == 422
    assert "不是写给现在的伙伴的" in (answer.json["error"] if answer.is_json else answer.text)
    assert answer.is_json or "老槐树" in answer.text
    assert letters() == []
    assert f'name="pair" value="{tied.id}"' in page


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "teacher_bj", "secretary_bj", "editor"])
def test_an_outsider_sends_nothing_and_loses_no_word(as_: SignedIn, who: str) -> None:
    answer = post(as_(who))

    assert answer.status_code in (403, 404)
    assert "老槐树" in answer.text
    assert letters() == []


def test_neighbours_lead_through_the_correspondence(as_: SignedIn, cast: Cast) -> None:
    first = send(cast)
    second = send(cast, key="key-of-the-second", body="又是我，今天下雪了。")
    xiaohe = as_("xiaohe")

    assert f'href="/letters/{second.id}" rel="next"' in xiaohe.get(f"/letters/{first.id}").text
    last = xiaohe.get(f"/letters/{second.id}").text
    assert f'href="/letters/{first.id}" rel="prev"' in last
    assert "最新的一封" in last
