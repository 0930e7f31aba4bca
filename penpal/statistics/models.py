"""What was counted in each school, and when."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model


class SchoolCount(Model):
    """The children of a school in figures, as they were when they were counted.

    To count a province while its secretary waits takes seconds; its levels add these rows up.
    They are exact: whoever shows them above the school hides the small ones (``desk/overview``).
    """

    __tablename__ = "school_count"
    __table_args__ = (
        sa.CheckConstraint("taking_part BETWEEN 0 AND students", name="taking_part"),
        sa.CheckConstraint("paired BETWEEN 0 AND students", name="paired"),
    )

    school_id: Mapped[int] = mapped_column(
        sa.ForeignKey("unit.id"), primary_key=True, autoincrement=False
    )
    students: Mapped[int]
    taking_part: Mapped[int]
    paired: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(default=clock.now)
