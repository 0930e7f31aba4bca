"""What somebody said in a room just before: as this process remembers it, else as it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from penpal.chat import presence, queries
from penpal.chat.events import LineSent
from penpal.chat.lines import NewLine
from penpal.chat.remembering import MOST, Word
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.twinning.models import Two

_AGO = timedelta(minutes=10)
"""How far back lines are read together: a number that is given one digit a minute is found still."""


@dataclass(frozen=True, slots=True)
class Before:
    """The words that came before, oldest first.

    ``upto`` is the number of the room up to which they are all; None where nobody can tell later
    whether another came in between.
    """

    words: Sequence[str]
    upto: int | None


NOTHING = Before((), None)
"""For a line without words."""


def before(pair: Two, by: Actor) -> Before:
    """What one said in the room in the last minutes. What was unsent is among it: it may have been read."""
    assert by.person_id is not None
    since = clock.now() - _AGO
    memory = presence.memory(pair.id)
    known = memory.said_by(by.person_id) if memory is not None else None
    if known is None:
        known = queries.recent_words(pair, by, since=since, most=MOST)
        if memory is not None:
            memory.learn_said(by.person_id, *known)
    words, upto = known
    return Before(
        [word.body for word in words if word.at >= since], upto if memory is not None else None
    )


def hear(news: Iterable[LineSent]) -> None:
    """Remember lines that were kept here, in the order of their numbers."""
    for event in news:
        memory = presence.memory(event.pair_id)
        if memory is not None and event.words is not None:
            memory.hear(
                event.author_id, Word(event.sequence, event.words.sent_at, event.words.body)
            )


def forget(pair_id: int) -> None:
    """Something was said that this process did not hear: what is asked for next is read."""
    memory = presence.memory(pair_id)
    if memory is not None:
        memory.forget_said()


def is_all(line: NewLine, last: int) -> bool:
    """Whether the guard saw all that the author of a line said before it, in a room that has come to ``last``."""
    if line.after is None or line.after == last:
        return True
    memory = presence.memory(line.pair_id)
    return memory is not None and memory.is_all(line.author_id, line.after, last)
