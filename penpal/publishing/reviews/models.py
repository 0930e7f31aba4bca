"""Who has to look at a piece and when; what they said of it, and where."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html
from penpal.kernel.db import Model, one_of
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import Submission

REMARK_MAX = 500


class Decision(StrEnum):
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    DECLINED = "declined"


class ReviewStation(Model):
    """One who has to look at one revision of a piece: of a class its teacher, else a league secretary.

    Stations of one ``round`` are asked at once (the teachers of both children), the rounds one after
    another: 1 the teachers, 2 the schools, 3 and more what the programme sets above them.
    ``delegate_id`` decides instead of whoever holds the office, until they give it back.
    """

    __tablename__ = "review_station"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "revision", "unit_id", "level"),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at_a_moment"),
        sa.Index(
            "ix_review_station_waiting",
            "unit_id",
            "round",
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    revision: Mapped[int]
    round: Mapped[int]
    level: Mapped[Level] = mapped_column(one_of(Level, "review_station_level"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    begun_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decision: Mapped[Decision | None] = mapped_column(one_of(Decision, "review_decision"))
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    reason_html: Mapped[str] = mapped_column(sa.Text, default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)

    submission: Mapped[Submission] = relationship()
    unit: Mapped[Unit] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    delegate: Mapped[Person | None] = relationship(foreign_keys=[delegate_id])


class Recusal(Model):
    """A member of staff is near to a child (their parent, say) and does not review what is theirs."""

    __tablename__ = "recusal"
    __table_args__ = (sa.UniqueConstraint("staff_id", "student_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    student: Mapped[Person] = relationship(foreign_keys=[student_id])


class PathRule(Model):
    """Up to which level secretaries look at pieces of a programme below a unit, and how many days each has."""

    __tablename__ = "review_path"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "unit_id"),
        sa.CheckConstraint("days BETWEEN 1 AND 60", name="days_in_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    highest: Mapped[Level] = mapped_column(one_of(Level, "review_path_highest"))
    days: Mapped[int] = mapped_column(default=7)
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)


class Remark(Model):
    """A word at a place of a part: by a reviewer or an editor, and the author's answer to it.

    ``start`` and ``end`` count characters of the part's frozen text (``version_id`` empty) or of that
    part in a version; equal, they stand for the whole part.
    """

    __tablename__ = "remark"
    __table_args__ = (
        sa.CheckConstraint('"start" >= 0 AND "end" >= "start"', name="a_place"),
        sa.Index("ix_remark_submission", "submission_id", "part_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_part.id"))
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("piece_version.id"))
    start: Mapped[int] = mapped_column(default=0)
    end: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(sa.String(REMARK_MAX))
    body_html: Mapped[str] = mapped_column(sa.Text)
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    is_for_author: Mapped[bool] = mapped_column(default=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer: Mapped[str] = mapped_column(sa.String(REMARK_MAX), default="")
    answer_html: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship()
