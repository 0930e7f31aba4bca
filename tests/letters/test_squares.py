"""Composition paper: where marks stand, what shares a square, and what has none."""

from __future__ import annotations

import html as entities
import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from penpal.demo import library
from penpal.kernel import html
from penpal.letters import squares
from penpal.letters.squares import Line

CLOSING = "。，、；：？！）》】」』”’"
OPENING = "（《【「『“‘"
ROW = st.text(alphabet="天地人小禾天地人小禾。，：？“”《》（）—…12aZ", min_size=1, max_size=60).map(
    "一".__add__
)
MIXED = st.text(alphabet="天地人小禾。，：？！“”《》（）—…12aZ \n", max_size=200)


def rows(text: str, columns: int = 10, *, salutation: bool = False) -> list[str]:
    """Each line as it looks: an empty square is ␣, and a mark in the margin stands behind a bar."""
    return [
        "".join(cell.text or "␣" for cell in line.cells) + (f"|{line.hanging}" * bool(line.hanging))
        for line in squares.set_out(text, columns, salutation=salutation)
    ]


def width(line: Line) -> int:
    return sum(cell.squares for cell in line.cells)


def test_a_paragraph_begins_two_squares_in_and_the_salutation_at_the_edge() -> None:
    assert rows("小麦：\n\n你好。", salutation=True) == ["小麦：", "␣␣你好。"]


def test_a_line_end_within_a_paragraph_begins_at_the_edge() -> None:
    assert rows("床前明月光\n疑是地上霜") == ["␣␣床前明月光", "疑是地上霜"]


@pytest.mark.parametrize("mark", CLOSING)
def test_a_closing_mark_hangs_in_the_margin_and_begins_no_line(mark: str) -> None:
    assert rows(f"一二三四五六七八{mark}九") == [f"␣␣一二三四五六七八|{mark}", "九"]


def test_when_two_would_hang_the_last_character_goes_along() -> None:
    assert rows("我最近在读《书本》，好看", 9) == ["␣␣我最近在读《书", "本》，好看"]
    assert rows("一二三四五六七《八》，九", 10)[0] == "␣␣一二三四五六七"


@pytest.mark.parametrize("mark", OPENING)
def test_an_opening_mark_ends_no_line(mark: str) -> None:
    assert rows(f"一二三四五六七{mark}八九") == ["␣␣一二三四五六七", f"{mark}八九"]


def test_stop_and_closing_quotation_mark_share_a_square() -> None:
    (line,) = squares.set_out("他说：“好。”", 20, salutation=True)

    assert [cell.text for cell in line.cells] == ["他", "说", "：“", "好", "。”"]


def test_at_the_edge_the_colon_stays_and_the_quotation_mark_goes_on() -> None:
    assert rows("一二三四五六他说：“好。”", 10) == ["␣␣一二三四五六他说|：", "“好。”"]
    assert rows("一二三四五他说：“好。”", 10) == ["␣␣一二三四五他说：", "“好。”"]


@pytest.mark.parametrize("sign", ["——", "……"])
def test_dash_and_ellipsis_take_two_squares_and_stay_whole(sign: str) -> None:
    assert rows(f"一二三四五六七{sign}八") == ["␣␣一二三四五六七", f"{sign}八"]


def test_digits_and_small_letters_go_two_to_a_square_and_capitals_alone() -> None:
    (line,) = squares.set_out("在2026年hello，OK", 20, salutation=True)

    texts = [cell.text for cell in line.cells]
    assert texts == ["在", "20", "26", "年", "he", "ll", "o", "，", "O", "K"]


def test_a_rare_character_and_a_family_take_one_square_each() -> None:
    (line,) = squares.set_out("𠮷家👨‍👩‍👧好", 20, salutation=True)

    assert [cell.text for cell in line.cells] == ["𠮷", "家", "👨‍👩‍👧", "好"]


@pytest.mark.parametrize(
    "paragraph",
    ["ياخشىمۇسىز", "བཀྲ་ཤིས་བདེ་ལེགས།", "ᠰᠠᠢᠨ ᠪᠠᠢᠨ᠎ᠠ", "Dear Xiaomai", "我学会了说 ياخشىمۇسىز"],
)
def test_what_has_no_squares_stands_on_rules_whole(paragraph: str) -> None:
    (line,) = squares.set_out(paragraph, 20)

    assert not line.in_squares
    assert [cell.text for cell in line.cells] == [paragraph]
    assert f'<p class="unsquared">{paragraph}</p>' in squares.marked(html.plain(paragraph))


@given(ROW)
@example("一1Z1Z1Z（”1")
def test_no_line_is_too_long_and_no_mark_stands_where_it_may_not(text: str) -> None:
    lines = squares.set_out(text, 8)
    # A line of nothing but marks cannot be broken by the rules.
    assume(all(any(cell.text[:1].isalnum() for cell in line.cells) for line in lines))

    assert all(width(line) <= 8 and len(line.hanging) <= 2 for line in lines if line.in_squares)
    assert not any(line.cells[0].text.startswith(tuple(CLOSING)) for line in lines[1:])
    assert not any(line.cells[-1].text.endswith(tuple(OPENING)) for line in lines[:-1])


@given(MIXED)
def test_lines_hold_the_whole_text_in_order(text: str) -> None:
    lines = squares.set_out(text, 8)

    kept = "".join("".join(cell.text for cell in line.cells) + line.hanging for line in lines)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


@given(st.text(alphabet="天地<>&\"'“”：。，）1a好ب\n", max_size=120))
def test_marks_on_a_page_change_no_word_and_open_no_tag(text: str) -> None:
    cleaned = html.plain(text)

    marked = squares.marked(cleaned)

    bare = re.sub(r"</?span[^<>]*>| class=\"unsquared\"", "", marked)
    assert entities.unescape(bare) == entities.unescape(cleaned)
    assert set(re.findall(r"<(\w+)", marked)) <= {"p", "br", "span"}


def test_the_marks_do_not_make_a_letter_thrice_its_size() -> None:
    letters = [letter["body"] for letter in library.letters()["letters"]]

    drawn = [squares.marked(html.plain(body)) for body in letters]

    assert sum(map(_bytes, drawn)) < 3 * sum(map(_bytes, letters))


def _bytes(text: str) -> int:
    return len(text.encode())
