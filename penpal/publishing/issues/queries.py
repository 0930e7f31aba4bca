"""Selects over issues: which there are, what stands in one, what could."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from penpal.accounts.models import Person, Role, RoleGrant
from penpal.accounts.office_queries import running
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.paging import Page, cut
from penpal.media.queries import Picture
from penpal.publishing.editing import versions
from penpal.publishing.editing.models import PieceVersion
from penpal.publishing.editing.versions import Printable
from penpal.publishing.issues.models import (
    Column,
    ColumnIssue,
    Handout,
    HandoutPiece,
    IssuePiece,
)
from penpal.publishing.issues.sections import section_of
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces import clearance
from penpal.publishing.pieces.clearance import Clearance
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S

FOR_A_PLAN = (S.WITH_EDITOR, S.WITH_AUTHOR, S.READY)
"""What can be put into an issue; signed off with it is only what is ready by then."""
PAGE = 40


@dataclass(frozen=True)
class Line:
    """A piece of an issue as its editors see it."""

    row: IssuePiece
    piece: Printable
    clearance: Clearance

    @property
    def state(self) -> S:
        return self.row.submission.state

    @property
    def section(self) -> str:
        return self.row.section or section_of(self.piece.kind)

    @property
    def is_gone(self) -> bool:
        """Withdrawn or taken down after it was printed: its place stays, its words do not."""
        return self.state not in (*FOR_A_PLAN, S.PUBLISHED)

    @property
    def may_be_signed_off(self) -> bool:
        return self.state is S.READY and self.clearance.is_clear

    @property
    def photo(self) -> Picture | None:
        """The one that is printed with it."""
        if self.row.without_photo or not self.piece.photos:
            return None
        chosen = [photo for photo in self.piece.photos if photo.id == self.row.photo_id]
        return (chosen or self.piece.photos)[0]


def column_of(programme_id: int) -> Column | None:
    return session().scalar(sa.select(Column).where(Column.programme_id == programme_id))


def listed(actor: Actor, *, before: int | None = None) -> Page[ColumnIssue]:
    """All issues that were not dropped, newest first."""
    statement = (
        access.visible(ColumnIssue, actor)
        .where(ColumnIssue.state != IssueState.DROPPED)
        .options(joinedload(ColumnIssue.column), selectinload(ColumnIssue.pieces))
        .order_by(ColumnIssue.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(ColumnIssue.id < before)
    return cut(list(session().scalars(statement)), PAGE, lambda issue: issue.id)


def whole(issue_id: int) -> ColumnIssue:
    """One issue with all that its page says of it, read anew; whoever asks has loaded it before."""
    statement = (
        sa.select(ColumnIssue)
        .where(ColumnIssue.id == issue_id)
        .options(joinedload(ColumnIssue.column), joinedload(ColumnIssue.signed_off_by))
        .execution_options(populate_existing=True)
    )
    return session().scalars(statement).one()


def planned(actor: Actor) -> list[ColumnIssue]:
    """Those that are being put together, the next one first."""
    statement = (
        access.visible(ColumnIssue, actor)
        .where(ColumnIssue.state == IssueState.PLANNED)
        .options(joinedload(ColumnIssue.column))
        .order_by(ColumnIssue.number)
        .limit(PAGE)
    )
    return list(session().scalars(statement))


def published() -> sa.Select[ColumnIssue]:
    """What has come out, newest first: for everybody."""
    return (
        sa.select(ColumnIssue)
        .where(ColumnIssue.state == IssueState.PUBLISHED)
        .options(joinedload(ColumnIssue.column))
        .order_by(ColumnIssue.came_out_at.desc(), ColumnIssue.id.desc())
    )


def pieces_of(issue: ColumnIssue) -> list[IssuePiece]:
    """In their order, each with its piece."""
    statement = (
        sa.select(IssuePiece)
        .where(IssuePiece.issue_id == issue.id)
        .options(joinedload(IssuePiece.submission))
        .order_by(IssuePiece.position, IssuePiece.id)
    )
    return list(session().scalars(statement))


def of(submission: Submission) -> IssuePiece | None:
    """Where a piece stands."""
    return session().scalar(
        sa.select(IssuePiece)
        .where(IssuePiece.submission_id == submission.id)
        .options(joinedload(IssuePiece.issue).joinedload(ColumnIssue.column))
    )


def of_many(submission_ids: Collection[int]) -> dict[int, IssuePiece]:
    """Where pieces stand, by their ids; those that stand nowhere are left out."""
    if not submission_ids:
        return {}
    statement = (
        sa.select(IssuePiece)
        .where(IssuePiece.submission_id.in_(submission_ids))
        .options(joinedload(IssuePiece.issue))
    )
    return {row.submission_id: row for row in session().scalars(statement)}


def lines(issue: ColumnIssue) -> list[Line]:
    """What stands in an issue, in the words that would be printed, and what each still waits for."""
    rows = pieces_of(issue)
    pieces = [row.submission for row in rows]
    printed, cleared = versions.printables(pieces), clearance.of_many(pieces)
    return [Line(row, printed[row.submission_id], cleared[row.submission_id]) for row in rows]


def to_place(
    actor: Actor, issue: ColumnIssue, *, words: str = "", before: int | None = None
) -> Page[Printable]:
    """Pieces of the programme that stand in no issue: those that are ready first of all, newest first."""
    statement = (
        access.visible(Submission, actor)
        .where(
            Submission.programme_id == issue.column.programme_id,
            Submission.state == S.READY,
            Submission.id.not_in(sa.select(IssuePiece.submission_id)),
        )
        .order_by(Submission.id.desc())
        .limit(PAGE + 1)
    )
    if words:
        titled = sa.select(PieceVersion.submission_id).where(
            PieceVersion.title.contains(words, autoescape=True)
        )
        statement = statement.where(
            sa.or_(
                Submission.title.contains(words, autoescape=True),
                Submission.theme.contains(words, autoescape=True),
                Submission.id.in_(titled),
            )
        )
    if before is not None:
        statement = statement.where(Submission.id < before)
    page = cut(list(session().scalars(statement)), PAGE, lambda piece: piece.id)
    printed = versions.printables(page.rows)
    return Page([printed[piece.id] for piece in page.rows], page.older)


def length(found: Sequence[Line]) -> int:
    """Characters of all that is still there."""
    return sum(line.piece.length for line in found if not line.is_gone)


def due(now: datetime) -> list[int]:
    """Signed off, and its moment has come: the earliest first."""
    statement = (
        sa.select(ColumnIssue.id)
        .where(ColumnIssue.state == IssueState.SIGNED_OFF, ColumnIssue.comes_out_at <= now)
        .order_by(ColumnIssue.comes_out_at, ColumnIssue.id)
    )
    return list(session().scalars(statement))


def editors() -> list[int]:
    """Everybody who holds the office now."""
    statement = (
        sa.select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == Role.EDITOR, running())
    )
    return sorted(set(session().scalars(statement)))


def recalls(actor: Actor, *, heard: bool) -> list[HandoutPiece]:
    """Pieces in files that must not be used any more, newest first."""
    statement = (
        access.visible(HandoutPiece, actor)
        .where(
            HandoutPiece.recalled_at.is_not(None),
            HandoutPiece.heard_at.is_not(None) if heard else HandoutPiece.heard_at.is_(None),
        )
        .options(
            joinedload(HandoutPiece.handout).joinedload(Handout.issue),
            joinedload(HandoutPiece.handout).joinedload(Handout.taken_by),
            joinedload(HandoutPiece.heard_by),
        )
        .order_by(HandoutPiece.recalled_at.desc(), HandoutPiece.handout_id.desc())
        .limit(200)
    )
    return list(session().scalars(statement))


def handouts(issue: ColumnIssue) -> list[Handout]:
    """Files of an issue that left the house, newest first."""
    statement = (
        sa.select(Handout)
        .where(Handout.issue_id == issue.id)
        .options(joinedload(Handout.taken_by), selectinload(Handout.pieces))
        .order_by(Handout.id.desc())
        .limit(50)
    )
    return list(session().scalars(statement))


def handouts_with(submission_id: int) -> list[int]:
    """The numbers of the files in which a piece stands."""
    statement = (
        sa.select(HandoutPiece.handout_id)
        .where(HandoutPiece.submission_id == submission_id)
        .order_by(HandoutPiece.handout_id)
    )
    return list(session().scalars(statement))
