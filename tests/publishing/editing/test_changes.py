"""Changes between two texts: nothing of either is lost, and each makes sense by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from penpal.publishing.editing import changes
from penpal.publishing.editing.changes import Edit, Kind

TEXTS = st.text(alphabet="ab ۇئۇ。\n你我！👨\u200d", max_size=40)


@given(TEXTS, TEXTS)
def test_the_changes_are_the_whole_difference(frozen: str, edited: str) -> None:
    found = changes.between(frozen, edited)

    assert changes.applied(frozen, found) == edited
    assert changes.fits(frozen, found)
    assert all(edit.before != edit.after for edit in found)
    drawn = changes.stretches(frozen, found)
    assert "".join(each.text for each in drawn if each.kind is not Kind.NEW) == frozen
    assert "".join(each.text for each in drawn if each.kind is not Kind.GONE) == edited


def test_chinese_is_changed_by_signs_and_letters_by_words() -> None:
    assert changes.between("我没有见过银杏。", "我没见过银杏。") == [Edit(2, "有", "")]
    assert changes.between("a good book", "a great book") == [Edit(2, "good", "great")]
    assert changes.between("كىتابلار بار", "كىتابلىرى بار") == [Edit(0, "كىتابلار", "كىتابلىرى")]


def test_what_stands_close_together_is_one_change() -> None:
    together = changes.between("我很高兴地去", "我真高兴得去")
    apart = changes.between("星期二到的。那天我们都高兴", "星期二到了。那天大家都高兴")

    assert together == [Edit(1, "很高兴地", "真高兴得")]
    assert apart == [Edit(4, "的", "了"), Edit(8, "我们", "大家")]


def test_a_change_is_shown_with_what_stands_around_it_in_its_line() -> None:
    text = "第一行\n天黑了，我要去吃晚饭。"
    edit = changes.between(text, text.replace("晚饭", "饭"))[0]

    assert changes.around(text, edit) == ("天黑了，我要去吃", "饭。")
    assert changes.around(text, edit, signs=2) == ("…去吃", "饭。")
