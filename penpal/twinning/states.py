"""The life of a twinning and of a pair."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class TwinningState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    ENDED = "ended"


class ProposedFrom(StrEnum):
    """Where a twinning was proposed from: one of its two sides, or a place that leads both."""

    SUPPORTED = "supported"
    SUPPORTING = "supporting"
    ABOVE = "above"


CONFIRM = move(
    "confirm", [TwinningState.PROPOSED], TwinningState.ACTIVE, Permission.Twinning.CONFIRM
)
END = move(
    "end",
    [TwinningState.PROPOSED, TwinningState.ACTIVE],
    TwinningState.ENDED,
    Permission.Twinning.END,
    needs_reason=True,
)
TWINNING_MOVES = (CONFIRM, END)


class PairState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


CLOSE = move(
    "close", [PairState.ACTIVE], PairState.CLOSED, Permission.Pair.CLOSE, needs_reason=True
)
PAIR_MOVES = (CLOSE,)
