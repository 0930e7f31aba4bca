"""A person, where they are enrolled, what they hold, and the doors they came in by."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.kernel import clock
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit


class PersonKind(StrEnum):
    STUDENT = "student"
    STAFF = "staff"


class Role(StrEnum):
    """Offices that hold over a unit and everything below it."""

    TEACHER = "teacher"
    SCHOOL_SECRETARY = "school_secretary"
    COUNTY_SECRETARY = "county_secretary"
    PROVINCE_SECRETARY = "province_secretary"
    CORPS_SECRETARY = "corps_secretary"
    CENTRE_SECRETARY = "centre_secretary"
    EDITOR = "editor"
    OPERATOR = "operator"


def name_for_partners(display_name: str) -> str:
    """What students and staff of another school see: never the roster's name."""
    return display_name or str(_l("新同学"))


class Person(Model):
    """A student or a member of staff.

    ``name`` is the roster's and for the school's eyes; ``display_name`` is the person's own
    choice and what partners see. Birth year and month are kept for consent alone.
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint(
            "birth_month IS NULL OR birth_month BETWEEN 1 AND 12", name="birth_month"
        ),
        sa.CheckConstraint("(birth_year IS NULL) = (birth_month IS NULL)", name="birth_is_whole"),
        sa.CheckConstraint(
            "(password_hash IS NULL) = (activated_at IS NULL)", name="activated_with_a_password"
        ),
        sa.CheckConstraint("kind = 'student' OR birth_year IS NULL", name="birth_is_of_students"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PersonKind] = mapped_column(one_of(PersonKind, "person_kind"))
    login_name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    display_name: Mapped[str] = mapped_column(sa.String(24), default="")
    birth_year: Mapped[int | None] = mapped_column(sa.SmallInteger)
    birth_month: Mapped[int | None] = mapped_column(sa.SmallInteger)
    password_hash: Mapped[str | None] = mapped_column(sa.String(160))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    activated_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)

    enrolments: Mapped[list[Enrolment]] = relationship(back_populates="person")
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id"
    )

    @property
    def shown_name(self) -> str:
        """The display name once chosen; until then the roster's. For the own school's eyes."""
        return self.display_name or self.name

    @property
    def name_for_partners(self) -> str:
        return name_for_partners(self.display_name)

    def age_on(self, day: date) -> int | None:
        """Whole years, counted from the end of the birth month so as never to say too many."""
        if self.birth_year is None or self.birth_month is None:
            return None
        return day.year - self.birth_year - (day.month <= self.birth_month)


class Enrolment(Model):
    """A student's place in one class, from a day until another. Moving ends one and begins the next.

    The person's one running enrolment, and the number's one holder in a school, are unique by index.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR until >= since", name="in_order"),
        sa.Index(
            "uq_enrolment_running_person",
            "person_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
        sa.Index(
            "uq_enrolment_running_number",
            "school_id",
            "student_number",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
        sa.Index("ix_enrolment_class", "class_id", "until"),
        # Where somebody was before: the unique one above holds running places alone.
        sa.Index("ix_enrolment_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    class_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    student_number: Mapped[str] = mapped_column(sa.String(32))
    since: Mapped[date] = mapped_column(default=clock.today)
    until: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="enrolments")
    class_: Mapped[Unit] = relationship(foreign_keys=[class_id])
    school: Mapped[Unit] = relationship(foreign_keys=[school_id])


class RoleGrant(Model):
    """An office held over a subtree, from a day until another, given by someone.

    ``until`` is the last day on which it holds. What is ended holds no longer at once: its last
    day is then the one before, be it the eve of its first. ``deputy_for`` is the office that this
    one stands in for while its holder is away.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.CheckConstraint(
            "until IS NULL OR until >= since OR ended_at IS NOT NULL", name="in_order"
        ),
        sa.CheckConstraint("ended_at IS NULL OR until IS NOT NULL", name="ended_on_a_day"),
        sa.CheckConstraint("deputy_for_id IS NULL OR until IS NOT NULL", name="deputy_for_a_time"),
        sa.Index(
            "uq_role_grant_running",
            "person_id",
            "role",
            "unit_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
        sa.Index("ix_role_grant_unit", "unit_id", "role"),
        # Grants that end some day are outside the partial index, and each request asks for them.
        sa.Index("ix_role_grant_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    since: Mapped[date] = mapped_column(default=clock.today)
    until: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    deputy_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("role_grant.id"), index=True)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    end_reason: Mapped[str] = mapped_column(sa.Text, default="")
    guide_put_away_at: Mapped[datetime | None]
    """When its holder put the list of first steps away."""

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])
    unit: Mapped[Unit] = relationship()
    granted_by: Mapped[Person | None] = relationship(foreign_keys=[granted_by_id])
    deputy_for: Mapped[RoleGrant | None] = relationship(remote_side=[id])

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until >= day)


class Activation(Model):
    """The right to set a first password, once, before a day. The code is derived, never stored.

    ``code_hash`` finds the row from what was typed; ``nonce`` and the signing key make the code
    again for a slip (see ``codes``).
    """

    __tablename__ = "activation"
    __table_args__ = (sa.Index("ix_activation_person", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    nonce: Mapped[str] = mapped_column(sa.String(32))
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class SignIn(Model):
    """One session on one device. Only a hash of its token is kept; ending it is a row, not a wish.

    ``browser`` and ``system`` are families ("edge", "windows"), '' where nobody was told.
    ``last_seen_at`` is coarse (see ``presence``); a session with ``idle_minutes`` is over when
    nothing was seen of it for so long. ``confirmed_at`` is when its holder last proved who they are.
    ``told_at`` is when they said that they know of a sign-in on a new device.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        sa.CheckConstraint("idle_minutes > 0", name="idle_minutes"),
        sa.Index("ix_sign_in_person", "person_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    shared_device: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(sa.String(16), default="")
    system: Mapped[str] = mapped_column(sa.String(16), default="")
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    idle_minutes: Mapped[int | None]
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    new_device: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
