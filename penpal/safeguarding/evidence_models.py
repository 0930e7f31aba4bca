"""What stood in a thing at the moment at which a child pointed at it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model


class Evidence(Model):
    """A frozen copy: the table refuses changes, and goes only with the term of its case.

    It names the thing by kind and number and holds no foreign key to it: it outlives it. ``canonical``
    is the form that ``canonical.text_of`` writes, ``digest`` its SHA-256.
    """

    __tablename__ = "evidence"
    __table_args__ = (sa.Index("ix_evidence_item", "kind", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id"), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    item_id: Mapped[int]
    is_sealed: Mapped[bool]
    canonical: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    frozen_at: Mapped[datetime] = mapped_column(default=clock.now)
