"""The mailbox: newest first, page by page, from where the last one ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.kernel.db import session, transaction
from penpal.letters import queries
from penpal.letters.models import Envelope, Letter
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange, save, send


def pages(client: FlaskClient, address: str = "/letters") -> list[list[int]]:
    """The ids of the letters on each page, following 'older' to the end."""
    found = []
    while address:
        page = client.get(address).text
        boxes = re.findall(r'<ol class="mailbox">.*?</ol>', page, re.DOTALL)
        found.append(
            [int(number) for number in re.findall(r'href="/letters/(\d+)', "".join(boxes))]
        )
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


def text(browser: FlaskClient, address: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"<[^>]+>", "", browser.get(address).text)


def spread(cast: Cast, *moments: datetime) -> list[int]:
    """Letters turn by turn, the first one by 小禾, delivered at these moments; their ids."""
    with transaction():
        written = [letter.id for letter in exchange(cast, len(moments))]
        for letter_id, moment in zip(written, moments, strict=True):
            session().execute(
                sa.update(Letter).where(Letter.id == letter_id).values(delivered_at=moment)
            )
    return written


def at(month: int, day: int, hour: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def folds(page: str) -> list[tuple[str, bool, list[int]]]:
    """The months of a page: heading with its count, whether it stands open, the letters."""
    return [
        (
            " ".join(re.findall(r"<h2.*?>(.*?)</h2>|fold__n\">(.*?)<", fold, re.DOTALL)[0][:1])
            + " "
            + re.findall(r"fold__n\">(.*?)<", fold)[0],
            bool(opened),
            [int(number) for number in re.findall(r'href="/letters/(\d+)', fold)],
        )
        for opened, fold in re.findall(
            r'<details class="fold"( open)?>(.*?)</details>', page, re.DOTALL
        )
    ]


def test_letters_fold_by_month_and_the_newest_stand_open(as_: SignedIn, cast: Cast) -> None:
    ids = spread(cast, at(3, 2), at(9, 1), at(9, 2), at(9, 3), at(9, 4), at(10, 5), at(11, 6))

    found = folds(as_("xiaohe").get("/letters").text)

    assert found == [
        ("2026年11月 1 封", True, [ids[6]]),
        ("2026年10月 1 封", True, [ids[5]]),
        ("2026年9月 4 封", True, [ids[4], ids[3], ids[2], ids[1]]),
        ("2026年3月 1 封", False, [ids[0]]),
    ]


def test_a_month_begins_at_midnight_in_beijing(as_: SignedIn, cast: Cast) -> None:
    last, first = spread(cast, at(9, 30, 15), at(9, 30, 16))

    found = folds(as_("xiaohe").get("/letters").text)
    september = folds(as_("xiaohe").get("/letters?month=2026-09").text)

    assert [(heading, ids) for heading, _open, ids in found] == [
        ("2026年10月 1 封", [first]),
        ("2026年9月 1 封", [last]),
    ]
    assert [ids for _heading, _open, ids in september] == [[last]]


def test_the_index_leads_to_any_month(as_: SignedIn, cast: Cast) -> None:
    old = spread(
        cast, *[at(month, 1) for month in range(1, 6)], *[at(7, day) for day in range(1, 24)]
    )
    xiaohe = as_("xiaohe")
    page = xiaohe.get("/letters").text

    ways = re.findall(r'href="(/letters\?pair=\d+&amp;month=(2026-\d\d))"', page)
    march = folds(xiaohe.get(ways[3][0].replace("&amp;", "&")).text)

    assert [month for _way, month in ways] == [
        "2026-07",
        *(f"2026-{n:02}" for n in (5, 4, 3, 2, 1)),
    ]
    assert march == [(f"2026年{n}月 1 封", True, [old[n - 1]]) for n in (3, 2, 1)]


def test_what_a_page_cannot_hold_of_a_month_is_said(as_: SignedIn, cast: Cast) -> None:
    exchange(cast, 21)

    page = as_("xiaohe").get("/letters").text

    assert "21 封" in page
    assert "一页放不下" in page


SHOWN = {
    "all": [4, 3, 2, 1, 0],
    "theirs": [4, 3, 1],
    "mine": [2, 0],
    "unanswered": [4, 3],
}


def test_filters_show_what_they_say_and_count_it(as_: SignedIn, cast: Cast) -> None:
    ids = [
        send(cast, who, key=f"key-of-letter-{turn}").id
        for turn, who in enumerate(("xiaohe", "xiaomai", "xiaohe", "xiaomai", "xiaomai"))
    ]
    draft = save(cast, key="key-of-a-draft").letter.id
    xiaohe = as_("xiaohe")

    for show, turns in SHOWN.items():
        page = xiaohe.get(f"/letters?show={show}").text
        shown = [ids[turn] for turn in turns]
        assert pages(xiaohe, f"/letters?show={show}") == [
            [draft, *shown] if show == "all" else shown
        ]
        current = re.search(r'<a class="chip"[^>]*aria-current="true">(.*?)</a>', page)
        assert current is not None
        assert f'<span class="num">{len(turns)}</span>' in current[1]
    assert pages(xiaohe, "/letters?show=drafts") == [[draft]]
    assert pages(as_("xiaomai"), "/letters?show=unanswered") == [[]]


def test_a_filter_stays_on_in_a_month_and_on_the_next_page(as_: SignedIn, cast: Cast) -> None:
    ids = spread(cast, *[at(3, 1 + n // 2) for n in range(44)], at(5, 1), at(5, 2))
    mine = ids[0::2][::-1]
    xiaohe = as_("xiaohe")

    assert pages(xiaohe, "/letters?show=mine") == [mine[:20], mine[20:]]
    assert pages(xiaohe, "/letters?show=mine&month=2026-03") == [mine[1:21], mine[21:]]
    assert "show=mine&amp;month=2026-03" in xiaohe.get("/letters?show=mine&before=2").text


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("theirs", "小麦还没有写信来"),
        ("unanswered", "没有要回的信"),
        ("drafts", "没有草稿"),
    ],
)
def test_an_empty_filter_says_so_in_its_own_words(
    as_: SignedIn, cast: Cast, show: str, words: str
) -> None:
    send(cast)

    assert words in as_("xiaohe").get(f"/letters?show={show}").text


def test_a_letter_of_the_partner_stays_unread_in_every_view(as_: SignedIn, cast: Cast) -> None:
    send(cast, "xiaomai", body="还没有拆的信里写着槐花。")
    xiaohe = as_("xiaohe")

    for address in ("", "?show=theirs", "?show=unanswered", "?month=2030-01", "/search?words=槐花"):
        assert "写着槐花" not in xiaohe.get(f"/letters{address}").text


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
    "query",
    [
        *("before=0", "before=-1", "before=x", "before=99999999999", "pair=x", "pair="),
        *(
            "month=2026-13",
            "month=x",
            "month=2026-09&before=1",
            "show=x",
            "show=mine&month=2020-01",
        ),
    ],
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
        assert "/letters/new" not in box.split("<main")[1].split("</main>")[0]
        assert "顺序是001号" in text(reader, f"/letters/{first.id}")
        assert "回信" not in reader.get(f"/letters/{first.id}").text
    xiaohe = as_("xiaohe")
    assert xiaohe.post(f"/letters/{second.id}/opening").status_code == 302
    assert "顺序是002号" in text(xiaohe, f"/letters/{second.id}")


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
