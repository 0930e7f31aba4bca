"""One consent is one row; withdrawing it fills in when, and nothing is ever deleted. A no is a row of its own."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.consent import wording
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
    LINK = "link"
    """A guardian's one-time link."""


class Relation(StrEnum):
    """What a guardian is to the child; no finer than is needed."""

    MOTHER = "mother"
    FATHER = "father"
    GRANDPARENT = "grandparent"
    OTHER = "other"


NAME_MAX = 40


def _version_of_today() -> str:
    return wording.current().name


class Consent(Model):
    """A yes, with its author and date. ``person_id`` is the child whom it concerns.

    ``given_by`` and ``relation`` are what a guardian typed who answered by a link.
    """

    __tablename__ = "consent"
    __table_args__ = (
        sa.CheckConstraint("how <> 'link' OR giver = 'guardian'", name="links_are_of_guardians"),
        sa.CheckConstraint(
            "(how = 'link') = (link_id IS NOT NULL)", name="a_link_is_named_where_it_was_used"
        ),
        sa.CheckConstraint("paper_id IS NULL OR how = 'paper'", name="a_scan_is_of_paper"),
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
    wording: Mapped[str] = mapped_column(sa.String(16), default=_version_of_today)
    given_on: Mapped[date] = mapped_column(default=clock.today)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    given_by: Mapped[str] = mapped_column(sa.String(NAME_MAX), default="", server_default="")
    relation: Mapped[Relation | None] = mapped_column(one_of(Relation, "relation"))
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("guardian_link.id"))
    paper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("signed_paper.id"))


class Refusal(Model):
    """A no, with its author and date, until a yes takes its place. It is never read as anything else."""

    __tablename__ = "consent_refusal"
    __table_args__ = (
        sa.Index(
            "uq_consent_refusal_running",
            "person_id",
            "purpose",
            "giver",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    purpose: Mapped[Purpose] = mapped_column(one_of(Purpose, "refusal_purpose"))
    giver: Mapped[Giver] = mapped_column(one_of(Giver, "refusal_giver"))
    how: Mapped[How] = mapped_column(one_of(How, "refusal_how"))
    wording: Mapped[str] = mapped_column(sa.String(16), default=_version_of_today)
    refused_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    given_by: Mapped[str] = mapped_column(sa.String(NAME_MAX), default="", server_default="")
    relation: Mapped[Relation | None] = mapped_column(one_of(Relation, "refusal_relation"))
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("guardian_link.id"))


class GuardianLink(Model):
    """The right to answer some purposes for one child, once, before a day. The code is derived, never stored.

    One is open for a child at a time. Whoever tries too many student numbers ends it.
    """

    __tablename__ = "guardian_link"
    __table_args__ = (
        sa.CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="used_or_ended"),
        sa.Index(
            "uq_guardian_link_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("used_at IS NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    purposes: Mapped[list[str]] = mapped_column(sa.JSON)
    nonce: Mapped[str] = mapped_column(sa.String(32))
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    wrong_numbers: Mapped[int] = mapped_column(default=0, server_default="0")
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and self.ended_at is None and self.expires_at > now


class SignedPaper(Model):
    """A scan of a paper that was signed, sealed with a key that is not in the database."""

    __tablename__ = "signed_paper"
    __table_args__ = (sa.Index("ix_signed_paper_person", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    content_type: Mapped[str] = mapped_column(sa.String(32))
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)
    kept_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class FormLanguage(Model):
    """The second language of a school's forms and of its guardians' pages."""

    __tablename__ = "form_language"

    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(16))
    chosen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    chosen_at: Mapped[datetime] = mapped_column(default=clock.now)
