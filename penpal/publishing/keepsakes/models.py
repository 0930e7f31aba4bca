"""The letter book of a pair: what was asked for, how far it is, the file once it is there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model, one_of


class BookState(StrEnum):
    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LetterBook(Model):
    """One order of one of the two; the file is theirs alone and is swept away after some days."""

    __tablename__ = "letter_book"
    __table_args__ = (sa.Index("ix_letter_book_asker", "asked_by_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("pair.id"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    choices: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    progress: Mapped[BookState] = mapped_column(
        one_of(BookState, "letter_book_state"), default=BookState.WAITING
    )
    done_parts: Mapped[int] = mapped_column(default=0)
    all_parts: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    file_name: Mapped[str] = mapped_column(sa.String(64), default="")
    """Given when a worker begins: whoever was overtaken writes under a name that is no longer asked for."""
    tries: Mapped[int] = mapped_column(default=0)

    @property
    def percent(self) -> int:
        """How much of it is ready."""
        return round(100 * self.done_parts / self.all_parts) if self.all_parts else 0
