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
    is the form that ``canonical.text_of`` writes, ``digest`` its SHA-256. ``author_id`` stands there
    as well; what was frozen before there were photos lacks it here.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        sa.Index("ix_evidence_item", "kind", "item_id"),
        sa.Index("ix_evidence_author", "author_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id"), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    item_id: Mapped[int]
    author_id: Mapped[int | None]
    is_sealed: Mapped[bool]
    canonical: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    frozen_at: Mapped[datetime] = mapped_column(default=clock.now)


class EvidencePhoto(Model):
    """Files of a photo that evidence tells of: as long as this row stands they are not swept away.

    What they looked like is told, with their digests, in the canonical form.
    """

    __tablename__ = "evidence_photo"
    __table_args__ = (sa.Index("ix_evidence_photo_name", "name"),)

    evidence_id: Mapped[int] = mapped_column(
        sa.ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(sa.ForeignKey("photo_file.name"), primary_key=True)
