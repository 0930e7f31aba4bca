"""What the public pages keep: a reader's word to an author."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.publishing.pieces.models import Submission
from penpal.publishing.special.states import MOVES, WordState

WORD_MAX = 500


class ReaderWord(Model):
    """A reader's word to an author: nobody's name, read by editors first."""

    __tablename__ = "reader_word"
    __table_args__ = (
        sa.Index("ix_reader_word_state", "state", "id"),
        sa.Index("ix_reader_word_submission", "submission_id"),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    body: Mapped[str] = mapped_column(sa.String(WORD_MAX))
    body_html: Mapped[str] = mapped_column(sa.Text)
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    state: Mapped[WordState] = mapped_column(
        one_of(WordState, "reader_word_state"), default=WordState.WAITING
    )
    came_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship()


machine.guard(ReaderWord)
