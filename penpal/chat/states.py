"""The life of a line: said at once, or waiting until a teacher releases it; unsent within two minutes."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class LineState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    UNSENT = "unsent"
    RETURNED = "returned"


RELEASE = move("release", [LineState.WAITING], LineState.SENT, Permission.ChatLine.RELEASE)
# Given back by the teacher, or taken back by its author: its author's alone from then on.
RETURN = move("return line", [LineState.WAITING], LineState.RETURNED, Permission.ChatLine.RETURN)
UNSEND = move("unsend", [LineState.SENT], LineState.UNSENT, Permission.ChatLine.UNSEND)
MOVES = (RELEASE, RETURN, UNSEND)
