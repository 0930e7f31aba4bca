"""The hours and days at which somebody is at a school, as its secretary set them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel.db import Model

OPENS, CLOSES = 8 * 60, 17 * 60 + 30
"""Minutes after midnight at a school that has set nothing."""
REPLY_DAYS = 14
"""After so many days a letter has waited long for its reply."""
DAY = 24 * 60


class SchoolHours(Model):
    """A school without a row keeps the defaults.

    ``weekdays`` holds ISO numbers, Monday is 1. ``opens`` and ``closes`` are minutes after midnight at
    the school. ``free`` holds pairs of ISO dates, the last day included.
    """

    __tablename__ = "school_hours"
    __table_args__ = (
        sa.CheckConstraint(f"opens >= 0 AND opens < closes AND closes <= {DAY}", name="in_order"),
        sa.CheckConstraint("weekdays <> ''", name="some_day"),
        sa.CheckConstraint("reply_days BETWEEN 3 AND 90", name="reply_days"),
    )

    school_id: Mapped[int] = mapped_column(
        sa.ForeignKey("unit.id"), primary_key=True, autoincrement=False
    )
    weekdays: Mapped[str] = mapped_column(sa.String(7), default="12345")
    opens: Mapped[int] = mapped_column(default=OPENS)
    closes: Mapped[int] = mapped_column(default=CLOSES)
    free: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    reply_days: Mapped[int] = mapped_column(default=REPLY_DAYS)
