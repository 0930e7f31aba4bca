"""The sanitiser: nothing outside its two profiles ever comes out, and no word is lost."""

from __future__ import annotations

import html as entities
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from penpal.kernel import html
from tests.xss_vectors import VECTORS

PLAIN = {"p", "br"}
RICH = {"p", "br", "strong", "em", "b", "i", "u", "s", "blockquote", "ul", "ol", "li", "h2", "h3", "h4", "a", "hr"}  # fmt: skip

# Everything that could be markup, and the words in between.
pieces = st.sampled_from(
    ["<", ">", "&", '"', "'", "/", "=", "<p>", "</p>", "<br>", "<a href=", "javascript:", "https://a.cn",
     "<script>", "onerror=", "<!--", "-->", "&lt;", "&#60;", "\n", "\n\n", "\r\n", "\u2028", "\x00", "\u202e",
     "字", "ئۇ", "བོད", "\u3000", " ", "<svg>", "<style>", "]]>", "`"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=80), st.lists(pieces, max_size=24).map("".join))


class Reader(HTMLParser):
    """What a parser finds: tags, attributes, and the text between them."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        # A plain string: Markup would escape what is added to it.
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment came through: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration came through: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction came through: {data}")


def check_plain(text: str) -> None:
    read = Reader(html.plain(text))

    assert set(read.tags) <= PLAIN
    assert read.attributes == []


def check_rich(text: str) -> None:
    read = Reader(html.rich(text))

    assert set(read.tags) <= RICH
    for tag, name, value in read.attributes:
        assert tag == "a", (tag, name)
        assert name in ("href", "rel"), name
        if name == "href":
            assert value.startswith(("http://", "https://")), value
        else:
            assert value == "nofollow noopener noreferrer"


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_of_a_vector_comes_through(vector: str) -> None:
    check_plain(vector)
    check_rich(vector)
    check_rich(f"<p>前面的话</p>{vector}<ul><li>后面的话</li></ul>")


@given(texts)
@example("<")
@example("&amp;lt;script&amp;gt;")
def test_plain_lets_no_tag_but_its_own_through(text: str) -> None:
    check_plain(text)


@given(texts)
def test_rich_lets_no_tag_but_its_own_through(text: str) -> None:
    check_rich(text)


@given(texts)
def test_plain_keeps_every_word(text: str) -> None:
    shown = Reader(html.plain(text)).text

    assert "".join(shown.split()) == "".join(html.normal(text).split())


@given(texts)
def test_a_text_that_was_made_normal_stays_as_it_is(text: str) -> None:
    once = html.normal(text)

    assert html.normal(once) == once
    assert html.plain(once) == html.plain(text)


@given(texts)
def test_cleaning_rich_text_twice_changes_nothing_more(text: str) -> None:
    once = html.rich(text)

    assert html.rich(once) == once


def test_paragraphs_stand_at_blank_lines_and_line_ends_are_breaks() -> None:
    assert html.plain("一\n二\n\n三") == "<p>一<br>二</p><p>三</p>"
    assert html.plain("一\r\n\r\n \t\n二") == "<p>一</p><p>二</p>"
    assert html.plain("\n\n") == ""


def test_an_indented_line_keeps_its_indent() -> None:
    assert html.plain("小麦：\n\u3000\u3000你好") == "<p>小麦：<br>\u3000\u3000你好</p>"


def test_what_looks_like_markup_is_shown_as_it_was_typed() -> None:
    typed = 'if (a < b && c > d) print("<b>粗</b>")'

    assert Reader(html.plain(typed)).text == typed
    assert entities.unescape(html.plain("&lt;")) == "<p>&lt;</p>"


def test_what_needs_no_parser_is_what_the_parser_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each sign of the first planes between others, a thousand in a text.
    texts = [
        "字".join(map(chr, range(start, start + 1024))) + "\n\n 末\n行"
        for start in range(0, 0x20000, 1024)
    ]
    quick = [html.plain(text) for text in texts]

    monkeypatch.setattr(html, "_MARKS", re.compile(""))

    assert [html.plain(text) for text in texts] == quick


def test_rich_text_keeps_what_staff_may_use() -> None:
    source = (
        "<h2>题</h2><p>一<strong>二</strong><em>三</em></p><blockquote>引</blockquote><ul><li>甲</li></ul>"
        '<p><a href="https://example.cn/x?a=1">链接</a></p>'
    )

    cleaned = html.rich(source)

    assert Reader(cleaned).tags == Reader(source).tags
    assert ("a", "href", "https://example.cn/x?a=1") in Reader(cleaned).attributes


@pytest.mark.parametrize(
    "address",
    [
        "javascript:123",
        "//example.org",
        "/local",
        "mailto:a@example.org",
        "https:",
        "http:///x",
        "x",
    ],
)
def test_a_link_goes_to_a_web_address_or_nowhere(address: str) -> None:
    assert [
        name
        for _, name, _ in Reader(html.rich(f'<a href="{address}">x</a>')).attributes
        if name == "href"
    ] == []


def test_control_marks_and_turns_of_direction_are_dropped() -> None:
    assert html.normal("a\x00b\x1b[31m\u202ec\u2066d\ufeff") == "ab[31mcd"
    assert html.line("  小\n\t禾\u3000 ") == "小 禾"


def test_joiners_that_scripts_need_stay() -> None:
    assert html.normal("مى\u200cخوام \u200d") == "مى\u200cخوام \u200d"


def test_letters_are_composed_in_one_way() -> None:
    assert html.normal("e\u0301") == "é"


@pytest.mark.parametrize(
    ("text", "direction"),
    [("你好 سالام", "ltr"), ("سالام 你好", "rtl"), ("123 — ئۇيغۇر", "rtl"), ("བོད་ཡིག", "ltr"),
     ("ᠮᠣᠩᠭᠣᠯ", "ltr"), ("", "ltr"), ("…!", "ltr")],
)  # fmt: skip
def test_the_first_strong_letter_decides_the_direction(text: str, direction: str) -> None:
    assert html.direction(text) == direction


def test_twenty_thousand_characters_are_cleaned_in_a_moment() -> None:
    assert len(Reader(html.plain("<字>\n" * 5_000)).text) == 15_000
