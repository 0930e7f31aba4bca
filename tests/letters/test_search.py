"""Search in one's own letters: any word in any script, marked where it stands, and nothing of anyone else's."""

from __future__ import annotations

import logging
import re
import unicodedata

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from penpal.kernel import html, search
from penpal.kernel.db import transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import save, send


def hits(browser: FlaskClient, words: str, **more: object) -> list[int]:
    """The ids of the letters found, over all pages."""
    answer = browser.get("/letters/search", query_string={"words": words, **more})
    found: list[int] = []
    while True:
        page = answer.text
        for box in re.findall(r'<ol class="mailbox">.*?</ol>', page, re.DOTALL):
            found += [int(number) for number in re.findall(r'href="/letters/(\d+)', box)]
        older = re.search(r'href="([^"]+)" rel="next"', page)
        if older is None:
            return found
        answer = browser.get(older[1].replace("&amp;", "&"))


def opened(cast: Cast, author: str, key: str, body: str) -> Letter:
    """A letter that its reader has opened."""
    letter = send(cast, author, key=key, body=body)
    letters.open_(letter, by=cast.actor("xiaomai" if author == "xiaohe" else "xiaohe"))
    return letter


def marks(text: str, *words: str) -> str:
    return str(search.extract(text, [search.folded(word) for word in words]).marked)


MARKED = [
    ("门前的老槐树开花了。", "槐", "门前的老<mark>槐</mark>树开花了。"),
    ("姓𠮷的同学", "𠮷", "姓<mark>𠮷</mark>的同学"),
    ("今天ＧＯＯＤ极了", "good", "今天<mark>ＧＯＯＤ</mark>极了"),
    ("The Old Tree", "tree", "The Old <mark>Tree</mark>"),
    ("一个ﬁsh", "fi", "一个<mark>ﬁ</mark>sh"),
    ("一个ﬁsh", "is", "一个<mark>ﬁs</mark>h"),
    ("重 3㎏ 多", "kg", "重 3<mark>㎏</mark> 多"),
    ("Straße", "SS", "Stra<mark>ß</mark>e"),
    ("e\u0301te\u0301", "été", "<mark>e\u0301te\u0301</mark>"),
    ("ﾎﾞｰﾙ", "ボ", "<mark>ﾎﾞ</mark>ｰﾙ"),
    ("\u1112\u1161\u11ab글", "한", "<mark>\u1112\u1161\u11ab</mark>글"),
    ("ئۇيغۇر تىلى", "تىلى", "ئۇيغۇر <mark>تىلى</mark>"),
    ("\ufe8b\ufef4", "ئي", "<mark>\ufe8b\ufef4</mark>"),
    ("བོད་ཡིག", "བོད", "<mark>བོད</mark>་ཡིག"),
    ("ᠮᠣᠩᠭᠣᠯ", "ᠩᠭ", "ᠮᠣ<mark>ᠩᠭ</mark>ᠣᠯ"),
    ("看👩\u200d🌾呀", "👩", "看<mark>👩\u200d🌾</mark>呀"),
    ("风和雨和风", "风", "<mark>风</mark>和雨和<mark>风</mark>"),
    ("<b>&风</b>", "b", "&lt;<mark>b</mark>&gt;&amp;风&lt;/<mark>b</mark>&gt;"),
]


@pytest.mark.parametrize(("text", "word", "shown"), MARKED)
def test_the_word_is_marked_where_it_stands(text: str, word: str, shown: str) -> None:
    assert marks(text, word) == shown


def test_words_that_touch_or_overlap_become_one_mark() -> None:
    assert marks("abcdef", "bcd", "cde") == "a<mark>bcde</mark>f"
    assert marks("老槐树", "槐", "树") == "老<mark>槐树</mark>"


def test_the_extract_is_the_line_with_the_words_cut_at_gaps() -> None:
    body = "小麦：\n\n今天刮风。\n\n" + "云" * 40 + "风里有雨" + "山" * 90 + "\n\n小禾"

    assert (
        marks(body, "风", "雨")
        == "…" + "云" * 18 + "<mark>风</mark>里有<mark>雨</mark>" + "山" * 56 + "…"
    )
    english = (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    )
    assert marks(english, "nine").startswith("…six seven eight <mark>nine</mark> ten")
    assert marks(english, "one").endswith(" eleven twelve…")


@settings(max_examples=80)
@given(st.text(max_size=40), st.text(max_size=4))
def test_pieces_of_a_text_fold_alone_as_they_fold_together(text: str, word: str) -> None:
    text = html.normal(text)
    signs = list(search._signs(text))

    extract = search.extract(text, search.asked(word).words)

    assert "".join(signs) == text
    assert "".join(map(search.folded, signs)) == search.folded(text)
    assert all(0 <= begin < end <= len(extract.text) for begin, end in extract.spans)
    assert extract.marked.striptags() == html.marked(extract.text, []).striptags()


def test_no_two_pieces_ever_compose() -> None:
    seconds = {
        parts[1]
        for sign in map(chr, range(0x110000))
        if (parts := unicodedata.decomposition(sign).split()) and parts[0][0] != "<" and parts[1:]
    }

    assert all(search._goes_on("x", chr(int(sign, 16))) for sign in seconds)


def test_what_is_asked_is_kept_short_and_clean() -> None:
    asked = search.asked("  Ｆｅｎｇ　feng \x00雨 ")

    assert asked.words == ["feng", "雨"]
    assert not asked.shortened
    assert search.asked("字" * 61).shortened
    assert search.asked(" ".join("甲乙丙丁戊己庚辛壬")).words == list("甲乙丙丁戊己庚辛")
    assert search.asked(" \u3000 ").words == []


def test_one_character_finds_every_letter_it_is_in_newest_first(as_: SignedIn, cast: Cast) -> None:
    first = opened(cast, "xiaohe", "key-of-one", "窗外有一棵槐树。")
    second = opened(cast, "xiaomai", "key-of-two", "我们这里没有槐花。")
    opened(cast, "xiaohe", "key-of-three", "今天下雨。")
    xiaohe = as_("xiaohe")

    page = xiaohe.get("/letters/search?words=槐").text

    assert hits(xiaohe, "槐") == [second.id, first.id] == hits(as_("xiaomai"), "槐")
    assert "找到 2 封" in page
    assert "没有<mark>槐</mark>花" in page


ASKED = [
    ("窗外有槐树和杨树", "杨 槐", True),
    ("窗外有槐树和杨树", "杨 柳", False),
    ("窗外有槐树和杨树", "槐　树", True),
    ("考了100分", "100%", False),
    ("考了 100% 的分", "100%", True),
    ("a_b", "a_b", True),
    ("axb", "a_b", False),
    ("反\\斜", "\\", True),
    ("反斜", "\\", False),
    ("ＣＡＴ和dog", "cat DOG", True),
    ("ئۇيغۇرچە خەت", "خەت", True),
    ("ئۇيغۇرچە خەت", "\ufea7\ufe94", False),
    ("བོད་ཡིག", "ཡིག", True),
    ("䲜㛃𠮷", "㛃", True),
    ("café", "cafe", False),
    ("cafe\u0301", "CAFÉ", True),
]


def test_every_word_must_stand_in_the_letter(as_: SignedIn, cast: Cast) -> None:
    with transaction():
        written = [
            send(cast, key=f"key-of-letter-{number}", body=body).id
            for number, (body, _words, _found) in enumerate(ASKED)
        ]
    xiaohe = as_("xiaohe")

    for letter_id, (body, words, found) in zip(written, ASKED, strict=True):
        assert (letter_id in hits(xiaohe, words)) is found, (body, words)


def test_unopened_letters_and_drafts_of_others_are_never_found(as_: SignedIn, cast: Cast) -> None:
    unopened = send(cast, "xiaomai", key="key-unopened", body="信里写着槐花。")
    save(cast, "xiaomai", key="key-their-draft", body="草稿里写着槐花。")
    draft = save(cast, key="key-own-draft", body="我的草稿里也写着槐花。").letter
    xiaohe = as_("xiaohe")

    before = hits(xiaohe, "槐花")
    xiaohe.post(f"/letters/{unopened.id}/opening")

    assert before == [draft.id]
    assert f'href="/letters/{draft.id}/edit"' in xiaohe.get("/letters/search?words=槐花").text
    assert hits(xiaohe, "槐花") == [draft.id, unopened.id]


def test_nobody_finds_anything_in_the_letters_of_others(as_: SignedIn, cast: Cast) -> None:
    opened(cast, "xiaohe", "key-of-one", "信里写着槐花。")
    send(cast, key="key-of-a-postcard", envelope=Envelope.OPEN, body="明信片上写着槐花。")
    pair_id = cast.pair().id

    for who in ("xiaolin", "xiaoyuan", "teacher_bj", "secretary_bj", "editor"):
        browser = as_(who)
        for query in ("words=槐花", "words=槐花&past=1", f"words=槐花&pair={pair_id}"):
            answer = browser.get(f"/letters/search?{query}")
            assert "写着" not in answer.text, who
            assert answer.status_code == (404 if "pair" in query else 200) or not who.startswith(
                "x"
            )


def test_forty_five_hits_stand_on_three_pages_each_once(as_: SignedIn, cast: Cast) -> None:
    with transaction():
        written = [send(cast, key=f"key-of-letter-{n:02}", body="风").id for n in range(45)]

    found = hits(as_("xiaohe"), "风")

    assert found == written[::-1]


def test_filters_go_together_with_words(as_: SignedIn, cast: Cast) -> None:
    mine = opened(cast, "xiaohe", "key-of-one", "我写槐花。")
    theirs = opened(cast, "xiaomai", "key-of-two", "你写槐花。")
    draft = save(cast, key="key-of-a-draft", body="还想写槐花。").letter
    xiaohe = as_("xiaohe")

    found = {
        show: hits(xiaohe, "槐花", show=show)
        for show in ("all", "theirs", "mine", "unanswered", "drafts")
    }

    assert found == {
        "all": [draft.id, theirs.id, mine.id],
        "theirs": [theirs.id],
        "mine": [mine.id],
        "unanswered": [theirs.id],
        "drafts": [draft.id],
    }
    assert hits(as_("xiaomai"), "槐花", show="unanswered") == []


def test_letters_to_past_partners_are_searched_from_the_past(as_: SignedIn, cast: Cast) -> None:
    old = opened(cast, "xiaomai", "key-of-the-old", "写给小禾的槐花。")
    old_pair = cast.pair().id
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    pair = twinning.tie(
        cast.class_twinning(),
        supported=cast.person("xiaomai"),
        supporting=cast.person("xiaolin"),
        by=cast.actor("teacher_bj"),
    )
    new = letters.send(
        pair,
        key="key-of-the-new",
        body="写给小林的槐花。",
        envelope=Envelope.SEALED,
        by=cast.actor("xiaomai"),
    )
    xiaomai = as_("xiaomai")

    everywhere = xiaomai.get("/letters/search?past=1&words=槐花").text

    assert hits(xiaomai, "槐花") == [new.id]
    assert hits(xiaomai, "槐花", pair=old_pair) == [old.id]
    assert hits(xiaomai, "槐花", past=1) == [new.id, old.id]
    assert everywhere.index("我和小林的信") < everywhere.index("我和小禾的信")
    assert "/letters/search" in xiaomai.get("/letters?past=1").text


def test_nothing_found_nothing_asked_and_too_much_asked_are_said(as_: SignedIn, cast: Cast) -> None:
    send(cast)
    xiaohe = as_("xiaohe")

    assert "没有找到" in xiaohe.get("/letters/search?words=没有的词").text
    assert "没有找到" not in xiaohe.get("/letters/search?words=%20").text
    assert "只用了前面的几个词" in xiaohe.get("/letters/search?words=" + "字" * 61).text


def test_an_excerpt_runs_in_its_own_direction_and_is_only_text(as_: SignedIn, cast: Cast) -> None:
    send(cast, body="小麦：\n\nبۈگۈن ياخشى كۈن.\n\n<script>alert(1)</script> 风")
    xiaohe = as_("xiaohe")

    uyghur = xiaohe.get("/letters/search?words=ياخشى").text
    script = xiaohe.get("/letters/search", query_string={"words": "alert"}).text

    assert 'dir="rtl">بۈگۈن <mark>ياخشى</mark>' in uyghur
    assert "&lt;script&gt;<mark>alert</mark>(1)" in script


@pytest.mark.parametrize("query", ["after=0", "after=x", "after=999999", "show=x", "words=%00"])
def test_odd_addresses_break_nothing(as_: SignedIn, cast: Cast, query: str) -> None:
    send(cast)

    assert as_("xiaohe").get(f"/letters/search?words=槐&{query}").status_code == 200


def test_searching_leaves_no_trace(
    as_: SignedIn, cast: Cast, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    send(cast)
    caplog.set_level(logging.INFO)

    page = as_("xiaohe").get("/letters/search?words=老槐树").text

    title = re.search(r"<title>(.*?)</title>", page)
    assert "老槐树" not in caplog.text + "".join(capfd.readouterr())
    assert title is not None
    assert "老槐树" not in title[1]
