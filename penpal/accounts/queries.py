"""Selects over people."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from penpal.accounts.factor_models import RecoveryCode, SecondFactor, SignInAttempt
from penpal.accounts.models import (
    Activation,
    Enrolment,
    Person,
    PersonKind,
    Role,
    RoleGrant,
    SignIn,
)
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Unit


def visible_to(actor: Actor) -> sa.Select[Person]:
    """Oneself; for school staff also the students enrolled in what they answer for."""
    statement = sa.select(Person)
    if actor.kind == "system":
        return statement
    own = Person.id == actor.person_id
    tops = actor.tops(Role.TEACHER, Role.SCHOOL_SECRETARY)
    if not tops:
        return statement.where(own)
    enrolled = (
        sa.select(Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(Enrolment.until.is_(None), within(Unit.path, tops))
    )
    return statement.where(sa.or_(own, Person.id.in_(enrolled)))


def enrolments_visible_to(actor: Actor) -> sa.Select[Enrolment]:
    return sa.select(Enrolment).where(
        Enrolment.person_id.in_(visible_to(actor).with_only_columns(Person.id))
    )


Personal = (
    type[Activation]
    | type[SignIn]
    | type[SignInAttempt]
    | type[SecondFactor]
    | type[RecoveryCode]
    | type[RoleGrant]
)


def own(model: Personal, actor: Actor) -> sa.Select[object]:
    """Rows that concern nobody but the person they belong to."""
    statement: sa.Select[object] = sa.select(model)
    return (
        statement if actor.kind == "system" else statement.where(model.person_id == actor.person_id)
    )


def within(path: InstrumentedAttribute[str], tops: Sequence[str]) -> sa.ColumnElement[bool]:
    """SQL for: this path lies in one of these subtrees."""
    return sa.or_(sa.false(), *(path.startswith(top, autoescape=True) for top in tops))


def by_login(login_name: str) -> Person | None:
    return session().scalar(
        sa.select(Person).where(Person.login_name == login_name.strip().lower())
    )


def students_of(class_id: int) -> list[Enrolment]:
    """The running enrolments of a class with their people, by number."""
    statement = (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .options(contains_eager(Enrolment.person))
        .where(Enrolment.class_id == class_id, Enrolment.until.is_(None))
        .where(Person.kind == PersonKind.STUDENT)
        .order_by(sa.func.length(Enrolment.student_number), Enrolment.student_number)
    )
    return list(session().scalars(statement))


def last_class(person_id: int) -> Unit | None:
    """Where a student sits or, once they have left, where they sat last."""
    return session().scalar(
        sa.select(Unit)
        .join(Enrolment, Enrolment.class_id == Unit.id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.until.is_not(None), Enrolment.until.desc(), Enrolment.id.desc())
        .limit(1)
    )


def staff_over(path: str, role: Role) -> list[Person]:
    """Who holds a role exactly at, or above, a place; nearest first."""
    today = clock.today()
    above = [int(part) for part in path.split("/") if part]
    statement = (
        sa.select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.role == role,
            RoleGrant.unit_id.in_(above),
            RoleGrant.since <= today,
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
            Person.disabled_at.is_(None),
        )
        .order_by(sa.func.length(Unit.path).desc(), RoleGrant.id)
    )
    return list(session().scalars(statement).unique())


def live_activations(person_ids: list[int]) -> dict[int, Activation]:
    """The unused, unexpired activation of each of these people."""
    statement = (
        sa.select(Activation)
        .where(
            Activation.person_id.in_(person_ids),
            Activation.used_at.is_(None),
            Activation.expires_at > clock.now(),
        )
        .order_by(Activation.id)
    )
    return {activation.person_id: activation for activation in session().scalars(statement)}
