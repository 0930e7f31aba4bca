"""The life of a column issue: planned, signed off for a moment, come out."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class IssueState(StrEnum):
    PLANNED = "planned"
    SIGNED_OFF = "signed_off"
    PUBLISHED = "published"
    DROPPED = "dropped"


SIGN_OFF = move("sign off", [IssueState.PLANNED], IssueState.SIGNED_OFF, Permission.Issue.SIGN_OFF)
REOPEN = move(
    "reopen issue", [IssueState.SIGNED_OFF], IssueState.PLANNED, Permission.Issue.SIGN_OFF
)
COME_OUT = move(
    "come out", [IssueState.SIGNED_OFF], IssueState.PUBLISHED, Permission.Issue.COME_OUT
)
HOLD_BACK = move(
    "hold back issue", [IssueState.SIGNED_OFF], IssueState.PLANNED, Permission.Issue.COME_OUT
)
"""At its moment nothing is left of it that may be printed."""
DROP = move(
    "drop issue", [IssueState.PLANNED], IssueState.DROPPED, Permission.Issue.PLAN, needs_reason=True
)
MOVES = (SIGN_OFF, REOPEN, COME_OUT, HOLD_BACK, DROP)
