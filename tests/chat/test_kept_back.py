"""What waits for a teacher: asked, released into the room, sent back, taken back, thrown away."""

from __future__ import annotations

import pytest

from penpal.chat import queries, releasing, services
from penpal.chat.models import ChatLine
from penpal.chat.states import LineState
from penpal.kernel import access, trail
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotFound, NotPermitted
from penpal.safeguarding import blocking, holding
from penpal.safeguarding.blocking import Paused
from tests.cast import Cast
from tests.chat.talking import NUMBER, ask, line, open_rooms, say, sequences, told
from tests.conftest import SignedIn


@pytest.fixture(autouse=True)
def opened(cast: Cast) -> None:
    open_rooms(cast)


def test_a_released_line_gets_its_number_then_and_is_open_to_the_teacher(cast: Cast) -> None:
    hold = ask(cast, words="这不是电话号码")
    say(cast, "等的时候说的")
    waiting = line(hold.item_id)
    assert (waiting.state, waiting.sequence) == (LineState.WAITING, None)
    assert ask(cast).id == hold.id
    with pytest.raises(NotFound):
        access.load(ChatLine, cast.actor("xiaomai"), waiting.id)
    with pytest.raises(Invalid):
        say(cast, "那句是什么", "xiaomai", quotes=waiting.id)
    with pytest.raises(NotFound):
        access.load(ChatLine, cast.actor("teacher_bj"), waiting.id)

    holding.release(hold, words="好的", by=cast.actor("teacher_bj"))

    released = line(hold.item_id)
    assert (released.state, released.sequence, released.is_open) == (LineState.SENT, 2, True)
    assert [row.body for row in queries.newest(cast.pair()).lines][-1] == NUMBER
    assert access.load(ChatLine, cast.actor("teacher_bj"), released.id) is released
    with pytest.raises(NotFound):
        access.load(ChatLine, cast.actor("teacher_ht"), released.id)
    assert [entry.move for entry in trail.of(released)] == ["release"]
    assert say(cast, "接着说").line.sequence == 3


def test_a_line_that_comes_back_is_its_authors_to_mend_or_throw_away(
    cast: Cast, as_: SignedIn
) -> None:
    hold = ask(cast)
    room = f"/chat/{cast.pair().id}"

    holding.send_back(hold, words="把号码拿掉就好", by=cast.actor("teacher_bj"))

    returned = line(hold.item_id)
    assert returned.state is LineState.RETURNED
    he = as_("xiaohe")
    shown_lines = told(he.get(f"{room}/lines"))["lines"]
    assert [(each["state"], each["answer"]) for each in shown_lines] == [
        ("returned", "把号码拿掉就好")
    ]
    assert NUMBER in he.get(f"{room}?again={returned.id}").text
    mai = as_("xiaomai")
    for how in ("again", "quotes"):
        assert NUMBER not in mai.get(f"{room}?{how}={returned.id}").text
    assert told(mai.get(f"{room}/lines"))["lines"] == []
    assert mai.post(f"{room}/lines/{returned.id}/discard").status_code == 404
    assert he.post(f"{room}/lines/{returned.id}/discard").status_code == 302
    assert sequences(cast) == []


def test_its_author_takes_it_back_and_the_teacher_reads_it_no_more(cast: Cast) -> None:
    hold = ask(cast)

    services.unsend(line(hold.item_id), by=cast.actor("xiaohe"))
    services.unsend(line(hold.item_id), by=cast.actor("xiaohe"))

    assert line(hold.item_id).state is LineState.RETURNED
    with pytest.raises((NotPermitted, IllegalMove)):
        holding.release(hold, by=cast.actor("teacher_bj"))
    with pytest.raises(Conflict):
        ask(cast)
    assert sequences(cast) == [None]


def test_who_may_not_and_what_needs_no_release(cast: Cast) -> None:
    hold = ask(cast)

    for who in ("teacher_ht", "teacher_tj", "xiaomai", "editor"):
        with pytest.raises(NotPermitted):
            releasing.release(line(hold.item_id), by=cast.actor(who))
    with pytest.raises(NotPermitted):
        services.discard(line(hold.item_id), by=cast.actor("xiaomai"))
    with pytest.raises(NotPermitted):
        ask(cast, who="xiaolin", key="key-of-an-outsider")
    with pytest.raises(Invalid):
        ask(cast, "今天天气好", key="key-of-nothing")

    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))
    with pytest.raises(Paused, match="放行不了"):
        holding.release(hold, by=cast.actor("teacher_bj"))
    assert sequences(cast) == [None]


def test_the_queue_releases_a_line_as_it_does_a_letter(cast: Cast, as_: SignedIn) -> None:
    hold = ask(cast)
    teacher = as_("teacher_bj")

    page = teacher.get("/queue", follow_redirects=True).text

    assert "13812345678" in page
    assert "聊天里说的一句话" in page
    assert hold.title == "小禾在聊天里说的一句话"
