"""The life of a report."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class ReportState(StrEnum):
    TOLD = "told"
    TAKEN = "taken"
    ANSWERED = "answered"


TAKE = move("take", [ReportState.TOLD], ReportState.TAKEN, Permission.Report.TAKE)
ANSWER = move(
    "answer", [ReportState.TOLD, ReportState.TAKEN], ReportState.ANSWERED, Permission.Report.ANSWER
)
MOVES = (TAKE, ANSWER)
