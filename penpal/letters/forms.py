"""Parsing of the composer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from penpal.kernel import numbers
from penpal.kernel.errors import Invalid
from penpal.letters.models import Envelope, Hand, Paper
from penpal.letters.paper import FIRST_SHEET, Stationery
from penpal.media.services import Chosen


class Action(StrEnum):
    """The composer's buttons."""

    SEND = "send"
    SAVE = "save"
    ASK = "ask"
    """That a teacher release it."""
    TAKE_OUT = "take out"
    """The words of one finding, which the button carries."""


@dataclass(frozen=True)
class Composed:
    """What came from the composer. A new page carries a fresh key, so that a lone form works without JavaScript.

    ``photos`` is None until the files that came with it were kept, and where the form has none to
    choose. ``pair`` is the one that the sheet was for when the page was drawn; ``asking`` is what the author
    tells the teacher who is asked to release the letter, ``take_out`` the words that are to go.
    """

    key: str
    body: str
    envelope: Envelope
    revision: int
    in_reply_to: int | None
    pair: int | None = None
    stationery: Stationery = FIRST_SHEET
    photos: tuple[Chosen, ...] | None = None
    paper_told: bool = False
    action: Action = Action.SEND
    asking: str = ""
    take_out: str = ""


def fresh_key() -> str:
    return secrets.token_urlsafe(18)


def parse(fields: Mapping[str, str]) -> Composed:
    """Read the composer's fields. An unknown envelope is a sealed one: the safe reading."""
    chosen = fields.get("envelope", "")
    return Composed(
        key=fields.get("key", ""),
        body=fields.get("body", ""),
        envelope=Envelope(chosen) if chosen in set(Envelope) else Envelope.SEALED,
        revision=numbers.typed(fields.get("revision")) or 0,
        in_reply_to=numbers.typed(fields.get("in_reply_to")),
        pair=numbers.typed(fields.get("pair")),
        stationery=_stationery(fields),
        paper_told=fields.get("paper_told") == "1",
        action=_action(fields),
        asking=fields.get("asking", ""),
        take_out=fields.get("take_out", ""),
    )


def _action(fields: Mapping[str, str]) -> Action:
    if fields.get("take_out"):
        return Action.TAKE_OUT
    pressed = fields.get("action", "")
    return Action(pressed) if pressed in set(Action) else Action.SEND


class Keep(StrEnum):
    """Which of two drafts of one letter stays: the one that was put beside, the other, or both."""

    THIS = "this"
    OTHER = "other"
    BOTH = "both"


def kept(fields: Mapping[str, str]) -> Keep:
    """Read the choice between two drafts. What cannot be understood throws nothing away."""
    chosen = fields.get("keep", "")
    if chosen not in set(Keep):
        raise Invalid(_l("先选留下哪一份，也可以两份都留着。"))
    return Keep(chosen)


def _stationery(fields: Mapping[str, str]) -> Stationery:
    """A paper or a hand that there is not is the first one: words are never lost over it."""
    paper, hand = fields.get("paper", ""), fields.get("hand", "")
    return Stationery(
        paper=Paper(paper) if paper in set(Paper) else FIRST_SHEET.paper,
        hand=Hand(hand) if hand in set(Hand) else FIRST_SHEET.hand,
        lunar=fields.get("lunar") == "1",
    )
