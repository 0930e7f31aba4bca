"""Texts in any script: kept as written, read in their own direction, and never as markup."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import send

UYGHUR = "سالام شياۋخې!\n\nبۈگۈن ھاۋا بەك ياخشى."


def test_a_uyghur_letter_reads_from_right_to_left(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast, "xiaomai", body=UYGHUR)
    xiaohe = as_("xiaohe")
    xiaohe.post(f"/letters/{letter.id}/opening")

    page = xiaohe.get(f"/letters/{letter.id}").text

    assert letter.direction == "rtl"
    assert 'class="letter__body" dir="rtl"' in page
    assert "بۈگۈن ھاۋا بەك ياخشى." in page
    assert '<html lang="zh-Hans"' in page


@pytest.mark.parametrize(
    ("body", "direction"),
    [
        (UYGHUR, "rtl"),
        ("小麦：你好", "ltr"),
        ("བཀྲ་ཤིས་བདེ་ལེགས།", "ltr"),
        ("ᠰᠠᠶᠢᠨ ᠪᠠᠶᠢᠨ᠎ᠠ ᠤᠤ", "ltr"),
        ("سەلەم، دوسىم", "rtl"),
        ("123 … سالام", "rtl"),
        ("小麦 سالام", "ltr"),
        ("🙂 12:30", "ltr"),
    ],
)
def test_each_script_is_kept_and_has_its_direction(cast: Cast, body: str, direction: str) -> None:
    letter = send(cast, body=body)

    assert letter.body == body
    assert letter.direction == direction


def test_marks_that_turn_the_line_are_taken_out_and_joiners_stay(cast: Cast) -> None:
    letter = send(cast, body="abc\u202edcba\u2066x\u2069 می\u200cخواهم\x00\x07")

    assert letter.body == "abcdcbax می\u200cخواهم"


def test_line_ends_become_paragraphs_and_typed_indents_are_left_to_the_paper(cast: Cast) -> None:
    letter = send(cast, body="第一段\r\n还是第一段\r\n\r\n\u3000\u3000第二段\u2028完")

    assert letter.body_html == "<p>第一段<br>还是第一段</p><p>第二段<br>完</p>"


def test_markup_is_text(as_: SignedIn, cast: Cast) -> None:
    body = '<script>alert(1)</script><img src=x onerror="alert(2)"> 3 < 5 & 7 > 2'
    letter = send(cast, body=body)

    page = as_("xiaohe").get(f"/letters/{letter.id}").text

    assert letter.body == body
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "3 &lt; 5 &amp; 7 &gt; 2" in page


def test_the_same_sign_written_two_ways_is_one_letter(cast: Cast) -> None:
    first = send(cast, body="Lettre d'e\u0301te\u0301")

    again = send(cast, body="Lettre d'\u00e9t\u00e9")

    assert again.id == first.id
