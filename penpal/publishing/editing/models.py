"""Versions of a piece, each change in them, and what editors keep about pieces."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html
from penpal.kernel.db import Model, one_of
from penpal.publishing.pieces.models import STANDFIRST_MAX, TITLE_MAX, Submission, SubmissionPart

NOTE_MAX = 500
LIST_NAME_MAX = 40


class PieceVersion(Model):
    """A text as an editor would print it. Number 0 is the frozen copy, word for word.

    A version is written on while ``offered_at`` is empty; once the author has been asked it never
    changes again. ``saved`` counts saves: a save from an older page never overwrites a newer one.
    ``corrects`` says in words what a version mends in what is published already.
    """

    __tablename__ = "piece_version"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "number"),
        sa.CheckConstraint(
            "accepted_at IS NULL OR offered_at IS NOT NULL OR number = 0",
            name="accepted_once_offered",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    revision: Mapped[int]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    standfirst: Mapped[str] = mapped_column(sa.String(STANDFIRST_MAX), default="")
    saved: Mapped[int] = mapped_column(default=1)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    offered_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    corrects: Mapped[str] = mapped_column(sa.String(NOTE_MAX), default="")

    submission: Mapped[Submission] = relationship(foreign_keys=[submission_id])
    made_by: Mapped[Person | None] = relationship()
    texts: Mapped[list[VersionText]] = relationship(
        order_by="VersionText.part_id", back_populates="version"
    )


class VersionText(Model):
    """One part of the piece in one version."""

    __tablename__ = "version_text"
    __table_args__ = (sa.UniqueConstraint("version_id", "part_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("piece_version.id"))
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_part.id"))
    body: Mapped[str] = mapped_column(sa.Text)
    body_html: Mapped[str] = mapped_column(sa.Text)
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)

    version: Mapped[PieceVersion] = relationship(back_populates="texts")
    part: Mapped[SubmissionPart] = relationship()


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Change(Model):
    """One change of an offered version against the frozen text; only its author says yes or no to it.

    ``field`` is ``title``, ``standfirst`` or ``body`` (then of ``part_id``); ``start`` counts
    characters of the frozen text. No verdict yet is no yes.
    """

    __tablename__ = "piece_change"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "position"),
        sa.CheckConstraint("(verdict IS NULL) = (said_at IS NULL)", name="said_at_a_moment"),
        sa.CheckConstraint('"before" <> "after"', name="changes_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("piece_version.id"))
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_part.id"))
    field: Mapped[str] = mapped_column(sa.String(16), default="body")
    position: Mapped[int]
    start: Mapped[int]
    before: Mapped[str] = mapped_column(sa.Text, default="")
    after: Mapped[str] = mapped_column(sa.Text, default="")
    verdict: Mapped[Verdict | None] = mapped_column(one_of(Verdict, "piece_change_verdict"))
    said_at: Mapped[datetime | None]
    said_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(sa.String(NOTE_MAX), default="")
    words_html: Mapped[str] = mapped_column(sa.Text, default="")

    version: Mapped[PieceVersion] = relationship()


class DeskPlace(Model):
    """Which editor has a piece in hand; others look and do not write until it is given up or runs out."""

    __tablename__ = "desk_place"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), primary_key=True)
    editor_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime]

    editor: Mapped[Person] = relationship()


class Shortlist(Model):
    """Pieces that editors gathered under a name; all editors see and keep all lists."""

    __tablename__ = "shortlist"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(LIST_NAME_MAX), unique=True)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class ShortlistPiece(Model):
    __tablename__ = "shortlist_piece"

    shortlist_id: Mapped[int] = mapped_column(sa.ForeignKey("shortlist.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id"), primary_key=True, index=True
    )
    put_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    put_at: Mapped[datetime] = mapped_column(default=clock.now)


class DeskNote(Model):
    """What one editor notes of a piece for the others; no author reads it."""

    __tablename__ = "desk_note"
    __table_args__ = (sa.Index("ix_desk_note_submission", "submission_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    body: Mapped[str] = mapped_column(sa.String(NOTE_MAX))
    body_html: Mapped[str] = mapped_column(sa.Text)
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[Person] = relationship()
