"""The life of a letter: a draft is its author's, a delivered one is the partner's to open."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class LetterState(StrEnum):
    DRAFT = "draft"
    DELIVERED = "delivered"
    OPENED = "opened"


SEND = move("send", [LetterState.DRAFT], LetterState.DELIVERED, Permission.Letter.SEND)
RELEASE = move("release", [LetterState.DRAFT], LetterState.DELIVERED, Permission.Letter.RELEASE)
OPEN = move("open", [LetterState.DELIVERED], LetterState.OPENED, Permission.Letter.OPEN)
MOVES = (SEND, RELEASE, OPEN)
