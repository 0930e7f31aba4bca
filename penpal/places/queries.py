"""Selects over the tree."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.places.models import Level, Unit


def visible_to(actor: Actor) -> sa.Select[Unit]:
    """Units within the actor's roles, and a student's own class; the system sees all."""
    statement = sa.select(Unit)
    if actor.kind == "system":
        return statement
    tops = [Unit.path.startswith(grant.path, autoescape=True) for grant in actor.grants]
    if actor.path:
        tops.append(Unit.path == actor.path)
    return statement.where(sa.or_(sa.false(), *tops))


def load(actor: Actor, level: Level, unit_id: int) -> Unit:
    """A unit of that level which the actor may see. Any other has no page here: ``NotFound``."""
    unit = access.load(Unit, actor, unit_id)
    if unit.level is not level:
        raise NotFound
    return unit


def by_code(code: str) -> Unit | None:
    return session().scalar(sa.select(Unit).where(Unit.code == code))


def below(path: str, level: Level) -> sa.Select[Unit]:
    """Units of one level in a subtree, by grade and name: the tenth class comes after the second."""
    return (
        sa.select(Unit)
        .where(Unit.path.startswith(path, autoescape=True), Unit.level == level)
        .order_by(Unit.grade, sa.func.length(Unit.name), Unit.name)
    )


def ids_on(path: str) -> list[int]:
    """The ids along a path, from the root down to the unit itself."""
    return [int(part) for part in path.split("/") if part]


def along(paths: Iterable[str]) -> dict[int, Unit]:
    """All units on the given paths, by id, in one query."""
    ids = {unit_id for path in paths for unit_id in ids_on(path)}
    if not ids:
        return {}
    return {unit.id: unit for unit in session().scalars(sa.select(Unit).where(Unit.id.in_(ids)))}


def by_address(address: str) -> Unit | None:
    """A unit by its code, or by code and names below it: ``my-school/初二(3)班``."""
    code, *names = address.split("/")
    unit = by_code(code)
    for name in names:
        if unit is None:
            return None
        unit = session().scalar(sa.select(Unit).where(Unit.parent_id == unit.id, Unit.name == name))
    return unit
