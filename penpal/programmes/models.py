"""Programmes, their counterpart tables, rounds, due dates and reported counts."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit


class ProgrammeKey(StrEnum):
    PEN_PALS = "pen_pals"
    """各民族中学生结对子."""
    CAMPUS = "campus"
    """高校对口中学."""


class StepKey(StrEnum):
    """The calendar of a round, in the order of the notice."""

    COUNT = "count"
    TWIN = "twin"
    CONFIRM = "confirm"
    PAIR = "pair"


class Programme(Model):
    """A run of twinning with its own rules, dates and counterpart table."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[ProgrammeKey] = mapped_column(one_of(ProgrammeKey, "programme_key"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))

    rounds: Mapped[list[Round]] = relationship(back_populates="programme")


class CounterpartRegion(Model):
    """A supporting region goes with a supported one, and with everything below the two.

    A unit's side follows from this table and the tree; it is not kept a second time.
    """

    __tablename__ = "counterpart_region"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "supported_id"),
        sa.CheckConstraint("supporting_id <> supported_id", name="two_regions"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    supporting_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    supported_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    as_printed: Mapped[str] = mapped_column(sa.String(80), default="")

    supporting: Mapped[Unit] = relationship(foreign_keys=[supporting_id])
    supported: Mapped[Unit] = relationship(foreign_keys=[supported_id])


class Round(Model):
    """One school year of a programme; ``school_year`` is the year in which it begins."""

    __tablename__ = "round"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "school_year"),
        sa.CheckConstraint("ends > begins", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    school_year: Mapped[int]
    begins: Mapped[date]
    ends: Mapped[date]

    programme: Mapped[Programme] = relationship(back_populates="rounds")
    steps: Mapped[list[RoundStep]] = relationship(back_populates="round", order_by="RoundStep.due")


class RoundStep(Model):
    """By when a step of the round is due."""

    __tablename__ = "round_step"
    __table_args__ = (sa.UniqueConstraint("round_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    key: Mapped[StepKey] = mapped_column(one_of(StepKey, "round_step_key"))
    due: Mapped[date]

    round: Mapped[Round] = relationship(back_populates="steps")


class UnitCount(Model):
    """What a school counted and reported for a round: what its twinning is judged by."""

    __tablename__ = "unit_count"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "unit_id"),
        sa.CheckConstraint("classes >= 0 AND students >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    classes: Mapped[int]
    students: Mapped[int]
