"""The life of a request for release: asked by the author, decided by a teacher or taken back."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class HoldState(StrEnum):
    ASKED = "asked"
    RELEASED = "released"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


RELEASE = move("release", [HoldState.ASKED], HoldState.RELEASED, Permission.Hold.DECIDE)
RETURN = move("send back", [HoldState.ASKED], HoldState.RETURNED, Permission.Hold.DECIDE)
WITHDRAW = move("take back", [HoldState.ASKED], HoldState.WITHDRAWN, Permission.Hold.WITHDRAW)
HOLD_MOVES = (RELEASE, RETURN, WITHDRAW)
