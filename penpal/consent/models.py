"""One consent is one row; withdrawing it fills in when, and nothing is ever deleted."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model, one_of


class Purpose(StrEnum):
    """What is consented to, each for itself: refusing one never blocks another."""

    TAKING_PART = "taking_part"
    PUBLICATION = "publication"
    REAL_NAME = "real_name"
    PHOTOS = "photos"
    VIDEO = "video"
    CAMP = "camp"


class Giver(StrEnum):
    GUARDIAN = "guardian"
    STUDENT = "student"


class How(StrEnum):
    PAPER = "paper"
    ON_SCREEN = "on_screen"


WORDING = "2026-09"
"""The version of the wording that is shown and printed now."""


class Consent(Model):
    """A yes, with its author and date. ``person_id`` is the child whom it concerns."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.Index(
            "uq_consent_running",
            "person_id",
            "purpose",
            "giver",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    purpose: Mapped[Purpose] = mapped_column(one_of(Purpose, "purpose"))
    giver: Mapped[Giver] = mapped_column(one_of(Giver, "giver"))
    how: Mapped[How] = mapped_column(one_of(How, "how"))
    wording: Mapped[str] = mapped_column(sa.String(16), default=WORDING)
    given_on: Mapped[date] = mapped_column(default=clock.today)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
