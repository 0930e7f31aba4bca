"""What a child told a grown-up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit
from penpal.safeguarding.states import MOVES, ReportState

WORDS_MAX = 2000


class Addressee(StrEnum):
    """Whom it is for: the class teacher, past them the school's secretary, past both the level above."""

    TEACHER = "teacher"
    SCHOOL_SECRETARY = "school_secretary"
    ABOVE = "above"


class Report(Model):
    """``about_kind`` and ``about_id`` name a thing by kind and number; its content is not copied here."""

    __tablename__ = "report"
    __table_args__ = (
        sa.CheckConstraint("(about_kind = '') = (about_id IS NULL)", name="about_is_whole"),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)", name="answered_when"
        ),
        sa.Index("ix_report_class", "class_id", "state"),
        sa.Index("ix_report_reporter", "reporter_id"),
        sa.UniqueConstraint("reporter_id", "key"),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    class_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    addressee: Mapped[Addressee] = mapped_column(one_of(Addressee, "addressee"))
    about_kind: Mapped[str] = mapped_column(sa.String(32), default="")
    about_id: Mapped[int | None]
    about_label: Mapped[str] = mapped_column(sa.String(80), default="")
    words: Mapped[str] = mapped_column(sa.Text, default="")
    words_html: Mapped[str] = mapped_column(sa.Text, default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    state: Mapped[ReportState] = mapped_column(
        one_of(ReportState, "report_state"), default=ReportState.TOLD
    )
    told_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answer_html: Mapped[str] = mapped_column(sa.Text, default="")

    reporter: Mapped[Person] = relationship(foreign_keys=[reporter_id])
    class_: Mapped[Unit] = relationship()
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id])


machine.guard(Report)
