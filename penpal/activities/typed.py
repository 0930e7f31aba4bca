"""What the pages of two who do something together send, before anything is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from penpal.activities.states import IdeaKind, Seal
from penpal.media.services import Chosen


@dataclass(frozen=True)
class Wording:
    """What a proposal says. ``do_by`` is the day by which both will have done it."""

    idea: IdeaKind
    title: str
    plan: str
    do_by: date | None


@dataclass(frozen=True)
class Written:
    """A record as its page sends it; ``revision`` is the one that the page last knew, 0 for none.

    Without ``photos`` those that are there stay.
    """

    text: str
    gave: str
    done_on: date | None
    seal: Seal = Seal.SEALED
    revision: int = 0
    photos: Sequence[Chosen] | None = None
