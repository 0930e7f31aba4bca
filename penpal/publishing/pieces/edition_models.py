"""The one row that says which edition of the public pages counts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model


class SpecialEdition(Model):
    """One row: its number grows with every change to what is public, in the same transaction.

    What was remembered under an older number is shown no more.
    """

    __tablename__ = "special_edition"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    takes_words: Mapped[bool] = mapped_column(default=False)
    """Whether readers may send an author a word by way of the editors."""
