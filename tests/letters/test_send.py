"""Sending a letter: exactly once, only by its author, only while the pair lives."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotPermitted
from penpal.letters import services
from penpal.letters.models import LONGEST, Envelope, Letter
from penpal.letters.states import LetterState
from penpal.twinning import services as twinning
from tests.cast import Cast

KEY = "key-of-the-first-letter"
BODY = "小麦：\n\n你好！我是小禾。"


def send(cast: Cast, who: str = "xiaohe", **changes: object) -> Letter:
    words = {"key": KEY, "body": BODY, "envelope": Envelope.SEALED} | changes
    return services.send(cast.pair(), **words, by=cast.actor(who))  # type: ignore[arg-type]


def letters() -> list[Letter]:
    return list(session().scalars(sa.select(Letter).order_by(Letter.id)))


def test_a_letter_is_delivered_at_once_and_numbered(cast: Cast) -> None:
    letter = send(cast)

    assert letter.state is LetterState.DELIVERED
    assert (letter.number, letter.sequence) == (1, 1)
    assert letter.recipient_id == cast.person("xiaomai").id
    assert letter.body_html == "<p>小麦：</p><p>你好！我是小禾。</p>"
    assert [(entry.move, entry.actor_id) for entry in trail.of(letter)] == [
        ("send", cast.person("xiaohe").id)
    ]


def test_both_directions_are_numbered_for_themselves(cast: Cast) -> None:
    send(cast)
    answer = send(cast, "xiaomai", key="key-of-the-answer")
    third = send(cast, key="key-of-the-second")

    assert (answer.number, answer.sequence) == (1, 2)
    assert (third.number, third.sequence) == (2, 3)


def test_pressing_twice_gives_one_letter_and_the_same_answer(cast: Cast) -> None:
    first = send(cast)
    again = send(cast)

    assert again.id == first.id
    assert len(letters()) == 1


def test_the_same_key_with_other_words_is_refused(cast: Cast) -> None:
    send(cast)

    with pytest.raises(Conflict, match="已经寄出"):
        send(cast, body="别的话")

    assert [letter.body for letter in letters()] == [BODY]


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "teacher_bj", "editor"])
def test_an_outsider_cannot_write_into_a_pair(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        send(cast, who)

    assert letters() == []


def test_nothing_is_sent_once_the_pair_is_closed(cast: Cast) -> None:
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    with pytest.raises(NotPermitted):
        send(cast)


@pytest.mark.parametrize("body", ["", "   \n\u3000", "字" * (LONGEST + 1)])
def test_an_empty_or_endless_letter_is_refused_in_words(cast: Cast, body: str) -> None:
    with pytest.raises(Invalid) as refused:
        send(cast, body=body)

    assert "body" in refused.value.fields
    assert letters() == []


def test_a_letter_of_twenty_thousand_characters_is_kept_whole(cast: Cast) -> None:
    body = "字" * LONGEST

    assert send(cast, body=body).body == body
