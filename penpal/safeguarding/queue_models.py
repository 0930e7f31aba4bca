"""Sentences that a teacher writes often."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel.db import Model

PHRASE_MAX = 200
"""Characters."""


class Phrase(Model):
    """One's own, in an order of one's own; the first nine lie on the keys 1 to 9."""

    __tablename__ = "phrase"
    __table_args__ = (
        sa.CheckConstraint("words <> ''", name="says_something"),
        sa.Index("ix_phrase_person", "person_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(sa.String(PHRASE_MAX))
    position: Mapped[int]
