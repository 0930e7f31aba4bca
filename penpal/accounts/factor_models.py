"""The second factor of staff, the codes that stand in for it, and attempts that were refused."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model, one_of

STEP_SECONDS = 30
"""How long a code of the app is shown (RFC 6238)."""


class SecondFactor(Model):
    """The app that makes somebody's codes (RFC 6238).

    ``secret`` is sealed with a key made out of the signing key: the table alone makes no code.
    ``last_step`` is the last half minute whose code was used; it and what came before it are spent.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(sa.LargeBinary)
    last_step: Mapped[int] = mapped_column(sa.BigInteger)
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)


class RecoveryCode(Model):
    """One of ten codes for the day when the phone is gone, good once. Only a keyed hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.Index("uq_recovery_code", "person_id", "code_hash", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None]


class Refusal(StrEnum):
    """Why somebody was not let in."""

    UNKNOWN = "unknown"
    """Nobody has that login name."""
    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    DISABLED = "disabled"
    CONFIRMATION = "confirmation"
    """Signed in already, and asked once more before something that cannot be taken back."""


class SignInAttempt(Model):
    """A sign-in that was refused: whose, when and why. What was typed is kept nowhere."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.CheckConstraint("(person_id IS NULL) = (why = 'unknown')", name="unknown_is_nobody"),
        sa.Index("ix_sign_in_attempt_person", "person_id", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    why: Mapped[Refusal] = mapped_column(one_of(Refusal, "refusal"))
    told_at: Mapped[datetime | None]
