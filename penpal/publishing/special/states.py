"""The life of a reader's word: it waits for an editor, who passes it on or puts it aside."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class WordState(StrEnum):
    WAITING = "waiting"
    PASSED_ON = "passed_on"
    PUT_ASIDE = "put_aside"


PASS_ON = move(
    "pass on word", [WordState.WAITING], WordState.PASSED_ON, Permission.ReaderWord.DECIDE
)
PUT_ASIDE = move(
    "put word aside", [WordState.WAITING], WordState.PUT_ASIDE, Permission.ReaderWord.DECIDE
)
MOVES = (PASS_ON, PUT_ASIDE)
