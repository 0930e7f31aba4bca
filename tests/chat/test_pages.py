"""The room as a page, with nothing but forms: reading, saying, finding, and what becomes a letter."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from penpal.chat import keeping, queries
from penpal.kernel.db import session
from penpal.letters.models import Letter
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.chat.talking import NUMBER, new_line, open_rooms, say, sequences, told
from tests.conftest import SignedIn
from tests.house.test_queries import asked_by

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def opened(cast: Cast) -> None:
    open_rooms(cast)


@pytest.fixture
def room(cast: Cast) -> str:
    return f"/chat/{cast.pair().id}"


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_plain_form_says_and_the_partner_reads(cast: Cast, as_: SignedIn, room: str) -> None:
    he, mai = as_("xiaohe"), as_("xiaomai")

    assert he.get("/chat").headers["Location"] == room
    page = he.get(room).text
    sent = he.post(f"{room}/say", data={"key": key_of(page), "body": "<b>你好</b>"})

    assert sent.status_code == 302
    assert sequences(cast) == [1]
    assert "1" in navigation_badge(mai)
    read = mai.get(room).text
    assert "&lt;b&gt;你好&lt;/b&gt;" in read
    assert "<b>你好</b>" not in read
    assert navigation_badge(mai) == ""


def navigation_badge(client: FlaskClient) -> str:
    """What stands beside 聊天 on another page."""
    page = client.get("/letters").text
    entry = re.search(r'<a href="/chat"[^>]*>(.*?)</a>', page, re.S)
    assert entry
    count = re.search(r'aria-hidden="true">(\d+)<', entry[1])
    return count[1] if count else ""


def test_what_is_in_the_way_is_said_with_the_words_kept(
    as_: SignedIn, cast: Cast, room: str
) -> None:
    he = as_("xiaohe")

    answer = he.post(f"{room}/say", data={"key": "key-in-the-way", "body": NUMBER})
    by_script = he.post(f"{room}/say", data={"key": "key-in-the-way", "body": NUMBER}, headers=JSON)

    assert answer.status_code == 422
    assert NUMBER in answer.text
    assert "像是手机号" in answer.text
    beside = he.post(
        f"{room}/say", data={"key": "key-of-a-sticker", "body": "写了一半", "sticker": "hug"}
    )
    assert "写了一半" in beside.text
    assert by_script.status_code == 200
    said = told(by_script)
    assert (said["ok"], said["why"]) == (False, "screened")
    found = said["findings"][0]
    assert NUMBER[found["start"] : found["end"]] == "13812345678"
    assert sequences(cast) == []


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "teacher_bj", "secretary_bj", "editor"])
def test_nobody_else_finds_the_room(as_: SignedIn, cast: Cast, room: str, who: str) -> None:
    said = say(cast, "只有两个人看得到").line
    other = as_(who)

    for address in (room, f"{room}/lines", f"{room}/search?q=两"):
        assert other.get(address).status_code in (403, 404), address
    for address in ("say", "ask", "settings", "letter", f"lines/{said.id}/unsend"):
        assert other.post(f"{room}/{address}", data={"body": "x"}).status_code in (403, 404), (
            address
        )
    assert sequences(cast) == [1]


def test_lines_come_by_sequence_before_and_after(cast: Cast, as_: SignedIn, room: str) -> None:
    for number in range(1, 8):
        say(
            cast,
            f"第{number}句",
            "xiaohe" if number % 2 else "xiaomai",
            key=f"key-of-line-{number}",
        )
    he = as_("xiaohe")

    after = told(he.get(f"{room}/lines?after=4"))
    before = told(he.get(f"{room}/lines?before=3"))

    assert [line["sequence"] for line in after["lines"]] == [5, 6, 7]
    assert [line["sequence"] for line in before["lines"]] == [1, 2]
    assert (after["more"], before["more"]) == (False, False)
    assert [line["mine"] for line in after["lines"]] == [True, False, True]
    assert ["key" in line for line in after["lines"]] == [True, False, True]
    assert after["room"]["state"] == "open"
    older = he.get(f"{room}?before=5").text
    assert "第4句" in older
    assert "第5句" not in older


def test_words_are_found_in_any_script_and_marked(cast: Cast, as_: SignedIn, room: str) -> None:
    say(cast, "窗外有一棵老槐树")
    say(cast, "مەن كىتاب ئوقۇيمەن", "xiaomai")
    gone = say(cast, "槐花开了").line
    as_("xiaohe").post(f"{room}/lines/{gone.id}/unsend")
    mai = as_("xiaomai")

    chinese = mai.get(f"{room}/search?q=槐").text
    uyghur = mai.get(f"{room}/search?q=كىتاب").text

    assert "<mark>槐</mark>树" in chinese
    assert "槐花" not in chinese.replace('value="槐"', "")
    assert "<mark>كىتاب</mark>" in uyghur
    assert "没有找到" in mai.get(f"{room}/search?q=%").text


def test_picked_lines_become_the_beginning_of_a_letter(
    cast: Cast, as_: SignedIn, room: str
) -> None:
    first, second = say(cast, "今天下雪了").line, say(cast, "我们这里出太阳", "xiaomai").line
    he = as_("xiaohe")

    page = he.post(f"{room}/letter", data={"line": [second.id, first.id, 999]}).text
    begun = he.post(
        "/letters",
        data={
            "key": key_of(page),
            "pair": str(cast.pair().id),
            "body": "我说：今天下雪了\n\n",
            "envelope": "sealed",
            "revision": "0",
            "action": "save",
        },
    )

    assert "我说：今天下雪了\n\n小麦说：我们这里出太阳" in page
    assert begun.status_code == 302
    assert session().query(Letter).one().is_draft
    assert he.post(f"{room}/letter", data={}).headers["Location"] == f"{room}?choose=1"


def test_a_closed_room_says_when_it_opens_and_offers_the_letter(
    cast: Cast, as_: SignedIn, room: str
) -> None:
    say(cast, "还开着的时候说的")
    open_rooms(cast, chat=[["school", 0, 1], ["weekend", 0, 1], ["holiday", 0, 1]])
    he = as_("xiaohe")

    page = he.get(room).text
    answer = he.post(f"{room}/say", data={"key": "key-too-late", "body": "晚了"})

    assert "还开着的时候说的" in page
    assert "再开" in page
    assert 'href="/letters/new"' in page
    assert answer.status_code == 409
    assert "晚了" in answer.text
    assert sequences(cast) == [1]


def test_a_closed_pair_is_read_and_nobody_is_left_before_a_shut_door(
    cast: Cast, as_: SignedIn, room: str
) -> None:
    say(cast, "留下来的一句")
    twinning.close(cast.pair(), by=cast.actor("teacher_bj"), reason="转学")
    he = as_("xiaohe")

    assert "留下来的一句" in he.get(room).text
    assert room in he.get("/chat").text
    assert queries.newest(cast.pair()).lines


def test_the_room_asks_as_often_for_two_hundred_lines_as_for_two(
    cast: Cast, as_: SignedIn, room: str
) -> None:
    pages = (room, f"{room}/lines?after=0", f"{room}/search?q=句", f"{room}?before=2")

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            who, quotes = ("xiaohe", None) if number % 2 else ("xiaomai", 1)
            key = f"key-of-line-{number:04}"
            keeping.keep_batch([new_line(cast, f"第{number}句", who, key=key, quotes=quotes)])

    grow(1, 3)
    for page in pages:
        as_("xiaohe").get(page)
    few = [len(asked_by(as_("xiaohe"), page)) for page in pages]
    grow(3, 200)
    as_("xiaohe").get(room)

    many = [asked_by(as_("xiaohe"), page) for page in pages]

    assert [len(asked) for asked in many] == few, "\n\n".join(many[0])
    assert few[0] <= 12, "\n\n".join(many[0])


def test_a_quote_leads_to_its_line_on_this_page_or_on_the_one_that_has_it(
    cast: Cast, as_: SignedIn, room: str
) -> None:
    first, *_rest = [
        say(cast, f"第{number}句", key=f"key-of-line-{number:04}").line for number in range(70)
    ]
    late = say(cast, "说的还是那一句", key="key-of-late-quote", quotes=first.id).line
    near = say(cast, "说的是刚才", key="key-of-near-quote", quotes=late.id).line
    he = as_("xiaohe")

    newest = he.get(room).text
    led = he.get(f"{room}?at={first.id}").text

    assert f'id="line-{first.id}"' not in newest
    assert f'href="{room}?at={first.id}#line-{first.id}"' in newest
    assert f'href="#line-{late.id}"' in newest
    assert f'id="line-{first.id}"' in led
    assert "第9句" in led
    assert f'id="line-{near.id}"' not in led
    # What stands among the newest is on the page that goes on, and what is of no line here leads nowhere else.
    for address in (f"{room}?at={late.id}", f"{room}?at=999999", f"{room}?at=x"):
        assert f'id="line-{near.id}"' in he.get(address).text
    assert as_("xiaolin").get(f"{room}?at={first.id}").status_code in (403, 404)


def test_a_line_is_told_of_in_two_taps(cast: Cast, as_: SignedIn, room: str) -> None:
    said = say(cast, "让人不舒服的一句", "xiaomai").line
    he = as_("xiaohe")

    link = re.search(rf'href="(/tell\?about=chat_line:{said.id})"', he.get(room).text)
    assert link
    page = he.get(link[1]).text

    assert "小麦在聊天里说的一句话" in page
