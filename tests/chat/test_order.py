"""Whatever is said, unsent and released in whichever order: no number twice, and none that is missing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penpal.chat import queries, services
from penpal.chat.models import ChatLine, ChatRoom
from penpal.chat.states import LineState
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import PenpalError
from penpal.safeguarding import hold_queries, holding
from tests.cast import Cast
from tests.chat.talking import NUMBER, ask, line, open_rooms, say

DEEDS = ("say", "say", "again", "ask", "release", "send back", "unsend", "take back", "discard")


def do(cast: Cast, deed: str, number: int, made: list[int]) -> None:
    """One step of a conversation; what is refused changes nothing."""
    who = ("xiaohe", "xiaomai")[number % 2]
    teacher = cast.actor(("teacher_bj", "teacher_ht")[number % 2])
    chosen = made[number % len(made)] if made else 0
    hold = hold_queries.running("chat_line", chosen)
    with suppress(PenpalError):
        if deed == "say":
            made.append(say(cast, f"第{len(made)}句", who, key=f"key-{len(made):06}").line.id)
        elif deed == "ask":
            made.append(ask(cast, NUMBER, who, key=f"key-{len(made):06}").item_id)
        elif deed == "again" and chosen:
            there = line(chosen)
            author = "xiaohe" if there.author_id == cast.person("xiaohe").id else "xiaomai"
            assert say(cast, there.body, author, key=there.key).line.id == chosen
        elif deed == "release" and hold:
            holding.release(hold, by=teacher)
        elif deed == "send back" and hold:
            holding.send_back(hold, words="改一改", by=teacher)
        elif deed in ("unsend", "take back") and chosen:
            services.unsend(line(chosen), by=cast.actor(who))
        elif deed == "discard" and chosen:
            services.discard(line(chosen), by=cast.actor(who))
            made.remove(chosen)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 30)), max_size=14))
def test_numbers_are_given_once_and_without_a_hole(
    app: Flask, cast: Cast, steps: list[tuple[str, int]]
) -> None:
    with transaction() as current:
        current.query(ChatLine).delete()
        current.query(ChatRoom).update({"last_sequence": 0})
    open_rooms(cast)
    made: list[int] = []

    for deed, number in steps:
        do(cast, deed, number, made)
        db.session.rollback()

    kept = session().query(ChatLine).filter_by(pair_id=cast.pair().id).all()
    numbers = sorted(each.sequence for each in kept if each.sequence is not None)
    assert numbers == list(range(1, len(numbers) + 1))
    assert queries.seats(cast.pair(), cast.actor("xiaohe")).last == len(numbers)
    assert all((each.sequence is None) == each.is_kept_back for each in kept)
    told = queries.after(cast.pair(), 0).lines
    assert [row.sequence for row in told] == numbers
    assert all(row.body == "" for row in told if row.state is LineState.UNSENT)
