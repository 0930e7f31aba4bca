"""The life of a letter: a draft is its author's, a delivered one is the partner's to open.

One that is sent in the quiet hours of the partner's school is on its way until the morning. It is its
author's alone still: nobody else knows of it, and until then it may be taken back.
"""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class LetterState(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"
    DELIVERED = "delivered"
    OPENED = "opened"


SEND = move("send", [LetterState.DRAFT], LetterState.DELIVERED, Permission.Letter.SEND)
RELEASE = move("release", [LetterState.DRAFT], LetterState.DELIVERED, Permission.Letter.RELEASE)
POST = move("post", [LetterState.DRAFT], LetterState.POSTED, Permission.Letter.SEND)
RELEASE_AT_NIGHT = move(
    RELEASE.name, [LetterState.DRAFT], LetterState.POSTED, Permission.Letter.RELEASE
)
DELIVER = move("deliver", [LetterState.POSTED], LetterState.DELIVERED, Permission.Letter.DELIVER)
TAKE_BACK = move("call back", [LetterState.POSTED], LetterState.DRAFT, Permission.Letter.TAKE_BACK)
BRING_BACK = move("bring back", [LetterState.POSTED], LetterState.DRAFT, Permission.Letter.DELIVER)
OPEN = move("open", [LetterState.DELIVERED], LetterState.OPENED, Permission.Letter.OPEN)
MOVES = (SEND, RELEASE, POST, RELEASE_AT_NIGHT, DELIVER, TAKE_BACK, BRING_BACK, OPEN)

AT_NIGHT = {SEND: POST, RELEASE: RELEASE_AT_NIGHT}
"""What becomes of a move that would deliver, where the partner's school rests."""
