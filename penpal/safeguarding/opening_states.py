"""The life of an opening. That its time is over is no state: the clock says it."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class OpeningState(StrEnum):
    ASKED = "asked"
    OPEN = "open"
    CLOSED = "closed"
    REFUSED = "refused"


BEGIN = move("open sealed", [OpeningState.ASKED], OpeningState.OPEN, Permission.Opening.BEGIN)
AGREE = move("agree to open", [OpeningState.ASKED], OpeningState.OPEN, Permission.Opening.SECOND)
REFUSE = move(
    "refuse to open",
    [OpeningState.ASKED],
    OpeningState.REFUSED,
    Permission.Opening.SECOND,
    needs_reason=True,
)
CLOSE = move("close opening", [OpeningState.OPEN], OpeningState.CLOSED, Permission.Opening.CLOSE)
MOVES = (BEGIN, AGREE, REFUSE, CLOSE)
