"""What a process remembers of a room: it spares questions, and no line is kept on the word of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from penpal.chat import doors, keeping, presence, recalling, services, storing
from penpal.chat.keeping import Behind, Ended, Refused
from penpal.chat.presence import Seat
from penpal.chat.refusals import Screened
from penpal.chat.remembering import MOST, Memory, Word
from penpal.kernel import clock
from penpal.kernel.db import db, transaction
from penpal.kernel.errors import NotFound
from penpal.safeguarding import blocking
from penpal.safeguarding.blocking import Paused
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState
from tests.cast import Cast
from tests.chat import talking

PIECES = ("138", "1234", "5678呀")


@pytest.fixture(autouse=True)
def sits(app: Flask, cast: Cast) -> Iterator[Memory]:
    """小禾 has her room open in this process; nothing is told to her page, which is no socket."""
    talking.open_rooms(cast)
    pair = cast.pair()
    presence.sit(
        Seat("a-socket", pair.id, cast.person("xiaohe").id, clock.CHINA, True, False, {}),
        last=0,
        due=None,
    )
    memory = presence.memory(pair.id)
    assert memory is not None
    yield memory
    presence.rise("a-socket")


def said_elsewhere(cast: Cast, body: str, who: str = "xiaohe") -> None:
    """By a page that another process serves: this one does not hear of it."""
    keeping.keep_batch([talking.new_line(cast, body, who, key=f"elsewhere-{body}")])


def test_a_number_in_pieces_is_found_over_what_is_remembered(cast: Cast, sits: Memory) -> None:
    talking.say(cast, PIECES[0])
    talking.say(cast, "好的呀", "xiaomai")
    talking.say(cast, PIECES[1])

    with pytest.raises(Screened):
        talking.say(cast, PIECES[2])

    known = sits.said_by(cast.person("xiaohe").id)
    assert known is not None
    assert [word.body for word in known[0]] == list(PIECES[:2])


def test_a_piece_that_another_process_kept_is_read_before_the_next_line_is_kept(
    cast: Cast,
) -> None:
    talking.say(cast, PIECES[0])
    said_elsewhere(cast, PIECES[1])

    with pytest.raises(Screened):
        talking.say(cast, PIECES[2])
    kept = talking.say(cast, "那算了")

    assert kept.line.sequence == 3
    assert talking.sequences(cast) == [1, 2, 3]


def test_a_line_waits_for_the_guard_only_where_its_own_author_said_more(cast: Cast) -> None:
    seen = recalling.before(cast.pair(), cast.actor("xiaohe")).upto
    late = replace(talking.new_line(cast, "一会儿见", key="a-late-line"), after=seen)
    own = replace(talking.new_line(cast, "在吗", key="one-of-two"), after=seen)

    talking.say(cast, "我在", "xiaomai")
    assert keeping.submit(own).sequence == 2
    with pytest.raises(Behind):
        keeping.submit(late)

    assert talking.sequences(cast) == [1, 2]


def test_of_two_lines_of_one_author_in_one_batch_the_second_is_looked_at_again(cast: Cast) -> None:
    seen = recalling.before(cast.pair(), cast.actor("xiaohe")).upto
    batch = [
        replace(talking.new_line(cast, body, key=f"window-{body}"), after=seen) for body in "一二"
    ]

    with transaction():
        (first, second), news = storing.store(batch)

    assert not isinstance(first, Refused)
    assert second is Refused.BEHIND
    assert [each.sequence for each in news] == [1]
    assert talking.sequences(cast) == [1]


def test_a_line_in_a_row_asks_nothing_but_to_be_kept(cast: Cast) -> None:
    talking.say(cast, "第一句")
    told: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement.split()[0])

    pair, by = doors.remembered(cast.pair().id, cast.actor("xiaohe")), cast.actor("xiaohe")
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        services.send(pair, key="the-second-line", body="第二句", by=by)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert len([word for word in told if word not in ("BEGIN", "PRAGMA")]) == 3


def test_a_remembered_door_lets_nobody_in_who_is_not_of_the_two(cast: Cast) -> None:
    pair_id = cast.pair().id
    doors.remembered(pair_id, cast.actor("xiaohe"))

    with pytest.raises(NotFound):
        doors.remembered(pair_id, cast.actor("xiaolin"))

    assert doors.remembered(pair_id, cast.actor("xiaomai")).id == pair_id


def test_what_closed_without_a_word_is_found_when_the_line_is_kept(cast: Cast) -> None:
    by = cast.actor("xiaohe")
    door = doors.remembered(cast.pair().id, by)
    with transaction() as current:
        current.execute(
            sa.update(Pair)
            .where(Pair.id == door.id)
            .values(state=PairState.CLOSED, closed_on=clock.today())
        )

    assert doors.remembered(door.id, by).state is PairState.ACTIVE
    with pytest.raises(Ended):
        services.send(door, key="after-the-end", body="还在吗", by=by)

    assert talking.sequences(cast) == []


def test_a_pause_is_known_at_the_door_at_once(cast: Cast, sits: Memory) -> None:
    by = cast.actor("xiaohe")
    door = doors.remembered(cast.pair().id, by)

    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    assert sits.door is None
    assert doors.remembered(door.id, by).is_paused
    with pytest.raises(Paused):
        services.send(door, key="in-the-pause", body="还在吗", by=by)


def test_what_was_asked_before_a_forgetting_is_not_learnt_after_it(
    cast: Cast, sits: Memory
) -> None:
    turn = sits.turn
    door = doors.door(cast.pair().id, cast.actor("xiaohe"))

    doors.forget(door.id)
    sits.learn_door(door, turn)

    assert sits.door is None


def test_a_memory_ends_where_it_misses_a_line_and_keeps_the_last_ones_only() -> None:
    memory, now = Memory(), clock.now()
    memory.learn_said(7, [], 0)
    for number in range(1, MOST + 3):
        memory.hear(7, Word(number, now, f"{number}"))

    known = memory.said_by(7)
    assert known is not None
    assert [word.sequence for word in known[0]] == list(range(3, MOST + 3))
    assert memory.is_all(7, MOST + 2, MOST + 2)
    assert not memory.is_all(7, MOST + 1, MOST + 2)
    assert not memory.is_all(8, 0, MOST + 2)

    memory.hear(7, Word(MOST + 9, now, "一句没有听到的在前面"))

    assert memory.said_by(7) is None


def test_what_was_said_long_ago_is_read_beside_nothing(cast: Cast, sits: Memory) -> None:
    talking.say(cast, PIECES[0])
    author = cast.person("xiaohe").id
    known = sits.said_by(author)
    assert known is not None
    sits.learn_said(
        author, [word._replace(at=word.at - timedelta(minutes=11)) for word in known[0]], known[1]
    )

    before = recalling.before(cast.pair(), cast.actor("xiaohe"))

    assert before.words == []
    assert before.upto == 1


def test_where_nobody_sits_all_is_read_from_what_is_stored(cast: Cast) -> None:
    talking.say(cast, PIECES[0])
    presence.rise("a-socket")
    said_elsewhere(cast, PIECES[1])

    with pytest.raises(Screened):
        talking.say(cast, PIECES[2])

    assert talking.sequences(cast) == [1, 2]
