"""What is answered to a page that said something, over the wire and by its form's address alike."""

from __future__ import annotations

from typing import Any

from penpal.accounts import hearing
from penpal.chat import showing
from penpal.chat.composing import stored_form
from penpal.chat.keeping import Ended
from penpal.chat.refusals import RoomClosed, Screened
from penpal.chat.services import Said
from penpal.kernel.access import Actor
from penpal.kernel.errors import Invalid, PenpalError, TooMany
from penpal.safeguarding.blocking import Paused
from penpal.screening.guidance import is_worrying

Answer = dict[str, Any]

_WHY: tuple[tuple[type[PenpalError], str], ...] = (
    (Screened, "screened"),
    (Paused, "paused"),
    (RoomClosed, "closed"),
    (Ended, "ended"),
)
"""What a room refuses, in one word for the page."""
_WAIT = 60
"""Seconds after which whoever was too quick goes on."""


def said(kept: Said, *, by: Actor, language: str = "") -> Answer:
    """The line as it stands in the room; ``help`` where its author is to see where help is."""
    assert by.person_id is not None
    line = showing.wires([kept.line], by.person_id, kept.zone, language=language)[0]
    return {"ok": True, "line": line} | ({"help": True} if kept.worries else {})


def refused(problem: PenpalError, body: str) -> Answer:
    """Why the line did not go out, with what was found in it."""
    answer = hearing.refusal(problem)
    for kind, word in _WHY:
        if isinstance(problem, kind):
            answer["why"] = word
    if isinstance(problem, Screened):
        answer["findings"] = showing.findings(stored_form(body), problem.findings)
        if is_worrying(problem.findings):
            answer["help"] = True
    if isinstance(problem, TooMany):
        answer["wait"] = _WAIT
    if isinstance(problem, Invalid) and problem.fields:
        answer["words"] = " ".join(str(words) for words in problem.fields.values())
    return answer
