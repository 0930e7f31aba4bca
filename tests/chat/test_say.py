"""Saying something: exactly once, only within the pair, only while it lives and the room is open."""

from __future__ import annotations

import pytest

from penpal.chat import participation as talked
from penpal.chat import queries, services
from penpal.chat.keeping import Ended
from penpal.chat.models import LONGEST
from penpal.chat.refusals import RoomClosed, Screened
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotPermitted
from penpal.safeguarding import blocking
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.models import Report, ReportKind
from penpal.twinning import participation
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.chat.talking import NUMBER, line, open_rooms, say, sequences


@pytest.fixture(autouse=True)
def opened(cast: Cast) -> None:
    open_rooms(cast)


def test_a_line_stands_in_the_room_in_its_order_and_once_for_its_key(cast: Cast) -> None:
    first = say(cast, "你好呀，\n小麦！", key="key-number-one")
    answer = say(cast, "你好", "xiaomai", quotes=first.line.id)
    again = say(cast, "你好呀，\n小麦！", key="key-number-one")

    assert (first.is_new, answer.is_new, again.is_new) == (True, True, False)
    assert again.line.id == first.line.id
    assert sequences(cast) == [1, 2]
    assert line(first.line.id).body_html == "<p>你好呀，<br>小麦！</p>"
    told = queries.newest(cast.pair()).lines
    assert [row.body for row in told] == ["你好呀，\n小麦！", "你好"]
    assert told[1].quote is not None
    assert told[1].quote.text == "你好呀，\n小麦！"
    with pytest.raises(Conflict):
        say(cast, "别的话", key="key-number-one")
    assert sequences(cast) == [1, 2]


def test_what_is_empty_too_long_or_unknown_is_refused(cast: Cast) -> None:
    for broken in (
        {"body": " \n "},
        {"body": "很" * (LONGEST + 1)},
        {"body": "", "sticker": "no-such"},
        {"body": "和贴纸一起", "sticker": "hug"},
        {"body": "好", "key": "bad key!"},
        {"body": "好", "quotes": 999},
    ):
        with pytest.raises(Invalid):
            say(cast, **{"key": "key-of-a-broken-one", **broken})  # type: ignore[arg-type]

    assert say(cast, "", sticker="hug").line.sticker == "hug"


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "xiaoman", "teacher_bj", "editor"])
def test_an_outsider_cannot_say_anything(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        say(cast, "我也来", who)

    assert sequences(cast) == []


def test_a_paused_or_closed_pair_says_nothing_and_is_not_told_who_asked(cast: Cast) -> None:
    said = say(cast, "先说一句", key="key-before-the-pause")
    block = blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    for who in ("xiaohe", "xiaomai"):
        with pytest.raises(Paused):
            say(cast, "停了以后", who)
    # The answer to what was kept before may have got lost: it is no new line.
    assert say(cast, "先说一句", key="key-before-the-pause").line.id == said.line.id

    blocking.lift(block, by=cast.actor("xiaomai"))
    twinning.close(cast.pair(), by=cast.actor("teacher_bj"), reason="转学")
    with pytest.raises(Ended):
        say(cast, "关了以后")
    assert sequences(cast) == [1]


def test_a_room_is_open_only_where_and_when_both_schools_say_so(cast: Cast) -> None:
    open_rooms(cast, chat=[])
    with pytest.raises(RoomClosed, match="不是聊天的时间"):
        say(cast)
    open_rooms(cast, chat_on=False)
    with pytest.raises(RoomClosed, match="还没有开"):
        say(cast)

    assert sequences(cast) == []


def test_the_guard_stands_at_the_door_also_across_lines(cast: Cast) -> None:
    with pytest.raises(Screened) as alone:
        say(cast, NUMBER)
    say(cast, "138", key="key-part-one")
    say(cast, "1234", key="key-part-two")
    with pytest.raises(Screened) as split:
        say(cast, "5678呀", key="key-part-three")

    found = alone.value.findings[0]
    assert NUMBER[found.start : found.end] == "13812345678"
    assert 0 <= split.value.findings[0].start < split.value.findings[0].end <= len("5678呀")
    assert sequences(cast) == [1, 2]


def test_words_of_despair_are_sent_and_somebody_is_told(cast: Cast) -> None:
    said = say(cast, "我真的不想活了")

    assert said.worries
    assert sequences(cast) == [1]
    told = session().query(Report).one()
    assert told.kind is ReportKind.WORRY
    assert "不想活" not in told.about_label + told.words


def test_marks_go_forward_only_and_count_what_is_unread(cast: Cast) -> None:
    for number in range(3):
        say(cast, f"第{number}句", key=f"key-of-line-{number}")
    assert cast.actor("xiaomai").unread == 3
    assert cast.actor("xiaohe").unread == 0

    mai = cast.actor("xiaomai")
    services.mark_seen(cast.pair(), 2, by=mai)
    services.mark_seen(cast.pair(), 1, by=mai)
    assert cast.actor("xiaomai").unread == 1
    services.mark_seen(cast.pair(), 99, by=mai)

    assert cast.actor("xiaomai").unread == 0
    assert queries.seats(cast.pair(), cast.actor("xiaohe")).partner_got == 3
    with pytest.raises(NotPermitted):
        services.mark_seen(cast.pair(), 3, by=cast.actor("xiaolin"))


def test_whoever_chats_is_not_silent_and_no_empty_record(cast: Cast) -> None:
    class_ids = [cast.unit("bj-class").id, cast.unit("ht-class").id]
    said = say(cast, "我在呢").line
    he, mai = (cast.person(who).id for who in ("xiaohe", "xiaomai"))

    assert participation.last_of(class_ids) == {he: said.at}
    assert talked.written([he, mai]) == {he: 1, mai: 1}
