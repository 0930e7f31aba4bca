"""Rosters on their way in, explained headings, students who change schools, records of one child made one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit
from penpal.rosters.headings import Column

FILE_NAME_MAX = 120
HEADING_MAX = 40


class Stage(StrEnum):
    """How far an upload has come."""

    READING = "reading"
    ASKING = "asking"
    CHECKED = "checked"
    WRITING = "writing"
    APPLIED = "applied"
    FAILED = "failed"


class Leaving(StrEnum):
    """Why a student is no longer in a school, as the record keeps it."""

    LEFT = "left"
    GRADUATED = "graduated"
    STOPPED = "stopped"


class RosterUpload(Model):
    """What someone uploaded for a school. Gone when cancelled, and in any case after a day.

    While it waits to be read or explained it is sealed (see ``sealing``); once read there are only
    cleaned rows; once applied only the refused rows stay, so that they can be fetched and mended,
    with the figures of what was done.
    """

    __tablename__ = "roster_upload"
    __table_args__ = (
        sa.CheckConstraint("(applied_at IS NULL) = (figures IS NULL)", name="applied_with_figures"),
        sa.CheckConstraint("sealed IS NULL OR sheet IS NULL", name="sealed_until_read"),
        sa.CheckConstraint("applied_at IS NULL OR sheet IS NOT NULL", name="applied_once_read"),
        sa.CheckConstraint("applied_at IS NULL OR queued_at IS NULL", name="applied_is_done"),
        sa.CheckConstraint("asked_at IS NULL OR sealed IS NOT NULL", name="asked_while_sealed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    file_name: Mapped[str] = mapped_column(sa.String(FILE_NAME_MAX))
    sealed: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary))
    sheet: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    trouble: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """Why reading or writing ended without a result, in the words of the interface's own language."""
    queued_at: Mapped[datetime | None]
    """Since when a job is to read or to write it; None when none is."""
    asked_at: Mapped[datetime | None]
    """Since when it waits for someone to say what its columns are."""
    applied_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    school: Mapped[Unit] = relationship()

    @property
    def stage(self) -> Stage:
        if self.applied_at is not None:
            return Stage.APPLIED
        if self.sheet is not None:
            return Stage.WRITING if self.queued_at is not None else Stage.CHECKED
        if self.asked_at is not None:
            return Stage.ASKING
        return Stage.READING if self.queued_at is not None else Stage.FAILED


class RosterHeading(Model):
    """What a column of this heading is in the files of this school, as someone there said."""

    __tablename__ = "roster_heading"
    __table_args__ = (sa.Index("uq_roster_heading", "school_id", "folded", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    heading: Mapped[str] = mapped_column(sa.String(HEADING_MAX))
    folded: Mapped[str] = mapped_column(sa.String(HEADING_MAX))
    meaning: Mapped[Column] = mapped_column(one_of(Column, "roster_column"))
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    school: Mapped[Unit] = relationship()


class Transfer(Model):
    """A student's way to another school: given out by the old one, used once by the new one.

    The code is derived, never stored, like that of an activation. Until it is used the student stays
    where they are; nobody is known in the new school by name, number or birthday alone.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        sa.CheckConstraint(
            "(used_at IS NULL) = (to_school_id IS NULL) AND (used_at IS NULL) = (used_by_id IS NULL)",
            name="used_by_someone_somewhere",
        ),
        sa.CheckConstraint("to_school_id <> from_school_id", name="two_schools"),
        sa.Index(
            "uq_transfer_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("used_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL"),
        ),
        sa.Index("ix_transfer_from_school", "from_school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    from_school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    nonce: Mapped[str] = mapped_column(sa.String(32))
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    to_school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    from_school: Mapped[Unit] = relationship(foreign_keys=[from_school_id])


class FoldedRecord(Model):
    """The second record of one child, empty and closed for good; ``kept_id`` is the one that stays.

    Nothing that hangs on it is deleted: the row only says that nobody comes back under it.
    """

    __tablename__ = "folded_record"
    __table_args__ = (sa.CheckConstraint("person_id <> kept_id", name="two_records"),)

    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    folded_at: Mapped[datetime] = mapped_column(default=clock.now)
    folded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
