"""The trail: who did what to which thing, when and why. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import Model, identity_of, session


class TrailEntry(Model):
    """One act. It names people and things by number and holds no foreign key: it outlives them all."""

    __tablename__ = "trail"
    __table_args__ = (sa.Index("ix_trail_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_kind: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[int | None]
    subject_kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    move: Mapped[str] = mapped_column(sa.String(32))
    from_state: Mapped[str] = mapped_column(sa.String(32), default="")
    to_state: Mapped[str] = mapped_column(sa.String(32), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")


def kind_of(record: Model | type[Model]) -> str:
    """The name under which the trail knows a model: that of its table."""
    return str(record.__tablename__)


def write(
    record: Model,
    move: str,
    *,
    by: Actor,
    reason: str = "",
    from_state: str = "",
    to_state: str = "",
) -> None:
    """Record an act on a stored thing, in the transaction of the act itself."""
    session().add(
        TrailEntry(
            actor_kind=by.kind,
            actor_id=by.person_id,
            subject_kind=kind_of(record),
            subject_id=identity_of(record),
            move=move,
            from_state=from_state,
            to_state=to_state,
            reason=reason,
        )
    )


def of(record: Model) -> list[TrailEntry]:
    """What happened to a thing, oldest first."""
    statement = (
        sa.select(TrailEntry)
        .where(
            TrailEntry.subject_kind == kind_of(record),
            TrailEntry.subject_id == identity_of(record),
        )
        .order_by(TrailEntry.id)
    )
    return list(session().scalars(statement))
