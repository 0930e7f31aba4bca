"""A column, its issues, what stands in them, and every file of them that left the house."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.programmes.models import Programme
from penpal.publishing.issues.states import MOVES, IssueState
from penpal.publishing.pieces.leaving import Gone
from penpal.publishing.pieces.models import STANDFIRST_MAX, TITLE_MAX, Submission

SECTION_MAX = 16
NOTE_MAX = 1000
SPACE_DEFAULT = 2200
"""Characters of half a newspaper page."""


class Column(Model):
    """专栏: one of a programme."""

    __tablename__ = "news_column"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))

    programme: Mapped[Programme] = relationship()


class ColumnIssue(Model):
    """期: numbered through, and by year. ``space`` is how many characters fit, ``saved`` counts changes."""

    __tablename__ = "column_issue"
    __table_args__ = (
        # An issue that was dropped gives its numbers back.
        sa.Index(
            "uq_column_issue_number",
            "column_id",
            "number",
            unique=True,
            sqlite_where=sa.text("state <> 'dropped'"),
            postgresql_where=sa.text("state <> 'dropped'"),
        ),
        sa.Index(
            "uq_column_issue_number_of_year",
            "column_id",
            "year",
            "number_of_year",
            unique=True,
            sqlite_where=sa.text("state <> 'dropped'"),
            postgresql_where=sa.text("state <> 'dropped'"),
        ),
        sa.CheckConstraint("space > 0 AND number > 0 AND number_of_year > 0", name="counts"),
        sa.CheckConstraint(
            "state NOT IN ('signed_off', 'published') OR "
            "(comes_out_at IS NOT NULL AND signed_off_at IS NOT NULL)",
            name="signed_off_for_a_moment",
        ),
        sa.CheckConstraint(
            "(state = 'published') = (came_out_at IS NOT NULL)", name="came_out_when"
        ),
        sa.Index(
            "ix_column_issue_due",
            "comes_out_at",
            sqlite_where=sa.text("state = 'signed_off'"),
            postgresql_where=sa.text("state = 'signed_off'"),
        ),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    column_id: Mapped[int] = mapped_column(sa.ForeignKey("news_column.id"))
    number: Mapped[int]
    year: Mapped[int]
    number_of_year: Mapped[int]
    headline: Mapped[str] = mapped_column(sa.String(TITLE_MAX), default="")
    standfirst: Mapped[str] = mapped_column(sa.String(STANDFIRST_MAX), default="")
    note: Mapped[str] = mapped_column(sa.String(NOTE_MAX), default="")
    note_html: Mapped[str] = mapped_column(sa.Text, default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    quote: Mapped[str] = mapped_column(sa.String(TITLE_MAX), default="")
    """Words out of one of its pieces, set upright beside the lead: word for word, and gone with it."""
    quote_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission.id"))
    space: Mapped[int] = mapped_column(default=SPACE_DEFAULT)
    state: Mapped[IssueState] = mapped_column(
        one_of(IssueState, "column_issue_state"), default=IssueState.PLANNED
    )
    saved: Mapped[int] = mapped_column(default=1)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    comes_out_at: Mapped[datetime | None]
    signed_off_at: Mapped[datetime | None]
    signed_off_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    came_out_at: Mapped[datetime | None]

    column: Mapped[Column] = relationship()
    pieces: Mapped[list[IssuePiece]] = relationship(
        order_by="IssuePiece.position, IssuePiece.id", back_populates="issue"
    )
    signed_off_by: Mapped[Person | None] = relationship(foreign_keys=[signed_off_by_id])


class IssuePiece(Model):
    """A piece in an issue, in at most one. The first by its position is the lead."""

    __tablename__ = "issue_piece"
    __table_args__ = (sa.Index("ix_issue_piece_issue", "issue_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("column_issue.id"))
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), unique=True)
    section: Mapped[str] = mapped_column(sa.String(SECTION_MAX), default="")
    position: Mapped[int] = mapped_column(default=0)
    photo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("photo.id", ondelete="SET NULL"))
    without_photo: Mapped[bool] = mapped_column(default=False)
    """Its editor leaves the photos away from the page of the newspaper."""
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("piece_version.id"))
    """What was signed off: no other version of it comes out with this issue."""
    put_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    put_at: Mapped[datetime] = mapped_column(default=clock.now)

    issue: Mapped[ColumnIssue] = relationship(back_populates="pieces")
    submission: Mapped[Submission] = relationship()


class HandoutForm(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    ZIP = "zip"


class Handout(Model):
    """A file of an issue that somebody took: whoever has it is told when a piece of it is withdrawn."""

    __tablename__ = "handout"
    __table_args__ = (sa.Index("ix_handout_issue", "issue_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("column_issue.id"))
    form: Mapped[HandoutForm] = mapped_column(one_of(HandoutForm, "handout_form"))
    taken_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    handed_to: Mapped[str] = mapped_column(sa.String(80), default="")
    """In words: to whom it went on, so that they can be told as well."""
    digest: Mapped[str] = mapped_column(sa.String(64))

    issue: Mapped[ColumnIssue] = relationship()
    taken_by: Mapped[Person] = relationship()
    pieces: Mapped[list[HandoutPiece]] = relationship(
        order_by="HandoutPiece.submission_id", back_populates="handout"
    )


class HandoutPiece(Model):
    """A piece that stood in a file; ``recalled_at`` since when it must not be used, ``heard_at`` that it was heard."""

    __tablename__ = "handout_piece"
    __table_args__ = (
        sa.CheckConstraint(
            "(recalled IS NULL) = (recalled_at IS NULL)", name="recalled_at_a_moment"
        ),
    )

    handout_id: Mapped[int] = mapped_column(sa.ForeignKey("handout.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id"), primary_key=True, index=True
    )
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX), default="")
    """Under which it stood in the file: forgotten as soon as its recall was heard."""
    with_photos: Mapped[bool] = mapped_column(default=False)
    recalled_at: Mapped[datetime | None]
    recalled: Mapped[Gone | None] = mapped_column(one_of(Gone, "handout_piece_recalled"))
    """What of it must not be used any more."""
    heard_at: Mapped[datetime | None]
    heard_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    handout: Mapped[Handout] = relationship(back_populates="pieces")
    heard_by: Mapped[Person | None] = relationship()


machine.guard(ColumnIssue)
