"""What was typed in one go and waits for a teacher: a note or a line has no draft in which it could wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock
from penpal.kernel.db import Model
from penpal.twinning.models import Pair


class HeldText(Model):
    """The fields of a form as its author filled it in, until they go where they were meant for.

    It lies in no list of the room it is for, so no page, count or file of that room can show it.
    ``kind`` is what it will be, ``about_id`` the thing of that room that it belongs to; ``key`` is the
    one that the page made. It is gone once it was released, mended or thrown away.
    """

    __tablename__ = "held_text"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "kind", "key"),
        sa.Index("ix_held_text_about", "kind", "about_id", "author_id"),
        # Requests name it by number and outlive it: no later one may have its number.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    about_id: Mapped[int]
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("pair.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.Text)
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    fields: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)

    pair: Mapped[Pair] = relationship()
    author: Mapped[Person] = relationship()
