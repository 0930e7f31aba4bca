"""The sign-in snapshot: one query per request turns a session token into an ``Actor``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.accounts import presence
from penpal.accounts.models import Enrolment, Person, RoleGrant, SignIn
from penpal.kernel import clock
from penpal.kernel.access import Actor, Grant
from penpal.kernel.db import rows
from penpal.notices import queries as notices
from penpal.places.models import Unit

TakesPart = Callable[[type[Person]], sa.ColumnElement[bool]]
Waiting = Callable[[type[Person]], sa.ColumnElement[int]]
_takes_part: list[TakesPart] = []
_waiting: list[Waiting] = []
_unread: list[Waiting] = []


def decide_taking_part(expression: TakesPart) -> None:
    """Register the SQL by which a floor above says whether a student may do more than sign in."""
    _takes_part[:] = [expression]
    _forget()


def decide_waiting(expression: Waiting) -> None:
    """Register the SQL by which a floor above counts what lies unopened for a person."""
    _waiting[:] = [expression]
    _forget()


def decide_unread(expression: Waiting) -> None:
    """Register the SQL by which a floor above counts what a person's partner said and they have not seen."""
    _unread[:] = [expression]
    _forget()


def _forget() -> None:
    _of_token.cache_clear()
    _of_person.cache_clear()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Held(NamedTuple):
    """A running session: who holds it, when it was last seen, and when its holder last proved it."""

    actor: Actor
    session_id: int
    token_hash: str
    last_seen_at: datetime
    idle_minutes: int | None
    confirmed_at: datetime


def by_token(token: str) -> Actor | None:
    """Who holds this session, or None when it ended, ran out, or its person was disabled."""
    held = held_by(token)
    return held.actor if held else None


def held_by(token: str) -> Held | None:
    """The session itself, or None when nobody holds it any more or it was idle for too long."""
    hashed = token_hash(token)
    found = rows(_of_token(clock.today()), token_hash=hashed, moment=clock.now())
    actor = _actor(found)
    if actor is None:
        return None
    first = found[0]
    if presence.is_idle(hashed, first.last_seen_at, first.idle_minutes):
        return None
    return Held(
        actor,
        first.session_id,
        hashed,
        first.last_seen_at,
        first.idle_minutes,
        first.confirmed_at,
    )


def of(person_id: int) -> Actor | None:
    """The actor that a person would be, without a session: for jobs, commands and sockets."""
    return _actor(rows(_of_person(clock.today()), person_id=person_id))


@lru_cache(maxsize=2)
def _of_token(today: date) -> Any:
    return (
        _snapshot(today)
        .join(SignIn, SignIn.person_id == Person.id)
        .add_columns(
            SignIn.id.label("session_id"),
            SignIn.expires_at.label("session_expires"),
            SignIn.shared_device,
            SignIn.last_seen_at,
            SignIn.idle_minutes,
            SignIn.confirmed_at,
        )
        .where(
            SignIn.token_hash == sa.bindparam("token_hash"),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > sa.bindparam("moment"),
        )
    )


@lru_cache(maxsize=2)
def _of_person(today: date) -> Any:
    return (
        _snapshot(today)
        .add_columns(
            sa.null().label("session_id"),
            sa.null().label("session_expires"),
            sa.false().label("shared_device"),
        )
        .where(Person.id == sa.bindparam("person_id"))
    )


def _snapshot(today: date) -> Any:
    """A select of more columns than its type could usefully name, built once a day."""
    class_, held, town = aliased(Unit), aliased(Unit), aliased(Unit)
    return (
        sa.select(
            Person.id,
            Person.kind,
            Person.name,
            Person.display_name,
            Person.login_name,
            Person.activated_at,
            _takes_part[0](Person).label("takes_part"),
            _waiting[0](Person).label("waiting"),
            notices.unseen(Person.id).label("unseen"),
            _unread[0](Person).label("unread"),
            class_.id.label("class_id"),
            class_.path.label("class_path"),
            class_.name.label("class_name"),
            town.name.label("town_name"),
            RoleGrant.role,
            held.id.label("held_id"),
            held.path.label("held_path"),
            held.name.label("held_name"),
        )
        .select_from(Person)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .outerjoin(class_, class_.id == Enrolment.class_id)
        .outerjoin(town, town.id == class_.town_id)
        .outerjoin(
            RoleGrant,
            sa.and_(
                RoleGrant.person_id == Person.id,
                RoleGrant.since <= today,
                sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
            ),
        )
        .outerjoin(held, held.id == RoleGrant.unit_id)
        .where(Person.disabled_at.is_(None))
        .order_by(RoleGrant.id)
    )


def _actor(found: Sequence[Any]) -> Actor | None:
    if not found:
        return None
    first = found[0]
    place = f"{first.town_name} · {first.class_name}" if first.class_name else first.held_name or ""
    return Actor(
        kind=first.kind.value,
        person_id=first.id,
        session_id=first.session_id,
        display_name=first.display_name or first.name,
        login_name=first.login_name,
        place=place,
        path=first.class_path or "",
        unit_id=first.class_id,
        activated=first.activated_at is not None,
        takes_part=bool(first.takes_part),
        grants=tuple(
            Grant(row.role.value, row.held_id, row.held_path)
            for row in found
            if row.role is not None
        ),
        session_expires=first.session_expires,
        shared_device=bool(first.shared_device),
        waiting=first.waiting,
        unseen=first.unseen,
        unread=first.unread,
    )
