"""What has to happen in the same breath as a piece, or its photos, go: floors above say it here."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from penpal.kernel.access import Actor
from penpal.kernel.db import in_transaction
from penpal.publishing.pieces import edition
from penpal.publishing.pieces.models import Submission


class Gone(StrEnum):
    PIECE = "piece"
    PHOTOS = "photos"
    """The words stay."""
    NAME = "name"
    """Words and photos stay, the name above them is another from now on."""


Hear = Callable[[Submission, Gone, Actor], None]
_heard_by: list[Hear] = []


def register(hear: Hear) -> None:
    """Be told in each transaction in which a piece goes (withdrawn, taken or turned down), or its photos or a name."""
    if hear not in _heard_by:
        _heard_by.append(hear)


def tell(submission: Submission, gone: Gone, *, by: Actor) -> None:
    """Take it out of wherever it stands; called after the piece's state or its photos have changed."""
    if not in_transaction():
        raise RuntimeError("a piece goes from everywhere in one transaction")
    if submission.published_at is not None:
        edition.bump(submission.id)
    for hear in _heard_by:
        hear(submission, gone, by)
