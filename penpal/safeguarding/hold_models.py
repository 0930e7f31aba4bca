"""What waits because its author asked a teacher to release it; nothing is held back in any other way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit
from penpal.safeguarding.hold_states import HOLD_MOVES, HoldState
from penpal.safeguarding.models import Addressee

_ASKED = sa.text("state = 'asked'")

HOLD_WORDS_MAX = 500
"""Characters of what the author says with the request, and of what the teacher answers."""


class Hold(Model):
    """An author's request that a teacher release one thing, with a copy of what stood in it then.

    ``findings`` are what the guard found in the copy: kind, start, end. ``with_whom`` decides: the
    class teacher, or the school's secretary once it was handed on, also by the machine because it
    was late, or where a class has no teacher.
    At most one request for a thing waits, by index.
    """

    __tablename__ = "hold"
    __table_args__ = (
        sa.CheckConstraint(
            "(state IN ('released', 'returned')) = (decided_by_id IS NOT NULL)", name="decided_by"
        ),
        sa.CheckConstraint("(state = 'asked') = (settled_at IS NULL)", name="settled_when"),
        sa.CheckConstraint("with_whom <> 'above'", name="stays_in_school"),
        sa.Index(
            "uq_hold_running",
            "kind",
            "item_id",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
        sa.Index("ix_hold_waiting", "class_id", sqlite_where=_ASKED, postgresql_where=_ASKED),
        sa.Index("ix_hold_item", "kind", "item_id"),
        sa.Index("ix_hold_author", "author_id"),
    )
    moves = HOLD_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    item_id: Mapped[int]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    class_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    text_html: Mapped[str] = mapped_column(sa.Text)
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    findings: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    words_html: Mapped[str] = mapped_column(sa.Text, default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    with_whom: Mapped[Addressee] = mapped_column(one_of(Addressee, "hold_with_whom"))
    state: Mapped[HoldState] = mapped_column(
        one_of(HoldState, "hold_state"), default=HoldState.ASKED
    )
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answer_html: Mapped[str] = mapped_column(sa.Text, default="")

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    class_: Mapped[Unit] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


machine.guard(Hold)
