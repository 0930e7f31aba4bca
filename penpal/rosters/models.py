"""A roster between its dry run and its confirmation: cleaned rows, never the file itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.kernel import clock
from penpal.kernel.db import Model
from penpal.places.models import Unit

FILE_NAME_MAX = 120


class RosterUpload(Model):
    """What someone uploaded for a school. Gone when cancelled, and in any case after a day.

    Once applied only the refused rows stay, so that they can be fetched and mended, with the
    figures of what was done.
    """

    __tablename__ = "roster_upload"
    __table_args__ = (
        sa.CheckConstraint("(applied_at IS NULL) = (figures IS NULL)", name="applied_with_figures"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    file_name: Mapped[str] = mapped_column(sa.String(FILE_NAME_MAX))
    sheet: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    applied_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    school: Mapped[Unit] = relationship()
