"""A student's home: who we are, the one thing that is next, and what has passed between us."""

from __future__ import annotations

import re
from datetime import timedelta

from penpal.kernel import clock
from penpal.kernel.db import transaction
from penpal.letters.models import Envelope
from penpal.profiles import services as profiles
from penpal.safeguarding import blocking
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange, save, send


def test_the_band_shows_two_people_and_the_road_between(as_: SignedIn, cast: Cast) -> None:
    with transaction():
        cast.pair().since = clock.today() - timedelta(days=20)
    exchange(cast, 3)

    page = as_("xiaohe").get("/").text

    for words in (
        "小禾",
        "小麦",
        "北京 · 初二(3)班",
        "和田市 · 八年级(2)班",
        "结对第 21 天",
        "来往 3 封信",
    ):
        assert words in page
    assert re.search(r'<b class="num">3,1[78]\d</b>', page)
    assert len(re.findall(r"\d\d:\d\d 日落", page)) == 2


def test_the_partner_never_learns_the_school_or_the_roster_name(as_: SignedIn, cast: Cast) -> None:
    with transaction():
        cast.person("xiaomai").name = "名册上的全名"
    letter = send(cast, "xiaomai")
    xiaohe = as_("xiaohe")

    for address in ("/", "/letters", f"/letters/{letter.id}", "/letters/new"):
        page = xiaohe.get(address).text
        assert "白杨中学" not in page
        assert "名册上的全名" not in page


def test_nothing_yet_leads_to_the_first_letter_with_the_partners_question(
    as_: SignedIn, cast: Cast
) -> None:
    profiles.edit(
        display_name="小麦",
        interests="唱歌",
        introduction="",
        question="你见过雪吗？",
        by=cast.actor("xiaomai"),
    )

    page = as_("xiaohe").get("/").text

    assert "给小麦写第一封信" in page
    assert "你见过雪吗？" in page
    assert "还没有信" in page


def test_a_letter_that_came_is_next(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast, "xiaomai")

    page = as_("xiaohe").get("/").text

    assert "小麦的第一封信到了" in page
    assert f'action="/letters/{letter.id}/opening"' in page
    assert "封口还没拆开" in page


def test_a_draft_waits_beside_a_letter_that_came(as_: SignedIn, cast: Cast) -> None:
    save(cast)
    send(cast, "xiaomai")

    page = as_("xiaohe").get("/").text

    assert "小麦的第一封信到了" in page
    assert "接着写草稿" in page


def test_the_oldest_unopened_letter_is_opened_first(as_: SignedIn, cast: Cast) -> None:
    first = send(cast, "xiaomai")
    send(cast, "xiaomai", key="key-of-the-second")

    assert f'action="/letters/{first.id}/opening"' in as_("xiaohe").get("/").text


def test_a_letter_that_was_opened_waits_for_an_answer(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast, "xiaomai")
    xiaohe = as_("xiaohe")
    xiaohe.post(f"/letters/{letter.id}/opening")

    page = xiaohe.get("/").text

    assert "小麦在等你的回信" in page
    assert f"/letters/new?reply_to={letter.id}" in page


def test_a_letter_on_its_way_presses_nobody(as_: SignedIn, cast: Cast) -> None:
    send(cast)

    page = as_("xiaohe").get("/").text

    assert "信在小麦那里了" in page
    assert "想到什么，再写一封" in page


def test_the_timeline_is_folded_by_month_newest_first(as_: SignedIn, cast: Cast) -> None:
    first, second = exchange(cast, 2)
    with transaction():
        first.delivered_at = clock.now() - timedelta(days=40)
    as_("xiaomai").post(f"/letters/{first.id}/opening")

    page = as_("xiaohe").get("/").text

    timeline = page.split('id="between-us"')[1]
    assert timeline.count("<summary") == 2
    assert timeline.index(f"/letters/{second.id}") < timeline.index(f"/letters/{first.id}")


def test_a_long_timeline_goes_on_by_month(as_: SignedIn, cast: Cast) -> None:
    exchange(cast, 31)

    page = as_("xiaohe").get("/").text

    assert f'href="/us/{clock.today():%Y-%m}"' in page
    assert page.count('class="thread__i') == 30


def test_whoever_waits_is_told_that_nobody_is_forgotten(as_: SignedIn) -> None:
    page = as_("xiaolin").get("/").text

    assert "你的伙伴还在路上" in page
    assert "没有谁会被忘掉" in page
    assert 'href="/profile"' in page


def test_after_a_partner_left_the_old_letters_are_one_step_away(as_: SignedIn, cast: Cast) -> None:
    send(cast)
    pair_id = cast.pair().id
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    xiaohe = as_("xiaohe")

    assert "看以前的信" in xiaohe.get("/").text
    assert f"pair={pair_id}" in xiaohe.get("/letters").text


def test_a_postcard_says_so_on_its_way(as_: SignedIn, cast: Cast) -> None:
    send(cast, envelope=Envelope.OPEN)

    assert "明信片" in as_("xiaohe").get("/letters").text


def test_home_asks_nobody_without_a_session(as_: SignedIn, cast: Cast) -> None:
    nobody = as_("xiaohe")
    nobody.post("/sign-out")

    assert nobody.get("/").location == "/sign-in"


def test_in_a_pause_no_new_word_of_a_profile_reaches_the_partner(as_: SignedIn, cast: Cast) -> None:
    profiles.edit(
        display_name="小麦",
        interests="画画",
        introduction="我家院子里有一棵核桃树。",
        question="",
        by=cast.actor("xiaomai"),
    )
    before = as_("xiaohe").get("/").text

    blocking.pause(cast.pair(), by=cast.actor("xiaohe"))
    after = as_("xiaohe").get("/").text

    assert "核桃树" in before
    assert "核桃树" not in after
    assert "还没有写介绍" not in after
