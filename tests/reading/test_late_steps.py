"""A step that was said without a line and came late never takes its reader's mark back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penpal.kernel import clock
from penpal.kernel.db import db
from penpal.reading import forms, queries, steps
from penpal.reading.models import SharedBook
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.reading.sharing import agreed, fresh

CHAPTERS = 6


def mark(cast: Cast, book: SharedBook) -> int:
    return queries.copies_of(book)[cast.person("xiaohe").id].place


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_in_whatever_order_steps_come_the_later_place_or_the_later_word_stands(
    app: Any, cast: Cast, store: Any
) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(places=st.lists(st.integers(0, CHAPTERS - 1), min_size=1, max_size=6), data=st.data())
    def every_order(places: list[int], data: Any) -> None:
        db.session.rollback()
        store.restore()
        book, he = agreed(cast), cast.actor("xiaohe")
        morning, today = clock.now() - timedelta(hours=1), clock.today()
        order = data.draw(st.permutations(range(len(places))))
        came: list[int] = []
        for turn in order:
            before = mark(cast, book)
            said_at = morning + timedelta(minutes=turn)
            steps.log(
                book, key=fresh(), chapter=places[turn], read_on=today, said_at=said_at, by=he
            )
            after = mark(cast, book)
            if came and turn < max(came):
                assert after == max(before, places[turn])
            else:
                assert after == places[turn]
            came.append(turn)
        assert mark(cast, book) >= places[-1]

    every_order()


def test_what_a_device_kept_this_morning_does_not_undo_what_was_said_since(
    cast: Cast, as_: SignedIn
) -> None:
    book, he = agreed(cast), as_("xiaohe")
    address, today = f"/books/{book.id}/steps", clock.today().isoformat()
    earlier = (clock.now() - timedelta(minutes=30)).isoformat()
    later = (clock.now() + timedelta(days=3)).isoformat()

    he.post(address, data={"key": fresh(), "chapter": "4", "read_on": today})
    he.post(address, data={"key": fresh(), "chapter": "2", "read_on": today, "said_at": earlier})
    assert mark(cast, book) == 4
    he.post(address, data={"key": fresh(), "chapter": "5", "read_on": today, "said_at": earlier})
    assert mark(cast, book) == 5
    # A clock that goes ahead holds nothing up: nobody says a thing in the future.
    he.post(address, data={"key": fresh(), "chapter": "3", "read_on": today, "said_at": later})
    he.post(address, data={"key": fresh(), "chapter": "1", "read_on": today})

    assert mark(cast, book) == 1
    assert forms.moment("0001-01-01T00:00:00+14:00") is None
    assert forms.moment("2026-11-22T08:00:00") is None
    assert forms.moment("2026-11-22T08:00:00.000Z") is not None
