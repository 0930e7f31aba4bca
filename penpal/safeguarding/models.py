"""What a child told a grown-up, and what the grown-ups told others because the law asks it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person, Role
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit
from penpal.safeguarding.states import MOVES, ReportState

WORDS_MAX = 2000
REFERENCE_MAX = 80

_WORRY = sa.text("kind = 'worry' AND state <> 'answered'")


class Addressee(StrEnum):
    """Whom it is for: the class teacher, past them the school's secretary, past both the level above."""

    TEACHER = "teacher"
    SCHOOL_SECRETARY = "school_secretary"
    ABOVE = "above"


class ReportKind(StrEnum):
    """Told by a child, or made by the machine because somebody should ask how a child is."""

    TOLD = "told"
    WORRY = "worry"


class Raised(StrEnum):
    """Whose attention a report that nobody looked after was raised to."""

    SCHOOL_SECRETARY = "school_secretary"
    COUNTY = "county"
    PROVINCE = "province"


LEVELS = {
    Raised.COUNTY: (Role.COUNTY_SECRETARY.value,),
    Raised.PROVINCE: (Role.PROVINCE_SECRETARY.value, Role.CORPS_SECRETARY.value),
}
"""Who is told, above the school, that a child has waited too long."""


class Outcome(StrEnum):
    """What came of it, in a few words that each have a sentence for the child (``wording``)."""

    TALKED = "talked"
    PAUSED = "paused"
    TOLD_SCHOOL = "told_school"
    HELP_FOUND = "help_found"
    NOTHING_WRONG = "nothing_wrong"
    PASSED_ON = "passed_on"


class Authority(StrEnum):
    """To whom staff of a school report by law (未成年人保护法 第十一条)."""

    POLICE = "police"
    CIVIL_AFFAIRS = "civil_affairs"
    EDUCATION = "education"
    OTHER = "other"


class Report(Model):
    """``about_kind`` and ``about_id`` name a thing by kind and number; what stood in it is ``Evidence``.

    ``due_at`` is when it is to be taken up and, once it is, answered. ``shown`` says that the child
    wants the teacher to read what it points at. ``evidence_until`` is the last day of the case's term.
    """

    __tablename__ = "report"
    __table_args__ = (
        sa.CheckConstraint("(about_kind = '') = (about_id IS NULL)", name="about_is_whole"),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)", name="answered_when"
        ),
        sa.CheckConstraint("(raised_to IS NULL) = (raised_at IS NULL)", name="raised_when"),
        sa.CheckConstraint(
            "evidence_until IS NULL OR state = 'answered'", name="kept_while_it_is_open"
        ),
        # What the machine noticed names no thing: nobody opens a letter because of it.
        sa.CheckConstraint(
            "kind <> 'worry' OR (about_id IS NULL AND words = '')", name="a_worry_quotes_nothing"
        ),
        sa.Index("ix_report_class", "class_id", "state"),
        sa.Index("ix_report_reporter", "reporter_id"),
        sa.Index(
            "uq_report_worry",
            "reporter_id",
            unique=True,
            sqlite_where=_WORRY,
            postgresql_where=_WORRY,
        ),
        sa.UniqueConstraint("reporter_id", "key"),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReportKind] = mapped_column(
        one_of(ReportKind, "report_kind"), default=ReportKind.TOLD, server_default="told"
    )
    key: Mapped[str] = mapped_column(sa.String(64))
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    class_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    addressee: Mapped[Addressee] = mapped_column(one_of(Addressee, "addressee"))
    about_kind: Mapped[str] = mapped_column(sa.String(32), default="")
    about_id: Mapped[int | None]
    about_label: Mapped[str] = mapped_column(sa.String(80), default="")
    shown: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    words: Mapped[str] = mapped_column(sa.Text, default="")
    words_html: Mapped[str] = mapped_column(sa.Text, default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    state: Mapped[ReportState] = mapped_column(
        one_of(ReportState, "report_state"), default=ReportState.TOLD
    )
    told_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    handed_on_at: Mapped[datetime | None]
    """Since when it is the school secretary's alone to look after."""
    raised_to: Mapped[Raised | None] = mapped_column(one_of(Raised, "raised_to"))
    raised_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome, "outcome"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answer_html: Mapped[str] = mapped_column(sa.Text, default="")
    evidence_until: Mapped[date | None]

    reporter: Mapped[Person] = relationship(foreign_keys=[reporter_id])
    class_: Mapped[Unit] = relationship()
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id])
    by_law: Mapped[list[LegalReport]] = relationship(
        back_populates="report", order_by="LegalReport.id"
    )

    @property
    def is_worry(self) -> bool:
        return self.kind is ReportKind.WORRY

    @property
    def is_told(self) -> bool:
        return self.state is ReportState.TOLD

    @property
    def is_waiting(self) -> bool:
        return self.state is not ReportState.ANSWERED

    def is_overdue(self, now: datetime) -> bool:
        return self.is_waiting and self.due_at < now


machine.guard(Report)


class LegalReport(Model):
    """That a report was passed on to an authority, as staff of schools have to."""

    __tablename__ = "legal_report"
    __table_args__ = (sa.Index("ix_legal_report_report", "report_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id"))
    authority: Mapped[Authority] = mapped_column(one_of(Authority, "authority"))
    reported_on: Mapped[date]
    reference: Mapped[str] = mapped_column(sa.String(REFERENCE_MAX), default="")
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)

    report: Mapped[Report] = relationship(back_populates="by_law")
    recorded_by: Mapped[Person] = relationship()
