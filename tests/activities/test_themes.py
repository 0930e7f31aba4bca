"""Themes: put up by a student for the class, opened by a teacher for two schools, taken down by either."""

from __future__ import annotations

import pytest

from penpal.activities import theme_queries, theming
from penpal.activities.states import IdeaKind, ThemeState
from penpal.activities.theme_models import MOST_THEMES, Theme
from penpal.kernel import access, trail
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from tests.cast import STAFF, Cast

EVERYBODY = ("xiaohe", "xiaolin", "xiaoqiu", "xiaomai", "xiaoduo", "xiaoyuan", *STAFF)


def put_up(cast: Cast, who: str = "xiaohe", key: str = "key-of-the-theme") -> Theme:
    return theming.put_up(
        key=key,
        idea=IdeaKind.DRAWING,
        title="学校最老的一样东西",
        words="画下来，再问出它多少岁。",
        by=cast.actor(who),
    )


def seen_by(cast: Cast, theme: Theme) -> set[str]:
    found = set()
    for who in EVERYBODY:
        try:
            access.load(Theme, cast.actor(who), theme.id)
        except NotFound:
            continue
        found.add(who)
    return found


def author_as_told_to(cast: Cast, who: str) -> list[tuple[str, str]]:
    return [(row.author, row.town) for row in theme_queries.walls(cast.actor(who))]


def test_a_theme_hangs_in_its_class_under_the_name_of_its_author(cast: Cast) -> None:
    theme = put_up(cast)
    again = put_up(cast)

    assert again.id == theme.id
    assert seen_by(cast, theme) == {"xiaohe", "xiaolin", "teacher_bj"}
    assert author_as_told_to(cast, "xiaolin") == [("小禾", "北京")]
    assert [entry.move for entry in trail.of(theme)] == ["put up theme"]


def test_opened_it_hangs_in_both_schools_and_its_author_is_named_in_neither(cast: Cast) -> None:
    theme = put_up(cast)

    theming.open_(theme, by=cast.actor("teacher_bj"))

    assert seen_by(cast, theme) == {
        *("xiaohe", "xiaolin", "xiaoqiu", "xiaomai", "xiaoduo"),
        "teacher_bj",
    }
    assert author_as_told_to(cast, "xiaolin") == [("小禾", "北京")]
    assert author_as_told_to(cast, "xiaoqiu") == [("", "北京")]
    assert author_as_told_to(cast, "xiaomai") == [("", "北京")]
    assert [entry.move for entry in trail.of(theme)] == ["put up theme", "open theme"]
    with pytest.raises(IllegalMove):
        theming.open_(theme, by=cast.actor("teacher_bj"))


@pytest.mark.parametrize("who", ["xiaohe", "xiaolin", "teacher_ht", "teacher_tj", "secretary_bj"])
def test_nobody_but_its_teacher_opens_it(cast: Cast, who: str) -> None:
    theme = put_up(cast)

    with pytest.raises(NotPermitted):
        theming.open_(theme, by=cast.actor(who))


def test_its_teacher_takes_it_down_with_a_word_that_its_author_alone_reads(cast: Cast) -> None:
    theme, teacher = put_up(cast), cast.actor("teacher_bj")

    with pytest.raises(Invalid):
        theming.take_down(theme, by=teacher)
    with pytest.raises(NotPermitted):
        theming.take_down(theme, by=cast.actor("xiaolin"))
    theming.take_down(theme, words="换一个不写家里地方的题目吧", by=teacher)

    assert theme.state is ThemeState.TAKEN_DOWN
    assert seen_by(cast, theme) == {"xiaohe", "teacher_bj"}
    assert [row.reason for row in theme_queries.walls(cast.actor("xiaohe"))] == [theme.reason]
    with pytest.raises(IllegalMove):
        theming.take_down(theme, by=cast.actor("xiaohe"))


def test_its_author_takes_it_down_without_a_word(cast: Cast) -> None:
    theme = put_up(cast)

    theming.take_down(theme, by=cast.actor("xiaohe"))

    assert (theme.state, theme.reason) == (ThemeState.TAKEN_DOWN, "")


def test_what_endangers_a_child_hangs_nowhere_and_a_wall_has_room_for_all(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        theming.put_up(
            key="key-of-the-theme",
            idea=IdeaKind.OWN,
            title="加我微信 abc12345",
            words="",
            by=cast.actor("xiaohe"),
        )
    for number in range(MOST_THEMES):
        put_up(cast, key=f"theme-key-{number}")

    assert set(refused.value.fields) == {"title"}
    with pytest.raises(Invalid, match="够多"):
        put_up(cast, key="one-too-many")
    with pytest.raises(NotPermitted):
        put_up(cast, "xiaoman", key="not-taking-part")
