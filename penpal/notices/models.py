"""Notices, what each person chose to hear of, where staff get mail, and the mails that were sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model, one_of
from penpal.notices.kinds import Topic


class Notice(Model):
    """That something happened, for one person; the next time about the same thing renews the row.

    ``params`` holds names and numbers, for the words are made when somebody reads them, in their
    language.
    """

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "kind", "about_kind", "about_id"),
        sa.CheckConstraint("seen_at IS NULL OR seen_at >= at", name="seen_after_it_came"),
        sa.Index("ix_notice_newest", "person_id", "at", "id"),
        sa.Index(
            "ix_notice_unseen",
            "person_id",
            sqlite_where=sa.text("seen_at IS NULL"),
            postgresql_where=sa.text("seen_at IS NULL"),
        ),
        sa.Index("ix_notice_about", "about_kind", "about_id"),
        sa.Index("ix_notice_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(32))
    about_kind: Mapped[str] = mapped_column(sa.String(32))
    about_id: Mapped[int]
    params: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]


class NoticeSilence(Model):
    """A topic of which a person wants to hear nothing while a page is open. It is on the page all the same."""

    __tablename__ = "notice_silence"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(one_of(Topic, "notice_topic"), primary_key=True)


class Rhythm(StrEnum):
    """How often somebody of staff gets a mail."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class MailAddress(Model):
    """Where somebody of staff gets mail. Nothing is sent there before its owner has confirmed it."""

    __tablename__ = "notice_mail"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    rhythm: Mapped[Rhythm] = mapped_column(one_of(Rhythm, "mail_rhythm"))
    language: Mapped[str] = mapped_column(sa.String(16))
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]


class Mail(Model):
    """One mail that is to be sent once: a digest of a period, or the question whether an address is right.

    It waits while it is neither sent nor given up; one that turned out to have nothing to tell counts
    as sent. Whoever sends it holds it until ``held_until``, so that two workers do not send it both,
    and a crash lets it go again.
    """

    __tablename__ = "notice_sent_mail"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "name"),
        sa.CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name="one_end"),
        sa.CheckConstraint("attempts >= 0", name="attempts_are_counted"),
        sa.Index(
            "ix_notice_sent_mail_waiting",
            "due_at",
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(sa.String(64))
    """``daily 2026-11-23`` and the like, or ``confirm`` with when it was asked."""
    address: Mapped[str] = mapped_column(sa.String(254))
    since: Mapped[datetime | None]
    """From when on a digest tells; the question about an address has none."""
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(sa.String(80), default="")
    """What stood in the way last, in the server's words without any address."""
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
