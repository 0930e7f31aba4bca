"""Keeping lines: in one transaction with others, numbered in their order, each once for its key."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from penpal.chat import keeping, storing
from penpal.chat.events import LineSent
from penpal.chat.keeping import Ended, Kept, NewLine, Refused
from penpal.chat.models import ChatLine, ChatSeat
from penpal.chat.states import LineState
from penpal.kernel import events
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import Conflict, PenpalError
from penpal.safeguarding import blocking
from penpal.safeguarding.blocking import Paused
from penpal.twinning import services as twinning
from penpal.twinning.models import Pair
from tests import servers
from tests.cast import Cast


@pytest.fixture
def told() -> Iterator[list[LineSent]]:
    """What was told after the commit, in its order."""
    heard: list[LineSent] = []
    events.subscribe(LineSent, heard.append)
    yield heard
    events._subscribers[LineSent].remove(heard.append)


def line(
    cast: Cast, key: str, who: str = "xiaohe", *, pair: Pair | None = None, **said: object
) -> NewLine:
    body = str(said.pop("body", f"第 {key} 句 “好”\\ ئەسسالامۇ"))
    return NewLine(
        pair_id=(pair or cast.pair()).id,
        author_id=cast.person(who).id,
        key=key,
        body=body,
        body_html=f"<p>{body}</p>",
        direction="ltr",
        folded=body,
        **said,  # type: ignore[arg-type]
    )


def stored() -> list[ChatLine]:
    return list(session().scalars(sa.select(ChatLine).order_by(ChatLine.id)))


def wait_until_told(told: list[LineSent], number: int) -> None:
    """Whoever submits is answered first; the others are told by the committer right after."""
    deadline = time.monotonic() + 20
    while len(told) < number and time.monotonic() < deadline:
        time.sleep(0.01)


def another_pair(cast: Cast) -> Pair:
    return twinning.tie(
        cast.class_twinning(),
        supported=cast.person("xiaoduo"),
        supporting=cast.person("xiaolin"),
        by=SYSTEM,
    )


def test_a_batch_is_numbered_in_its_order_in_each_room(cast: Cast, told: list[LineSent]) -> None:
    other = another_pair(cast)
    lines = [
        line(cast, "one"),
        line(cast, "two", "xiaoduo", pair=other),
        line(cast, "three", "xiaomai", sticker="hello", body=""),
        line(cast, "four"),
        line(cast, "five", "xiaolin", pair=other),
    ]

    first = keeping.keep_batch(lines)
    second = keeping.keep_batch([line(cast, "six", quotes_id=first[0].id)])  # type: ignore[union-attr]

    assert [kept.sequence for kept in (*first, *second) if isinstance(kept, Kept)] == [
        1,
        1,
        2,
        3,
        2,
        4,
    ]
    assert all(isinstance(kept, Kept) and kept.is_new for kept in first)
    rows = {row.key: row for row in stored()}
    assert rows["one"].body == lines[0].body
    assert rows["one"].body_html == lines[0].body_html
    assert (rows["three"].sticker, rows["three"].body) == ("hello", "")
    assert rows["six"].quotes_id == rows["one"].id
    assert {row.state for row in rows.values()} == {LineState.SENT}
    assert all(row.sent_at == row.written_at and row.sent_at for row in rows.values())
    assert first[0].sent_at == rows["one"].sent_at  # type: ignore[union-attr]
    assert len(session().scalars(sa.select(ChatSeat)).all()) == 4
    assert [(event.pair_id, event.sequence) for event in told] == [
        *((cast.pair().id, number) for number in (1, 2, 3)),
        *((other.id, number) for number in (1, 2)),
        (cast.pair().id, 4),
    ]
    assert (told[0].author_id, told[0].recipient_id) == (
        cast.person("xiaohe").id,
        cast.person("xiaomai").id,
    )
    assert (told[1].author_id, told[1].recipient_id) == (
        cast.person("xiaomai").id,
        cast.person("xiaohe").id,
    )


def test_what_comes_again_is_the_line_that_is_there(cast: Cast, told: list[LineSent]) -> None:
    twice = keeping.keep_batch(
        [line(cast, "one"), line(cast, "one"), line(cast, "one", body="别的话")]
    )
    later = keeping.keep_batch([line(cast, "one"), line(cast, "one", "xiaomai")])

    assert [isinstance(kept, Kept) and kept.is_new for kept in twice[:2]] == [True, False]
    assert twice[2] is Refused.DIFFERENT
    assert later[0] == twice[1]
    assert later[1].is_new, "two authors may make the same key"  # type: ignore[union-attr]
    assert len(stored()) == len(told) == 2
    with pytest.raises(Conflict):
        keeping.submit(line(cast, "one", sticker="hello"))


def test_a_closed_or_paused_pair_and_a_stranger_are_refused_and_others_are_not(
    cast: Cast, told: list[LineSent]
) -> None:
    other = another_pair(cast)
    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    answers = keeping.keep_batch(
        [
            line(cast, "one"),
            line(cast, "two", "xiaolin", pair=other),
            line(cast, "three", pair=other),
        ]
    )

    assert answers[0] is Refused.PAUSED
    assert isinstance(answers[1], Kept)
    assert answers[2] is Refused.CLOSED
    with pytest.raises(Paused):
        keeping.submit(line(cast, "four"))
    twinning.close(other, reason="转学了", by=cast.actor("teacher_bj"))
    with pytest.raises(Ended):
        keeping.submit(line(cast, "five", "xiaolin", pair=other))
    # What was kept before is still answered for: its acknowledgement may have been lost.
    assert keeping.submit(line(cast, "two", "xiaolin", pair=other)).id == answers[1].id
    assert len(stored()) == len(told) == 1


def test_many_who_say_something_at_once_share_few_commits(
    app: Flask, cast: Cast, told: list[LineSent]
) -> None:
    lines = [
        line(cast, f"{who}-{number}", who) for number in range(20) for who in ("xiaohe", "xiaomai")
    ]
    kept: dict[str, Kept] = {}

    with commits() as counted:
        at_once(
            [lambda one=one: kept.setdefault(one.key, keeping.submit(one)) for one in lines], app
        )  # type: ignore[misc]

    assert sorted(one.sequence for one in kept.values()) == list(range(1, 41))
    assert {row.key: row.sequence for row in stored()} == {
        key: one.sequence for key, one in kept.items()
    }
    assert counted[0] < 20
    wait_until_told(told, 40)
    assert [event.sequence for event in told] == list(range(1, 41))


def test_a_line_that_cannot_be_stored_takes_no_other_with_it(app: Flask, cast: Cast) -> None:
    answers: dict[str, object] = {}

    def say(one: NewLine) -> None:
        try:
            answers[one.key] = keeping.submit(one)
        except PenpalError as error:
            answers[one.key] = error

    lines = [
        line(cast, "one"),
        line(cast, "two", body="长" * 2000),
        line(cast, "three", quotes_id=987654),
    ]
    at_once([lambda one=one: say(one) for one in (*lines, line(cast, "four"))], app)  # type: ignore[misc]

    assert {key: type(answer) for key, answer in answers.items()} == {
        "one": Kept, "two": PenpalError, "three": PenpalError, "four": Kept,
    }  # fmt: skip
    assert [row.sequence for row in stored()] == [1, 2]


def test_within_a_transaction_all_or_nothing(cast: Cast, told: list[LineSent]) -> None:
    def break_off() -> None:
        with transaction():
            keeping.keep_within(line(cast, "one"))
            raise RuntimeError("broke")

    with pytest.raises(RuntimeError, match="broke"):
        break_off()
    with transaction():
        keeping.keep_within(line(cast, "two"))
        kept = keeping.keep_within(line(cast, "three", photos=1, body=""))
        assert told == []
        with pytest.raises(RuntimeError, match="wait"):
            keeping.submit(line(cast, "four"))

    assert kept.sequence == 2
    assert [row.key for row in stored()] == ["two", "three"]
    assert [event.sequence for event in told] == [1, 2]
    with pytest.raises(RuntimeError, match="submitted"):
        keeping.keep_within(line(cast, "five"))


@pytest.mark.parametrize(
    "store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_connection_that_broke_is_replaced_and_the_line_kept(
    app: Flask, cast: Cast, told: list[LineSent]
) -> None:
    keeping.submit(line(cast, "one"))
    two = line(cast, "two")
    db.session.remove()
    address = servers.plain(make_url(app.config["SQLALCHEMY_DATABASE_URI"]))
    with psycopg.connect(address, autocommit=True) as operator:
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    kept = keeping.submit(two)

    assert (kept.sequence, kept.is_new) == (2, True)
    wait_until_told(told, 2)
    assert [event.sequence for event in told] == [1, 2]


def test_what_was_kept_without_anybody_knowing_is_told_when_it_comes_again(cast: Cast) -> None:
    said = line(cast, "one")
    keeping.keep_batch([said])

    with transaction():
        known = storing.store([said])
        unsure = storing.store([said], unsure={said.name})

    assert known[1] == []
    assert [event.sequence for event in unsure[1]] == [1]
    assert known[0] == unsure[0]


def test_whatever_comes_again_or_is_refused_no_number_stays_away(cast: Cast) -> None:
    chance = random.Random(7)
    for _ in range(30):
        batch = [
            line(
                cast,
                f"key-{chance.randrange(60)}",
                chance.choice(["xiaohe", "xiaomai", "xiaolin"]),
                body=body,
            )
            for body in chance.choices(["一", "二"], k=chance.randrange(1, 12))
        ]
        keeping.keep_batch(batch)

    rows = stored()
    assert sorted(row.sequence for row in rows if row.sequence) == list(range(1, len(rows) + 1))
    assert len({(row.author_id, row.key) for row in rows}) == len(rows) > 60


@contextmanager
def commits() -> Iterator[list[int]]:
    """How often a transaction was committed meanwhile."""
    counted = [0]

    def count(_connection: object) -> None:
        counted[0] += 1

    sa.event.listen(db.engine, "commit", count)
    try:
        yield counted
    finally:
        sa.event.remove(db.engine, "commit", count)


def at_once(acts: list[object], app: Flask) -> None:
    """Do all of it at the same time, each in a thread and an application context of its own."""
    ready = threading.Barrier(len(acts))

    def do(act: object) -> None:
        with app.app_context():
            ready.wait()
            act()  # type: ignore[operator]
            db.session.remove()

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    session().rollback()
