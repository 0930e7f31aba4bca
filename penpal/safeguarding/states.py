"""The life of a report."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class ReportState(StrEnum):
    TOLD = "told"
    TAKEN = "taken"
    ANSWERED = "answered"


OPEN = (ReportState.TOLD, ReportState.TAKEN)
"""Somebody still has to do something."""

TAKE = move("take", [ReportState.TOLD], ReportState.TAKEN, Permission.Report.TAKE)
HAND_ON = move("hand on report", OPEN, ReportState.TOLD, Permission.Report.HAND_ON)
ANSWER = move("answer", OPEN, ReportState.ANSWERED, Permission.Report.ANSWER)
MOVES = (TAKE, HAND_ON, ANSWER)
