"""A pause that one of two asked for, and what the teachers of both are told of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock
from penpal.kernel.db import Model
from penpal.places.models import Unit
from penpal.twinning.models import Pair

_RUNNING = sa.text("lifted_at IS NULL")


class Block(Model):
    """While one runs, nothing goes between the two. Each of them can have asked for one of their own."""

    __tablename__ = "block"
    __table_args__ = (
        sa.CheckConstraint("lifted_at IS NULL OR lifted_at >= since", name="in_order"),
        sa.Index(
            "uq_block_running",
            "pair_id",
            "asked_by_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("pair.id"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    lifted_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship()
    asked_by: Mapped[Person] = relationship()


class BlockNote(Model):
    """What the staff of one of the two classes are told, until somebody says that they know.

    ``student_id`` is their own student. ``tells_who`` only where that student asked.
    """

    __tablename__ = "block_note"
    __table_args__ = (
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name="seen_by"),
        sa.UniqueConstraint("block_id", "student_id"),
        sa.Index(
            "ix_block_note_waiting",
            "class_id",
            sqlite_where=sa.text("seen_at IS NULL"),
            postgresql_where=sa.text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(sa.ForeignKey("block.id"))
    class_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    tells_who: Mapped[bool]
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    block: Mapped[Block] = relationship()
    class_: Mapped[Unit] = relationship()
    student: Mapped[Person] = relationship(foreign_keys=[student_id])
