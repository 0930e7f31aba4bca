"""What a child can submit: their own letter, reflection or record as it stands, and what belongs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.kernel import access, html, numbers
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from penpal.media import queries as photos
from penpal.media.queries import Picture
from penpal.publishing.pieces.models import PieceKind
from penpal.reading.note_models import Reflection
from penpal.twinning.models import Pair

LETTER, REFLECTION, RECORD = "letter", "reflection", "activity_record"
ALONE = {LETTER: PieceKind.LETTER, REFLECTION: PieceKind.REFLECTION, RECORD: PieceKind.RECORD}
TOGETHER = {
    LETTER: PieceKind.LETTERS,
    REFLECTION: PieceKind.REFLECTIONS,
    RECORD: PieceKind.RECORDS,
}


@dataclass(frozen=True)
class Mate:
    """What the partner wrote that belongs beside it; only its number is known here, not its words."""

    kind: str
    id: int
    at: datetime


@dataclass(frozen=True)
class Source:
    """``mates`` are newest first; the first is what a submission of both would set beside it."""

    kind: str
    id: int
    pair: Pair
    author_id: int
    heading: str
    body: str
    written_at: datetime
    pictures: tuple[Picture, ...] = ()
    mates: Sequence[Mate] = field(default=())

    @property
    def pointer(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def kinds(self) -> list[PieceKind]:
        """As what it can be submitted."""
        offered = [ALONE[self.kind]]
        if self.mates:
            offered.append(TOGETHER[self.kind])
        if self.pictures and self.kind != REFLECTION:
            offered.append(PieceKind.DRAWING)
        return offered


def find(pointer: str, *, by: Actor) -> Source:
    """One's own thing that is finished and sent. Raises ``NotFound`` for every other."""
    kind, _, written = pointer.partition(":")
    number = numbers.typed(written)
    read = _READERS.get(kind)
    if read is None or number is None or by.person_id is None:
        raise NotFound
    return read(number, by)


def _letter(number: int, by: Actor) -> Source:
    letter = access.load(Letter, by, number)
    if letter.author_id != by.person_id or letter.delivered_at is None:
        raise NotFound
    beside = session().scalars(
        sa.select(Letter)
        .where(
            Letter.pair_id == letter.pair_id,
            Letter.recipient_id == by.person_id,
            Letter.state == LetterState.OPENED,
            sa.or_(Letter.id == letter.in_reply_to_id, Letter.in_reply_to_id == letter.id),
        )
        .order_by(Letter.sequence.desc())
    )
    return Source(
        LETTER,
        letter.id,
        letter.pair,
        letter.author_id,
        "",
        letter.body,
        letter.delivered_at,
        _pictures(LETTER, letter.id),
        tuple(Mate(LETTER, one.id, one.delivered_at) for one in beside if one.delivered_at),
    )


def _reflection(number: int, by: Actor) -> Source:
    found = access.load(Reflection, by, number)
    if found.author_id != by.person_id or found.finished_at is None:
        raise NotFound
    visible = access.visible(Reflection, by).where(
        Reflection.book_id == found.book_id, Reflection.author_id != by.person_id
    )
    beside = [one for one in session().scalars(visible) if one.finished_at is not None]
    return Source(
        REFLECTION,
        found.id,
        found.book.pair,
        found.author_id,
        found.book.title,
        found.body,
        found.finished_at,
        _pictures(REFLECTION, found.id),
        tuple(Mate(REFLECTION, one.id, one.finished_at) for one in beside if one.finished_at),
    )


def _record(number: int, by: Actor) -> Source:
    found = access.load(ActivityRecord, by, number)
    if found.author_id != by.person_id or found.done_at is None:
        raise NotFound
    activity: Activity = found.activity
    visible = access.visible(ActivityRecord, by).where(
        ActivityRecord.activity_id == activity.id, ActivityRecord.author_id != by.person_id
    )
    beside = [one for one in session().scalars(visible) if one.done_at is not None]
    words = [part for part in (found.text, found.gave) if part.strip()]
    return Source(
        RECORD,
        found.id,
        activity.pair,
        found.author_id,
        activity.title,
        html.normal("\n\n".join(words)),
        found.done_at,
        _pictures(RECORD, found.id),
        tuple(Mate(RECORD, one.id, one.done_at) for one in beside if one.done_at),
    )


def _pictures(kind: str, number: int) -> tuple[Picture, ...]:
    return photos.of(kind, [number]).get(number, ())


_READERS = {LETTER: _letter, REFLECTION: _reflection, RECORD: _record}
