"""What a process keeps in mind of a room in which somebody sits: its door, and what the two said just now.

It spares questions, and answers none by itself: what is remembered of a door ends with the next order
about the room, and a line is kept only where nothing of its author came in between (chat/storing.py).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from penpal.chat.doors import Door

FRESH_SECONDS = 5.0
"""For so long a door is known that was looked at; what changes it is told at once all the same."""
MOST = 12
"""Lines of one author that are read together with what they say next."""


class Word(NamedTuple):
    """A line with words: its number in the room, when it was said, and what."""

    sequence: int
    at: datetime
    body: str


class Memory:
    """What is known of one room. It goes with the last seat in it."""

    __slots__ = ("_door", "_door_at", "_lock", "_said", "_upto", "turn")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._door: Door | None = None
        self._door_at = 0.0
        self.turn = 0
        """Moves on with each forgetting: what was asked before it is not learnt after it."""
        self._upto: int | None = None
        """The number up to which every line of the room is known, as far as its author's are."""
        self._said: dict[int, deque[Word]] = {}

    @property
    def door(self) -> Door | None:
        """What stood at the door a moment ago, if anybody looked."""
        found = self._door
        if found is None or time.monotonic() - self._door_at >= FRESH_SECONDS:
            return None
        return found

    def learn_door(self, door: Door, turn: int) -> None:
        """``turn`` is that of before it was asked for."""
        with self._lock:
            if turn == self.turn:
                self._door, self._door_at = door, time.monotonic()

    def forget_door(self) -> None:
        with self._lock:
            self.turn += 1
            self._door = None

    def said_by(self, author_id: int) -> tuple[Sequence[Word], int] | None:
        """The last that they said, oldest first, and the number up to which that is all; None if unknown."""
        with self._lock:
            words = self._said.get(author_id)
            if words is None or self._upto is None:
                return None
            return tuple(words), self._upto

    def learn_said(self, author_id: int, words: Sequence[Word], upto: int) -> None:
        """What was read of an author when the room had come to ``upto``."""
        with self._lock:
            if self._upto is not None and self._upto > upto:
                return
            if self._upto != upto:
                self._said.clear()
            self._upto = upto
            self._said[author_id] = deque(words, maxlen=MOST)

    def hear(self, author_id: int, word: Word) -> None:
        """A line was kept in this process. Where others lie before it, nothing is known any more."""
        with self._lock:
            if self._upto is None or word.sequence <= self._upto:
                return
            if word.sequence != self._upto + 1:
                self._upto = None
                self._said.clear()
                return
            self._upto = word.sequence
            if word.body and author_id in self._said:
                self._said[author_id].append(word)

    def forget_said(self) -> None:
        with self._lock:
            self._upto = None
            self._said.clear()

    def is_all(self, author_id: int, after: int, last: int) -> bool:
        """Whether nothing of this author lies behind ``after`` in a room that has come to ``last``."""
        with self._lock:
            if after == last:
                return True
            words = self._said.get(author_id)
            if self._upto != last or words is None:
                return False
            return not words or words[-1].sequence <= after
