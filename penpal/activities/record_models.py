"""Each one's own record of what two did together."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.activities.models import Activity
from penpal.activities.states import RECORD_MOVES, RecordState, Seal, ShownTo
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of

TEXT_MAX, GAVE_MAX = 5000, 500
"""Characters: an essay on one theme is written here as well."""


class ActivityRecord(Model):
    """What one of the two did, and what it gave them.

    ``shared_at`` is the one fact that lets the partner read it: set by its author earlier, or for
    both at the moment in which the second of them is done. ``wish`` is whom its author would show
    what the two did; it counts when both wish the same. ``revision`` counts the saves of a draft.
    """

    __tablename__ = "activity_record"
    __table_args__ = (
        sa.UniqueConstraint("activity_id", "author_id"),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_at"),
        sa.CheckConstraint("shared_at IS NULL OR state = 'done'", name="shared_when_done"),
        sa.CheckConstraint("wish IS NULL OR shared_at IS NOT NULL", name="wish_when_shared"),
        sa.CheckConstraint(
            f"length(text) <= {TEXT_MAX} AND length(gave) <= {GAVE_MAX}", name="length"
        ),
        sa.Index("ix_activity_record_author", "author_id"),
    )
    moves = RECORD_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    text_html: Mapped[str] = mapped_column(sa.Text, default="")
    gave: Mapped[str] = mapped_column(sa.Text, default="")
    gave_html: Mapped[str] = mapped_column(sa.Text, default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    done_on: Mapped[date | None]
    seal: Mapped[Seal] = mapped_column(one_of(Seal, "activity_record_seal"), default=Seal.SEALED)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[RecordState] = mapped_column(
        one_of(RecordState, "activity_record_state"), default=RecordState.DRAFT
    )
    done_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    wish: Mapped[ShownTo | None] = mapped_column(one_of(ShownTo, "activity_record_wish"))

    activity: Mapped[Activity] = relationship()
    author: Mapped[Person] = relationship()

    @property
    def is_draft(self) -> bool:
        return self.state is RecordState.DRAFT

    @property
    def is_shared(self) -> bool:
        """The one question of whether the partner may read it."""
        return self.shared_at is not None

    @property
    def is_sealed(self) -> bool:
        return self.seal is Seal.SEALED


machine.guard(ActivityRecord)
