"""Twinnings of units and pairs of students. The database refuses what the rules forbid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, machine
from penpal.kernel.db import Model, one_of
from penpal.places.models import Level, Unit
from penpal.programmes.models import Programme, Round
from penpal.twinning.states import (
    PAIR_MOVES,
    TWINNING_MOVES,
    PairState,
    ProposedFrom,
    TwinningState,
)

_RUNNING = sa.text("state <> 'ended'")
_ONE_TO_ONE = sa.text("state <> 'ended' AND supporting_level IN ('school', 'class')")
_ACTIVE = sa.text("state = 'active'")


class Twinning(Model):
    """Two units of one level tied in one programme, under the twinning of their parents.

    - Same level on both sides; in ``campus`` a faculty goes with a school.
    - Counties stand under the counterpart table, everything below under a twinning.
    - Classes are of one grade: both composite keys carry the same ``grade``.
    - A supported unit has one counterpart; a supporting school or class serves one.
      A supporting county may serve several supported ones: the notice gives each supported county
      exactly one, not the reverse.
    """

    __tablename__ = "twinning"
    __table_args__ = (
        sa.ForeignKeyConstraint(["supported_id", "supported_level"], ["unit.id", "unit.level"]),
        sa.ForeignKeyConstraint(["supporting_id", "supporting_level"], ["unit.id", "unit.level"]),
        sa.ForeignKeyConstraint(
            ["supported_id", "grade"], ["unit.id", "unit.grade"], name="fk_twinning_supported_grade"
        ),
        sa.ForeignKeyConstraint(
            ["supporting_id", "grade"],
            ["unit.id", "unit.grade"],
            name="fk_twinning_supporting_grade",
        ),
        sa.CheckConstraint(
            "(supported_level = supporting_level AND supported_level IN ('county', 'school', 'class')) "
            "OR (supporting_level = 'faculty' AND supported_level = 'school')",
            name="levels_meet",
        ),
        sa.CheckConstraint(
            "(supported_level = 'class') = (grade IS NOT NULL)", name="classes_have_a_grade"
        ),
        sa.CheckConstraint(
            "parent_id IS NOT NULL OR supported_level = 'county' OR supporting_level = 'faculty'",
            name="under_the_level_above",
        ),
        sa.CheckConstraint("supported_id <> supporting_id", name="two_units"),
        sa.Index(
            "uq_twinning_supported",
            "programme_id",
            "supported_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        sa.Index(
            "uq_twinning_supporting",
            "programme_id",
            "supporting_id",
            unique=True,
            sqlite_where=_ONE_TO_ONE,
            postgresql_where=_ONE_TO_ONE,
        ),
        sa.Index("ix_twinning_supporting", "supporting_id"),
        sa.Index("ix_twinning_supported", "supported_id"),
    )
    moves = TWINNING_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("twinning.id"), index=True)
    supported_id: Mapped[int]
    supported_level: Mapped[Level] = mapped_column(one_of(Level, "supported_level"))
    supporting_id: Mapped[int]
    supporting_level: Mapped[Level] = mapped_column(one_of(Level, "supporting_level"))
    grade: Mapped[int | None]
    elsewhere_reason: Mapped[str] = mapped_column(sa.Text, default="")
    """Why a school lies outside the twinned county (notice, level 2)."""
    state: Mapped[TwinningState] = mapped_column(
        one_of(TwinningState, "twinning_state"), default=TwinningState.PROPOSED
    )
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    proposed_from: Mapped[ProposedFrom] = mapped_column(one_of(ProposedFrom, "proposed_from"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)

    programme: Mapped[Programme] = relationship()
    round: Mapped[Round] = relationship()
    parent: Mapped[Twinning | None] = relationship(remote_side=[id])
    proposed_by: Mapped[Person | None] = relationship()
    supported: Mapped[Unit] = relationship(
        primaryjoin="foreign(Twinning.supported_id) == Unit.id", viewonly=True
    )
    supporting: Mapped[Unit] = relationship(
        primaryjoin="foreign(Twinning.supporting_id) == Unit.id", viewonly=True
    )


class Two:
    """What one can ask of two students who belong together, whether loaded as a record or as columns."""

    id: Any
    supported_student_id: Any
    supporting_student_id: Any

    def has(self, person_id: int | None) -> bool:
        return person_id in (self.supported_student_id, self.supporting_student_id)

    def partner_id_of(self, person_id: int | None) -> int:
        """The id of the other one. Raises LookupError for anyone outside the pair."""
        if person_id == self.supported_student_id:
            return int(self.supporting_student_id)
        if person_id == self.supporting_student_id:
            return int(self.supported_student_id)
        raise LookupError("not a member of this pair")


class Pair(Two, Model):
    """Two students, one to one.

    ``twinning`` is that of their classes; for a student without a counterpart there it is that
    of the schools, and ``across_classes`` marks it so.
    """

    __tablename__ = "pair"
    __table_args__ = (
        sa.CheckConstraint("supported_student_id <> supporting_student_id", name="two_students"),
        sa.Index(
            "uq_pair_supported",
            "programme_id",
            "supported_student_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        sa.Index(
            "uq_pair_supporting",
            "programme_id",
            "supporting_student_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        sa.Index("ix_pair_supported_student", "supported_student_id"),
        sa.Index("ix_pair_supporting_student", "supporting_student_id"),
        sa.Index("ix_pair_twinning", "twinning_id"),
    )
    moves = PAIR_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    twinning_id: Mapped[int] = mapped_column(sa.ForeignKey("twinning.id"))
    supported_student_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    supporting_student_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    across_classes: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PairState] = mapped_column(
        one_of(PairState, "pair_state"), default=PairState.ACTIVE
    )
    since: Mapped[date] = mapped_column(default=clock.today)
    closed_on: Mapped[date | None]

    programme: Mapped[Programme] = relationship()
    twinning: Mapped[Twinning] = relationship()
    supported_student: Mapped[Person] = relationship(foreign_keys=[supported_student_id])
    supporting_student: Mapped[Person] = relationship(foreign_keys=[supporting_student_id])


machine.guard(Twinning)
machine.guard(Pair)
