"""The mailbox: newest first, page by page, from where the last one ended."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from penpal.letters import queries
from penpal.letters.models import Envelope
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange, save, send


def pages(client: FlaskClient, address: str = "/letters") -> list[list[int]]:
    """The ids of the letters on each page, following 'older' to the end."""
    found = []
    while address:
        page = client.get(address).text
        box = page.split('class="mailbox"')[1].split("</ol>")[0]
        found.append([int(number) for number in re.findall(r'href="/letters/(\d+)', box)])
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    return found


def test_forty_five_letters_stand_on_three_pages_each_once(as_: SignedIn, cast: Cast) -> None:
    written = exchange(cast, 45)

    found = pages(as_("xiaohe"))

    assert [len(page) for page in found] == [20, 20, 5]
    assert [number for page in found for number in page] == [letter.id for letter in written[::-1]]


def test_a_letter_that_comes_in_between_moves_nothing(as_: SignedIn, cast: Cast) -> None:
    written = exchange(cast, 25)
    xiaohe = as_("xiaohe")
    first = xiaohe.get("/letters").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older is not None

    send(cast, "xiaomai", key="key-of-a-late-letter", body="刚刚寄到的信，在第一页上。")
    second = pages(xiaohe, older[1].replace("&amp;", "&"))

    assert second == [[letter.id for letter in written[4::-1]]]


def test_drafts_lie_on_top_of_the_first_page_and_only_there(as_: SignedIn, cast: Cast) -> None:
    exchange(cast, 45)
    draft = save(cast).letter

    found = pages(as_("xiaohe"))

    assert found[0][0] == draft.id
    assert sum(page.count(draft.id) for page in found) == 1
    assert sum(len(page) for page in found) == 46
    assert [draft.id] not in pages(as_("xiaomai"))


def test_twenty_drafts_and_more_hide_no_letter(as_: SignedIn, cast: Cast) -> None:
    written = exchange(cast, 3)
    drafts = [save(cast, key=f"key-of-draft-{number:04}").letter.id for number in range(25)]

    found = [number for page in pages(as_("xiaohe")) for number in page]

    assert {letter.id for letter in written} <= set(found)
    assert set(drafts) <= set(found)


def test_a_row_says_who_what_and_how_it_stands(as_: SignedIn, cast: Cast) -> None:
    send(cast)
    send(cast, "xiaomai", key="key-of-the-answer", body="小禾：\n\n你说的老槐树，我很想看一看。")
    send(cast, key="key-of-a-postcard", envelope=Envelope.OPEN)

    own, partner = as_("xiaohe").get("/letters").text, as_("xiaomai").get("/letters").text

    assert "我和小麦的信" in own
    assert "第一封信" in own
    assert "未拆" in own
    assert "很想看一看" not in own
    assert "明信片" in own
    assert "我和小禾的信" in partner
    assert "很想看一看" in partner


def test_the_excerpt_is_the_first_sentence_that_says_something() -> None:
    assert queries.excerpt("小麦：\n\n你好！\n\n我家窗外有一棵老槐树。") == "我家窗外有一棵老槐树。"
    assert queries.excerpt("短") == "短"
    assert queries.excerpt("") == ""
    assert queries.excerpt("字" * 100) == "字" * 60 + "…"


def test_an_empty_mailbox_invites_to_the_first_letter(as_: SignedIn) -> None:
    page = as_("xiaohe").get("/letters").text

    assert "还没有信" in page
    assert "写第一封信" in page


def test_whoever_waits_for_a_partner_has_an_empty_one_too(as_: SignedIn) -> None:
    xiaolin = as_("xiaolin")

    assert "还没有伙伴" in xiaolin.get("/letters").text
    assert xiaolin.get("/letters/new").location == "/letters"


def test_the_mailbox_of_another_pair_is_not_there(as_: SignedIn, cast: Cast) -> None:
    exchange(cast, 2)
    address = f"/letters?pair={cast.pair().id}"

    assert as_("xiaohe").get(address).status_code == 200
    for who in ("xiaolin", "xiaoyuan"):
        assert as_(who).get(address).status_code == 404
    for who in ("teacher_bj", "secretary_bj", "county_bj", "editor"):
        answer = as_(who).get(address)
        assert answer.status_code in (403, 404)
        assert "来往里的一封信" not in answer.text


@pytest.mark.parametrize(
    "query", ["before=0", "before=-1", "before=x", "before=99999999999", "pair=x", "pair="]
)
def test_odd_addresses_break_nothing(as_: SignedIn, cast: Cast, query: str) -> None:
    exchange(cast, 2)

    assert as_("xiaohe").get(f"/letters?{query}").status_code in (200, 404)


def test_letters_of_a_closed_pair_stay_readable_for_both(as_: SignedIn, cast: Cast) -> None:
    first, second = exchange(cast, 2)
    as_("xiaomai").post(f"/letters/{first.id}/opening")
    pair_id = cast.pair().id
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    for who, partner in (("xiaohe", "小麦"), ("xiaomai", "小禾")):
        reader = as_(who)
        assert f"我和{partner}的信" in reader.get("/letters").text
        box = reader.get(f"/letters?pair={pair_id}").text
        assert "已经告一段落" in box
        assert "/letters/new" not in box
        assert "顺序是001号" in reader.get(f"/letters/{first.id}").text
        assert "回信" not in reader.get(f"/letters/{first.id}").text
    xiaohe = as_("xiaohe")
    assert xiaohe.post(f"/letters/{second.id}/opening").status_code == 302
    assert "顺序是002号" in xiaohe.get(f"/letters/{second.id}").text


def test_past_letters_stay_reachable_beside_a_new_partner(as_: SignedIn, cast: Cast) -> None:
    first, _second = exchange(cast, 2)
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    twinning.tie(
        cast.class_twinning(),
        supported=cast.person("xiaomai"),
        supporting=cast.person("xiaolin"),
        by=cast.actor("teacher_bj"),
    )
    xiaomai = as_("xiaomai")

    box = xiaomai.get("/letters").text
    past = xiaomai.get("/letters?past=1").text

    assert "我和小林的信" in box
    assert f"/letters/{first.id}" not in box
    assert 'href="/letters?past=1"' in box
    assert "我和小禾的信" in past
    assert f"pair={first.pair_id}" in past
    assert "past=1" not in as_("xiaolin").get("/letters").text
    assert as_("xiaolin").get(f"/letters/{first.id}").status_code == 404
