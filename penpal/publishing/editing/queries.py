"""Selects of the desk: versions and their changes, who has a piece in hand, lists and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.publishing.editing.models import (
    Change,
    DeskNote,
    DeskPlace,
    PieceVersion,
    Shortlist,
    ShortlistPiece,
    Verdict,
)
from penpal.publishing.editing.whose import of_author
from penpal.publishing.pieces.models import Submission, SubmissionPart
from penpal.publishing.reviews.models import Remark


def versions_of(submission: Submission) -> list[PieceVersion]:
    """All of them, newest first, with their texts."""
    statement = (
        sa.select(PieceVersion)
        .where(PieceVersion.submission_id == submission.id)
        .options(selectinload(PieceVersion.texts), joinedload(PieceVersion.made_by))
        .order_by(PieceVersion.number.desc())
    )
    return list(session().scalars(statement))


def newest(submission: Submission) -> PieceVersion | None:
    statement = (
        sa.select(PieceVersion)
        .where(PieceVersion.submission_id == submission.id)
        .options(selectinload(PieceVersion.texts))
        .order_by(PieceVersion.number.desc())
        .limit(1)
    )
    return session().scalar(statement)


def draft_of(submission: Submission) -> PieceVersion | None:
    """What an editor is writing on, which nobody was asked about yet."""
    found = newest(submission)
    return found if found is not None and found.number and found.offered_at is None else None


def offered_of(submission: Submission) -> PieceVersion | None:
    """What its author is being asked about."""
    found = newest(submission)
    waits = found is not None and found.offered_at is not None and found.answered_at is None
    return found if waits else None


def changes_of(version: PieceVersion) -> list[Change]:
    """In the order in which they stand in the piece."""
    statement = sa.select(Change).where(Change.version_id == version.id)
    return list(session().scalars(statement.order_by(Change.position)))


def asked_of(version: PieceVersion, person_id: int) -> list[Change]:
    """The changes that this person answers for."""
    statement = (
        sa.select(Change)
        .join(SubmissionPart, SubmissionPart.id == Change.part_id)
        .where(
            Change.version_id == version.id,
            of_author(person_id, version.submission.author_id),
        )
        .order_by(Change.position)
    )
    return list(session().scalars(statement))


def said_yes_before(submission: Submission) -> set[tuple[int, str, int, str, str]]:
    """Changes of earlier versions that their author agreed to: the same one is not asked again."""
    statement = (
        sa.select(Change.part_id, Change.field, Change.start, Change.before, Change.after)
        .join(Change.version)
        .where(
            PieceVersion.submission_id == submission.id,
            PieceVersion.revision == submission.revision,
            PieceVersion.answered_at.is_not(None),
            Change.verdict == Verdict.ACCEPTED,
        )
    )
    return {(row[0], row[1], row[2], row[3], row[4]) for row in session().execute(statement)}


def place_of(submission: Submission) -> DeskPlace | None:
    """Who has it in hand at this moment, if anybody."""
    place = session().get(DeskPlace, submission.id, options=[joinedload(DeskPlace.editor)])
    return place if place is not None and place.until > clock.now() else None


def notes_of(submission: Submission) -> Sequence[DeskNote]:
    statement = (
        sa.select(DeskNote)
        .where(DeskNote.submission_id == submission.id)
        .options(joinedload(DeskNote.by))
        .order_by(DeskNote.id)
    )
    return session().scalars(statement).all()


def remarks_of(submission: Submission, *, for_author: bool = False) -> list[Remark]:
    """What editors said at places of a version, and what its author answered; not what reviewers said."""
    statement = (
        sa.select(Remark)
        .where(Remark.submission_id == submission.id, Remark.version_id.is_not(None))
        .options(joinedload(Remark.by))
        .order_by(Remark.id)
    )
    if for_author:
        statement = statement.where(Remark.is_for_author)
    return list(session().scalars(statement))


@dataclass(frozen=True)
class ListRow:
    """A shared list, how many pieces are on it, and whether the piece asked about is."""

    id: int
    name: str
    count: int
    has_it: bool


def lists(actor: Actor, submission: Submission | None = None) -> list[ListRow]:
    """All shared lists by name."""
    seen = access.visible(Shortlist, actor).subquery()
    has_it = sa.exists().where(
        ShortlistPiece.shortlist_id == seen.c.id,
        ShortlistPiece.submission_id == (submission.id if submission else None),
    )
    count = (
        sa.select(sa.func.count()).where(ShortlistPiece.shortlist_id == seen.c.id).scalar_subquery()
    )
    statement = sa.select(seen.c.id, seen.c.name, count, has_it).order_by(seen.c.name)
    return [ListRow(*row) for row in session().execute(statement)]
