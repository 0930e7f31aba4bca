"""The public pages: what is out stands on them, and nothing else does."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal.kernel import press
from penpal.publishing.pieces.models import PieceKind
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.special import cards, dates, excerpts, feed
from tests.cast import Cast
from tests.house.test_headers import check
from tests.house.test_weight import LIMIT, needed, packed
from tests.publishing.special import printed

PAGES = (
    "",
    "/sections/letters",
    "/themes",
    "/themes/home",
    "/places",
    "/moments",
    "/archive",
    "/search?words=核桃",
    "/about",
    "/take-part",
    "/corrections",
)
LONG = f"{printed.LETTER}\n\n" * 6
ATOM = "{http://www.w3.org/2005/Atom}"


def read(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.get_data(as_text=True)[:600])
    return answer.get_data(as_text=True)


def parsed(xml: str) -> Any:
    """What we wrote ourselves, read by a parser that is strict about it."""
    return ElementTree.fromstring(xml)  # noqa: S314


def test_before_the_first_issue_the_pages_say_so(client: FlaskClient) -> None:
    assert "第一期正在编" in read(client, "/special")
    for path in PAGES:
        read(client, f"/special{path}")
    assert parsed(read(client, "/special/feed.atom")).tag == f"{ATOM}feed"
    read(client, "/special/issues/1", 404)
    read(client, "/special/themes/none", 404)
    read(client, "/special/sections/none", 404)
    read(client, "/special/places/1-2", 404)
    read(client, "/special/999999999999", 404)


def test_what_is_out_stands_where_readers_look_for_it(cast: Cast, client: FlaskClient) -> None:
    older = printed.issue(6, out=printed.OUT - timedelta(days=14))
    printed.piece(cast, older, title="染黑的手", out=printed.OUT - timedelta(days=14))
    issue = printed.issue(quote="太阳才落山。", note_html="<p>两地的钟是一样的。</p>")
    lead = printed.piece(cast, issue, theme="home", standfirst="打核桃的季节。")
    two = printed.piece(
        cast,
        issue,
        title="海是什么味道",
        kind=PieceKind.LETTERS,
        position=1,
        texts=(("xiaohe", "银杏：\n\n海是咸的。"), ("xiaomai", "青核桃：\n\n我没有见过海。")),
    )

    home, piece = read(client, "/special"), read(client, f"/special/{lead}")
    facing = read(client, f"/special/{two}")

    assert "你的天比我的天先黑" in home
    assert "第 7 期" in home
    assert "丙午年十月十九" in home
    assert "小雪后五日" in home
    assert "第6期的话" in home, "earlier issues are named"
    assert "<blockquote>" not in home, "a quotation of a piece that nobody named is not shown"
    assert "<p>银杏：</p>" in piece
    assert "story__b--greeted story__b--signed story__b--drop" in piece
    assert facing.count('<article class="story__p"') == 2
    assert "青核桃写的" in facing
    assert "你的天比我的天先黑" in read(client, "/special/themes/home")
    assert "海是什么味道" in read(client, "/special/sections/letters")
    assert "第七期" in read(client, "/special/archive")
    assert "染黑的手" in read(client, f"/special/issues/{older}")
    found = read(client, "/special/search?words=没有见过")
    assert "<mark>没有见过</mark>海" in found
    assert "找到 1 篇" in found
    key = re.search(r"/special/places/(\d+-\d+)", read(client, "/special/places"))
    assert key
    assert "刊出过 3 篇" in read(client, f"/special/places/{key[1]}")


def test_names_and_places_of_children_are_those_that_are_printed(
    cast: Cast, client: FlaskClient
) -> None:
    issue = printed.issue()
    one = printed.piece(cast, issue)

    pages = [read(client, path) for path in ("/special", f"/special/{one}", "/special/feed.atom")]

    for page in pages:
        assert "青核桃" in page
        for hidden in ("小麦", "小禾", "槐树中学", "白杨中学", "八年级(2)班", "xiaomai"):
            assert hidden not in page


@pytest.mark.parametrize("state", [SubmissionState.WITHDRAWN, SubmissionState.TAKEN_DOWN])
def test_what_went_is_gone_everywhere_and_a_line_says_no_more(
    cast: Cast, client: FlaskClient, state: SubmissionState
) -> None:
    issue = printed.issue()
    printed.piece(cast, issue, title="留下的", position=1)
    gone = printed.piece(cast, issue, title="撤下的一篇", state=state, theme="home")
    photo = printed.photo(cast, gone, 0, key="photo-number-1")

    page = read(client, f"/special/{gone}", 410)

    assert "已经撤下" in page
    assert "撤下的一篇" not in page
    for path in (
        *PAGES,
        f"/issues/{issue}",
        "/feed.atom",
        "/sitemap.xml",
        "/search?words=撤下的一",
    ):
        shown = read(client, f"/special{path}")
        # The search says again what was typed.
        assert "撤下的一篇" not in shown, path
        assert f"/special/{gone}<" not in shown, path
    assert "这里有一篇应作者的要求撤下了。" in read(client, f"/special/issues/{issue}")
    assert "第 7 期：" in read(client, "/special/corrections")
    read(client, f"/special/photos/{gone}/{photo}-middle.webp", 404)
    read(client, f"/special/{gone}/card.png", 404)


def test_what_is_not_out_yet_is_nowhere(cast: Cast, client: FlaskClient) -> None:
    issue, out = printed.issue(), ("published", "withdrawn", "taken_down")
    hidden = {}
    for state in SubmissionState:
        if state in out:
            continue
        one = printed.piece(cast, issue, title=f"藏着{state}", theme="home", state=state)
        printed.move(one, state, published_at=None)
        hidden[one] = printed.photo(cast, one, 0, key=f"photo-{state}")
    assert len(hidden) == 8

    for one, photo in hidden.items():
        read(client, f"/special/{one}", 404)
        read(client, f"/special/{one}/card.png", 404)
        read(client, f"/special/photos/{one}/{photo}-middle.webp", 404)
    for path in (*PAGES, f"/issues/{issue}", "/feed.atom", "/sitemap.xml"):
        assert "藏着" not in read(client, f"/special{path}"), path


def test_photos_are_those_of_the_piece_and_asked_for_each_time(
    cast: Cast, client: FlaskClient
) -> None:
    issue = printed.issue()
    one, other = printed.piece(cast, issue), printed.piece(cast, issue, title="另一篇", position=1)
    photo = printed.photo(cast, one, 0, key="photo-number-1", description="白杨树")
    address = f"/special/photos/{one}/{photo}-middle.webp"

    answer = client.get(address)
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})

    assert f'srcset="{address} 640w' in read(client, f"/special/{one}")
    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.data) == (304, b"")
    read(client, f"/special/photos/{other}/{photo}-middle.webp", 404)
    read(client, f"/special/photos/{one}/{photo}-huge.webp", 404)
    printed.leave_out(photo)
    read(client, address, 404)


def test_the_feed_and_the_map_name_what_is_out(cast: Cast, client: FlaskClient) -> None:
    one = printed.piece(cast, printed.issue(), title="第\u0008一页 <信> & ]]>")

    atom = parsed(read(client, "/special/feed.atom"))
    places = parsed(read(client, "/special/sitemap.xml"))

    entry = atom.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "第一页 <信> & ]]>"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "青核桃"
    assert {ATOM + name for name in ("id", "updated", "link", "summary")} <= {
        part.tag for part in entry
    }
    assert any(place.findtext("{*}loc", "").endswith(f"/special/{one}") for place in places)
    assert "Disallow: /\n" in read(client, "/robots.txt")


def test_machines_are_told_in_data_that_nothing_can_break_out_of(
    cast: Cast, client: FlaskClient
) -> None:
    one = printed.piece(cast, printed.issue(), title="</script><script>alert(1)</script>")

    page = read(client, f"/special/{one}")

    assert page.count("<script") == 1
    assert '<script type="application/ld+json">{"@context": "https://schema.org"' in page
    assert "\\u003c/script\\u003e" in page
    card = client.get(f"/special/{one}/card.png")
    assert card.content_type == "image/png"
    assert card.data.startswith(b"\x89PNG")
    assert len(card.data) < 80_000
    assert (press.PACKAGES / "@expo-google-fonts").is_dir()
    assert cards.SIZE == (1200, 630)


def test_a_page_needs_no_script_sets_no_cookie_and_carries_the_policy(
    cast: Cast, client: FlaskClient
) -> None:
    one = printed.piece(cast, printed.issue())

    for address in ("/special", f"/special/{one}", "/special/search?words=核桃"):
        answer = client.get(address)
        page = answer.get_data(as_text=True)
        check(answer.headers)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert 'type="module"' not in page
        assert "csrf" not in page


def test_public_pages_are_light(cast: Cast, client: FlaskClient) -> None:
    issue = printed.issue(quote="太阳才落山。")
    pieces = [
        printed.piece(cast, issue, title=f"第{n}封信", position=n, texts=(("xiaomai", LONG),))
        for n in range(8)
    ]

    for address in ("/special", f"/special/{pieces[0]}", "/special/places"):
        page = read(client, address)
        weight = packed(page.encode()) + sum(packed(f.read_bytes()) for f in needed(page))
        assert weight <= LIMIT / 2, f"{address}: {weight}"


def test_a_reader_chooses_size_setting_and_language_by_links(
    cast: Cast, client: FlaskClient
) -> None:
    one = printed.piece(cast, printed.issue())

    upright = read(client, f"/special/{one}?set=vertical&size=large")
    english = read(client, f"/special/{one}?lang=en")

    assert "story__b--vertical" in upright
    assert 'data-text="larger"' in upright
    assert "?set=vertical" in read(client, f"/special/{one}")
    assert '<html lang="en"' in english
    assert 'href="/special/archive?lang=en"' in english


def test_lists_go_on_behind_the_last_piece(cast: Cast, client: FlaskClient) -> None:
    issue = printed.issue()
    numbers = [printed.piece(cast, issue, title=f"第{n}封", position=n) for n in range(22)]

    first = read(client, "/special/sections/letters")
    older = re.search(r"\?before=(\d+)", first)

    assert older
    second = read(client, f"/special/sections/letters?before={older[1]}")
    assert len(re.findall('<article class="art">', first)) == 20
    assert len(re.findall('<article class="art">', second)) == 2
    assert int(older[1]) in numbers
    read(client, "/special/sections/letters?before=999", 404)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ((2026, 11, 22), ("小雪", 0)),
        ((2026, 11, 27), ("小雪", 5)),
        ((2027, 1, 1), ("冬至", 10)),
        ((2026, 2, 4), ("立春", 0)),
    ],
)
def test_a_day_lies_in_a_term_of_the_sun(day: tuple[int, int, int], told: tuple[str, int]) -> None:
    assert dates.term_on(date(*day)) == told


def test_the_form_of_a_letter_is_seen_in_its_text(app: Flask) -> None:
    assert excerpts.beginning(printed.LETTER, 45) == [
        "你的信星期二到了。老师把它放在我桌上的时候，我正在做数学题，结果那道题我一个字也没看进去。"
    ]
    assert excerpts.has_greeting(printed.LETTER)
    assert excerpts.has_signature(printed.LETTER)
    assert not excerpts.has_signature("一句。\n\n两句。")
    assert not excerpts.has_greeting("只有一行：")
    assert not excerpts.begins_with_ideograph("سالام دوستۇم")
    assert excerpts.begins_large(printed.LETTER)
    assert not excerpts.begins_large("小禾：\n\n我想了五天。\n\n驴叫，装不进箱子。")
    assert excerpts.beginning("", 10) == []
    assert excerpts.beginning("没有标点的一长串字" * 5, 9) == ["没有标点的一长串字……"]
    assert "\x00" not in feed.robots()
