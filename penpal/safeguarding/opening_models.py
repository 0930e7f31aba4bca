"""A sealed thing that staff opened for a child's sake, or the operator because the law asked for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person, Role
from penpal.kernel import clock, machine
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_states import MOVES, OpeningState
from penpal.safeguarding.states import ReportState

REASON_LEAST = 10
REASON_MOST = 1000
ANSWER_WITHIN = timedelta(hours=24)
"""An emergency to which nobody agreed within a day was none: the request lapses."""


class Basis(StrEnum):
    """Why a sealed thing may be read at all."""

    REPORT = "report"
    EMERGENCY = "emergency"
    LAWFUL = "lawful"


class Opening(Model):
    """``class_id`` is where the child sits for whose sake it is opened: its staff answer for the case.

    ``reason`` is for the record, ``told`` is what the two children read. ``until`` is when reading
    ends; nothing is written then. ``delay_until`` is what was asked, ``shown_from`` what holds.
    ``digest`` is the SHA-256 of the canonical form of what was there to read.
    """

    __tablename__ = "opening"
    __table_args__ = (
        sa.CheckConstraint("(basis = 'report') = (report_id IS NOT NULL)", name="of_its_report"),
        sa.CheckConstraint(
            "(basis = 'emergency') = (endangered_id IS NOT NULL)", name="for_a_child_in_danger"
        ),
        sa.CheckConstraint(
            "(basis = 'lawful') = (asked_by_id IS NULL) "
            "AND (basis = 'lawful') = (class_id IS NULL)",
            name="asked_by_staff",
        ),
        sa.CheckConstraint(
            "second_by_id IS NULL OR second_by_id <> asked_by_id", name="second_is_another"
        ),
        sa.CheckConstraint(
            "(second_by_id IS NULL) = (second_at IS NULL)", name="second_has_a_moment"
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR second_by_id IS NOT NULL", name="refused_by_somebody"
        ),
        sa.CheckConstraint(
            "basis <> 'emergency' OR opened_at IS NULL OR second_by_id IS NOT NULL",
            name="emergency_takes_two",
        ),
        sa.CheckConstraint(
            "(delay_until IS NULL) = (delay_reason = '')", name="delay_has_a_reason"
        ),
        sa.CheckConstraint(
            "delay_until IS NULL OR opened_at IS NULL OR basis = 'lawful' "
            "OR second_by_id IS NOT NULL",
            name="delay_takes_two",
        ),
        sa.CheckConstraint(
            "shown_from IS NULL OR shown_from = opened_at OR delay_until IS NOT NULL",
            name="shown_unless_delayed",
        ),
        sa.CheckConstraint(
            "(state IN ('open', 'closed')) = (opened_at IS NOT NULL) "
            "AND (opened_at IS NULL) = (until IS NULL) "
            "AND (opened_at IS NULL) = (shown_from IS NULL) "
            "AND (opened_at IS NULL) = (digest = '')",
            name="opened_whole",
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        sa.CheckConstraint(f"length(reason) >= {REASON_LEAST}", name="reason_tells_why"),
        sa.Index("ix_opening_item", "kind", "item_id"),
        sa.Index("ix_opening_class", "class_id", "state"),
        sa.Index("ix_opening_report", "report_id"),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    item_id: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(80))
    basis: Mapped[Basis] = mapped_column(one_of(Basis, "basis"))
    report_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report.id"))
    endangered_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    class_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    told: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[OpeningState] = mapped_column(
        one_of(OpeningState, "opening_state"), default=OpeningState.ASKED
    )
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_as: Mapped[Role | None] = mapped_column(one_of(Role, "asked_as"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    days: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    second_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    second_as: Mapped[Role | None] = mapped_column(one_of(Role, "second_as"))
    second_at: Mapped[datetime | None]
    second_word: Mapped[str] = mapped_column(sa.Text, default="")
    opened_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(sa.String(64), default="")
    shown_from: Mapped[datetime | None]
    delay_reason: Mapped[str] = mapped_column(sa.Text, default="")
    delay_until: Mapped[datetime | None]

    report: Mapped[Report | None] = relationship()
    endangered: Mapped[Person | None] = relationship(foreign_keys=[endangered_id])
    class_: Mapped[Unit | None] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    second_by: Mapped[Person | None] = relationship(foreign_keys=[second_by_id])

    @property
    def has_lapsed(self) -> bool:
        """Nobody answered the request in time."""
        return self.state is OpeningState.ASKED and clock.now() >= self.asked_at + ANSWER_WITHIN

    @property
    def is_waiting(self) -> bool:
        return self.state is OpeningState.ASKED and not self.has_lapsed

    @property
    def is_running(self) -> bool:
        """Whether its openers can read now: what a report opened closes with the report's answer."""
        if self.state is not OpeningState.OPEN or self.until is None or clock.now() >= self.until:
            return False
        return self.report is None or self.report.state is not ReportState.ANSWERED

    @property
    def is_delayed(self) -> bool:
        """Opened, and the children are not yet told."""
        return self.shown_from is not None and clock.now() < self.shown_from


machine.guard(Opening)


class OpeningOwner(Model):
    """One to whom the opened thing belongs, and who is told of it."""

    __tablename__ = "opening_owner"
    __table_args__ = (sa.Index("ix_opening_owner_person", "person_id"),)

    opening_id: Mapped[int] = mapped_column(sa.ForeignKey("opening.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)


class LawfulPaper(Model):
    """The paper on which an authority asked, sealed with a key that is not in the database.

    ``digest`` is the SHA-256 of the file as it was handed over.
    """

    __tablename__ = "lawful_paper"

    opening_id: Mapped[int] = mapped_column(
        sa.ForeignKey("opening.id"), primary_key=True, autoincrement=False
    )
    authority: Mapped[str] = mapped_column(sa.String(120))
    reference: Mapped[str] = mapped_column(sa.String(80))
    content_type: Mapped[str] = mapped_column(sa.String(32))
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)

    opening: Mapped[Opening] = relationship()
