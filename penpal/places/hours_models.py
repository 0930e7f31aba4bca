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
    the school, as all times here. ``free`` holds pairs of ISO dates, the last day included, and so does
    ``terms``. Quiet hours that are not set are those of the settings. ``chat`` holds lists of a kind of
    day (``rest.Day``), a beginning and an end.
    """

    __tablename__ = "school_hours"
    __table_args__ = (
        sa.CheckConstraint(f"opens >= 0 AND opens < closes AND closes <= {DAY}", name="in_order"),
        sa.CheckConstraint("weekdays <> ''", name="some_day"),
        sa.CheckConstraint("reply_days BETWEEN 3 AND 90", name="reply_days"),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL) AND (quiet_from IS NULL OR "
            f"(quiet_from >= 0 AND quiet_from < {DAY} AND quiet_until >= 0 AND quiet_until < {DAY}))",
            name="quiet_hours",
        ),
    )

    school_id: Mapped[int] = mapped_column(
        sa.ForeignKey("unit.id"), primary_key=True, autoincrement=False
    )
    weekdays: Mapped[str] = mapped_column(sa.String(7), default="12345")
    opens: Mapped[int] = mapped_column(default=OPENS)
    closes: Mapped[int] = mapped_column(default=CLOSES)
    free: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    reply_days: Mapped[int] = mapped_column(default=REPLY_DAYS)
    terms: Mapped[list[list[str]]] = mapped_column(
        sa.JSON, default=list, server_default=sa.text("'[]'")
    )
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    chat_on: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    chat: Mapped[list[list[str | int]]] = mapped_column(
        sa.JSON, default=list, server_default=sa.text("'[]'")
    )
