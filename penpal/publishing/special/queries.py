"""What anybody may read: which pieces and issues are out, what was corrected, and that something went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.paging import Page, cut
from penpal.media.models import Photo
from penpal.places.models import Unit
from penpal.publishing.editing import versions
from penpal.publishing.editing.models import PieceVersion
from penpal.publishing.editing.versions import Printable
from penpal.publishing.issues.models import Column, ColumnIssue, IssuePiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.models import (
    PieceKind,
    Submission,
    SubmissionPart,
    SubmissionPhoto,
)
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.special.models import ReaderWord
from penpal.publishing.special.states import WordState

WORDS = 40
"""Readers' words on one page."""
STANDING = 30
"""Printed pieces on one page of those who may take them off."""
PUBLISHED = Submission.state == SubmissionState.PUBLISHED
GONE = sa.and_(
    Submission.state.in_((SubmissionState.WITHDRAWN, SubmissionState.TAKEN_DOWN)),
    Submission.published_at.is_not(None),
)


class Entry(NamedTuple):
    """A piece that is out, in one line; ``section`` is '' where its kind decides."""

    id: int
    kind: PieceKind
    theme: str
    title: str
    standfirst: str
    published_at: datetime
    issue_id: int | None
    section: str
    position: int


class IssueRow(NamedTuple):
    """An issue that came out. ``gone`` counts what stood in it and stands there no more."""

    id: int
    number: int
    year: int
    number_of_year: int
    headline: str
    standfirst: str
    note_html: str
    quote: str
    quote_of_id: int | None
    came_out_at: datetime
    column: str
    gone: int


class Gone(NamedTuple):
    """That something went, never what. ``by_author`` says whose wish it was."""

    issue_number: int | None
    at: datetime
    by_author: bool


class Stamp(NamedTuple):
    """What is drawn for a place: the nearest town up the tree that has a picture."""

    town_id: int
    name: str
    drawing: str


def entries() -> list[Entry]:
    """All that is out, the newest first, in the order of its issue."""
    statement = (
        sa.select(
            Submission.id,
            Submission.kind,
            Submission.theme,
            PieceVersion.title,
            PieceVersion.standfirst,
            Submission.published_at,
            IssuePiece.issue_id,
            IssuePiece.section,
            IssuePiece.position,
        )
        .join(PieceVersion, PieceVersion.id == Submission.version_id)
        .outerjoin(IssuePiece, IssuePiece.submission_id == Submission.id)
        .where(PUBLISHED)
        .order_by(Submission.published_at.desc(), IssuePiece.position, Submission.id.desc())
    )
    found: Sequence[Any] = session().execute(statement).all()
    return [Entry._make((*row[:7], row.section or "", row.position or 0)) for row in found]


def issues() -> list[IssueRow]:
    """All that came out, the newest first."""
    gone = (
        sa.select(IssuePiece.issue_id, sa.func.count().label("pieces"))
        .join(Submission, Submission.id == IssuePiece.submission_id)
        .where(GONE)
        .group_by(IssuePiece.issue_id)
        .subquery()
    )
    statement = (
        sa.select(
            ColumnIssue.id,
            ColumnIssue.number,
            ColumnIssue.year,
            ColumnIssue.number_of_year,
            ColumnIssue.headline,
            ColumnIssue.standfirst,
            ColumnIssue.note_html,
            ColumnIssue.quote,
            ColumnIssue.quote_of_id,
            ColumnIssue.came_out_at,
            Column.name,
            sa.func.coalesce(gone.c.pieces, 0),
        )
        .join(Column, Column.id == ColumnIssue.column_id)
        .outerjoin(gone, gone.c.issue_id == ColumnIssue.id)
        .where(ColumnIssue.state == IssueState.PUBLISHED)
        .order_by(ColumnIssue.came_out_at.desc(), ColumnIssue.id.desc())
    )
    found: Sequence[Any] = session().execute(statement).all()
    return [IssueRow(*row) for row in found]


def printed(ids: Sequence[int]) -> dict[int, Printable]:
    """Those of these pieces that are out at this moment, as they are printed."""
    if not ids:
        return {}
    found = session().scalars(sa.select(Submission).where(PUBLISHED, Submission.id.in_(ids)))
    return versions.printables(found.all())


def gone() -> list[Gone]:
    """When something went and out of which issue, the newest first: no title, no name."""
    statement = (
        sa.select(ColumnIssue.number, Submission.moved_at, Submission.state)
        .outerjoin(IssuePiece, IssuePiece.submission_id == Submission.id)
        .outerjoin(ColumnIssue, ColumnIssue.id == IssuePiece.issue_id)
        .where(GONE)
        .order_by(Submission.moved_at.desc(), Submission.id.desc())
    )
    return [
        Gone(number, at, state is SubmissionState.WITHDRAWN)
        for number, at, state in session().execute(statement)
    ]


def was_out(submission_id: int) -> bool:
    """Whether there was a piece at this number that anybody could read, and is none any more."""
    statement = sa.select(Submission.id).where(GONE, Submission.id == submission_id)
    return session().scalar(statement) is not None


def stamps(unit_ids: Iterable[int]) -> dict[int, Stamp]:
    """By the place under which somebody is printed; never a place nearer than that one."""
    town = aliased(Unit)
    chosen = sa.func.coalesce(Unit.town_id, Unit.id)
    statement = (
        sa.select(Unit.id, town.id, town.short_name, town.name, town.stamp)
        .join(town, town.id == chosen)
        .where(Unit.id.in_(list(unit_ids)))
    )
    return {
        unit_id: Stamp(town_id, short or name, drawing or "default")
        for unit_id, town_id, short, name, drawing in session().execute(statement)
    }


def photo(submission_id: int, photo_id: int) -> Photo | None:
    """A photo of a piece that is out at this moment, in it and not left away from it."""
    statement = (
        sa.select(Photo)
        .join(
            SubmissionPart,
            sa.and_(Photo.about_kind == versions.PHOTOS_OF, Photo.about_id == SubmissionPart.id),
        )
        .join(Submission, Submission.id == SubmissionPart.submission_id)
        .outerjoin(SubmissionPhoto, SubmissionPhoto.photo_id == Photo.id)
        .where(
            PUBLISHED,
            Submission.id == submission_id,
            Photo.id == photo_id,
            SubmissionPart.revision == Submission.revision,
            SubmissionPart.frozen_at.is_not(None),
            sa.func.coalesce(SubmissionPhoto.is_out, sa.false()) == sa.false(),
        )
    )
    return session().scalar(statement)


def out(submission_id: int) -> Submission | None:
    """A piece that anybody can read at this moment."""
    return session().scalar(sa.select(Submission).where(PUBLISHED, Submission.id == submission_id))


def title(submission: Submission) -> str:
    """As it is printed."""
    statement = sa.select(PieceVersion.title).where(PieceVersion.id == submission.version_id)
    return session().scalar(statement) or ""


def standing(actor: Actor, *, title: str = "", before: int | None = None) -> Page[Any]:
    """What this person may take off the public pages, the newest first: its title as printed, and its issue."""
    statement = (
        access.visible(Submission, actor)
        .join(PieceVersion, PieceVersion.id == Submission.version_id)
        .outerjoin(IssuePiece, IssuePiece.submission_id == Submission.id)
        .outerjoin(ColumnIssue, ColumnIssue.id == IssuePiece.issue_id)
        .where(PUBLISHED)
        .order_by(Submission.id.desc())
        .limit(STANDING + 1)
    )
    if title:
        statement = statement.where(PieceVersion.title.icontains(title, autoescape=True))
    if before is not None:
        statement = statement.where(Submission.id < before)
    found = session().execute(
        statement.with_only_columns(
            Submission.id, PieceVersion.title, Submission.published_at, ColumnIssue.number
        )
    )
    return cut(found.all(), STANDING, lambda row: row.id)


def words_waiting(actor: Actor, *, before: int | None = None) -> Page[Any]:
    """Readers' words that no editor has read yet, the newest first, each beside the title it is about."""
    statement = (
        access.visible(ReaderWord, actor)
        .join(Submission, Submission.id == ReaderWord.submission_id)
        .join(PieceVersion, PieceVersion.id == Submission.version_id)
        .where(ReaderWord.state == WordState.WAITING)
        .order_by(ReaderWord.id.desc())
        .limit(WORDS + 1)
    )
    if before is not None:
        statement = statement.where(ReaderWord.id < before)
    found = session().execute(
        statement.with_only_columns(
            ReaderWord.id,
            ReaderWord.body_html,
            ReaderWord.came_at,
            ReaderWord.submission_id,
            PieceVersion.title,
            Submission.state,
        )
    )
    return cut(found.all(), WORDS, lambda row: row.id)


def words_for_author(submission: Submission, actor: Actor) -> Sequence[ReaderWord]:
    """What was passed on to whoever wrote it, the newest first."""
    statement = (
        access.visible(ReaderWord, actor)
        .where(ReaderWord.submission_id == submission.id, ReaderWord.state == WordState.PASSED_ON)
        .order_by(ReaderWord.id.desc())
        .limit(WORDS)
    )
    return session().scalars(statement).all()
