"""Selects over offices: who holds what, below whom, and which of them one may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from penpal.accounts.models import Person, PersonKind, Role, RoleGrant
from penpal.accounts.offices import APPOINTS, HELD_AT
from penpal.accounts.predicates import SECRETARIES
from penpal.accounts.queries import within
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Kind, Level, Unit


def visible_to(actor: Actor) -> sa.Select[RoleGrant]:
    """One's own, those of one's deputies, and for a secretary those of the levels below."""
    statement = sa.select(RoleGrant)
    if actor.kind == "system":
        return statement
    own = sa.select(RoleGrant.id).where(RoleGrant.person_id == actor.person_id)
    seen = [RoleGrant.person_id == actor.person_id, RoleGrant.deputy_for_id.in_(own)]
    for role in SECRETARIES:
        tops, below = actor.tops(role), _below(Role(role))
        if tops:
            units = sa.select(Unit.id).where(within(Unit.path, tops))
            seen.append(sa.and_(RoleGrant.role.in_(below), RoleGrant.unit_id.in_(units)))
    return statement.where(sa.or_(*seen))


def _below(role: Role) -> set[Role]:
    found: set[Role] = set()
    for lower in APPOINTS.get(role, ()):
        found |= {lower} | _below(lower)
    return found


def running() -> sa.ColumnElement[bool]:
    """SQL for: this office is held today."""
    today = clock.today()
    return sa.and_(
        RoleGrant.since <= today, sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= today)
    )


def of_person(person_id: int) -> list[RoleGrant]:
    """What someone holds today and will hold, with the place and who gave it; the oldest first."""
    statement = (
        sa.select(RoleGrant)
        .options(
            joinedload(RoleGrant.unit).joinedload(Unit.parent),
            joinedload(RoleGrant.granted_by),
            joinedload(RoleGrant.deputy_for).joinedload(RoleGrant.person),
        )
        .where(
            RoleGrant.person_id == person_id,
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= clock.today()),
        )
        .order_by(RoleGrant.id)
    )
    return list(session().scalars(statement))


def deputies_of(grant_ids: Iterable[int]) -> dict[int, RoleGrant]:
    """Who stands in for each of these offices today or from a later day, with their person."""
    statement = (
        sa.select(RoleGrant)
        .options(joinedload(RoleGrant.person), joinedload(RoleGrant.unit))
        .where(RoleGrant.deputy_for_id.in_(list(grant_ids)), RoleGrant.until >= clock.today())
        .order_by(RoleGrant.id)
    )
    return {held.deputy_for_id: held for held in session().scalars(statement) if held.deputy_for_id}


def at(unit: Unit) -> list[RoleGrant]:
    """The secretaries of a place itself, deputies too."""
    return _held(RoleGrant.unit_id == unit.id, roles=[Role(role) for role in SECRETARIES])


def given_at(unit: Unit, *, limit: int = 200) -> list[RoleGrant]:
    """The offices that the secretary of a place gives, held today or later, by place."""
    return _held(
        Unit.path.startswith(unit.path, autoescape=True),
        roles=given_by(unit.kind),
        limit=limit,
    )


def read_anew(grant_ids: Iterable[int]) -> dict[int, RoleGrant]:
    """These offices, to be judged and shown as they are inside the transaction that asks."""
    statement = _with_holders().where(RoleGrant.id.in_(list(grant_ids)))
    return {held.id: held for held in session().scalars(statement)}


def _held(
    *which: sa.ColumnElement[bool], roles: Sequence[Role], limit: int = 200
) -> list[RoleGrant]:
    statement = (
        _with_holders()
        .where(
            RoleGrant.role.in_(list(roles)),
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= clock.today()),
            *which,
        )
        .order_by(Unit.level, Unit.grade, sa.func.length(Unit.name), Unit.name, RoleGrant.id)
        .limit(limit)
    )
    return list(session().scalars(statement))


def _with_holders() -> sa.Select[RoleGrant]:
    """Offices with their places and holders, and all that those hold."""
    return (
        sa.select(RoleGrant)
        .join(RoleGrant.unit)
        .join(RoleGrant.person)
        .options(
            contains_eager(RoleGrant.unit),
            contains_eager(RoleGrant.person).selectinload(Person.grants).joinedload(RoleGrant.unit),
            contains_eager(RoleGrant.person)
            .selectinload(Person.grants)
            .joinedload(RoleGrant.deputy_for),
            joinedload(RoleGrant.deputy_for).joinedload(RoleGrant.person),
        )
    )


def given_by(kind: Kind) -> list[Role]:
    """The offices that the secretary of such a place gives."""
    return [given for role, below in APPOINTS.items() if kind in HELD_AT[role] for given in below]


def vacant_below(unit: Unit, *, limit: int = 100) -> list[Unit]:
    """Places for whose office the secretary of this one answers, and which nobody holds today."""
    statement = (
        _places(unit)
        .where(
            ~sa.exists().where(
                RoleGrant.unit_id == Unit.id, RoleGrant.role.in_(given_by(unit.kind)), running()
            )
        )
        .limit(limit)
    )
    return list(session().scalars(statement))


def places_below(unit: Unit, *, limit: int = 500) -> list[Unit]:
    """Places at which the secretary of this one may give an office, by the name of what is above."""
    return list(session().scalars(_places(unit).limit(limit)))


def _places(unit: Unit) -> sa.Select[Unit]:
    kinds = {kind for role in given_by(unit.kind) for kind in HELD_AT[role]}
    return (
        sa.select(Unit)
        .where(
            Unit.path.startswith(unit.path, autoescape=True),
            Unit.id != unit.id,
            Unit.closed_on.is_(None),
            Unit.kind.in_(sorted(kinds)),
        )
        .order_by(
            sa.case((Unit.level == Level.PREFECTURE, 0), else_=1),
            Unit.grade,
            # The tenth class comes after the second.
            sa.func.length(Unit.name),
            Unit.name,
        )
    )


class Colleague(NamedTuple):
    person_id: int
    name: str
    office: Role
    place: str


def colleagues(unit: Unit, actor: Actor, *, limit: int = 200) -> list[Colleague]:
    """Members of staff with an office at a place or just below it: whom one may give another office."""
    roles = [Role(role) for role in SECRETARIES] if unit.level is not Level.CLASS else []
    roles = [role for role in roles if unit.kind in HELD_AT[role]] + given_by(unit.kind)
    statement = (
        sa.select(
            Person.id,
            sa.func.coalesce(sa.func.nullif(Person.display_name, ""), Person.name),
            RoleGrant.role,
            Unit.name,
        )
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            Person.kind == PersonKind.STAFF,
            Person.disabled_at.is_(None),
            Person.id != actor.person_id,
            RoleGrant.role.in_(roles),
            Unit.path.startswith(unit.path, autoescape=True),
            running(),
        )
        .order_by(Unit.path, Person.id)
        .limit(limit)
    )
    found: dict[int, Colleague] = {}
    for row in session().execute(statement):
        found.setdefault(row[0], Colleague(*row))
    return list(found.values())


def names_of(actor: Actor) -> dict[int, str]:
    """The names of the places at which an actor holds something."""
    ids = {grant.unit_id for grant in actor.grants}
    return dict(session().execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all())
