"""Who is a second person: somebody of their own, in office before it was asked, made by neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role, RoleGrant
from penpal.kernel import clock, trail
from penpal.kernel.db import session
from penpal.kernel.trail import TrailEntry
from penpal.places.models import Unit
from penpal.safeguarding.models import Addressee
from penpal.safeguarding.opening_models import Opening

SETTLED = timedelta(hours=24)
"""How long before the request a second person has come in and held their office."""
APART = timedelta(days=7)
"""How long before the request neither of the two made the other's office, card or second step."""

_GIVEN = ("give office", *(f"granted {role.value}" for role in Role))
_MADE = (*_GIVEN, "reset password", "printed slips", "renewed second factor", "enabled")
SCHOOL = (Role.TEACHER, Role.SCHOOL_SECRETARY)


def roles_of(opening: Opening) -> Sequence[Role]:
    """Which offices the case is for: of a report that went past somebody, those it was told to."""
    told = opening.report.addressee if opening.report else Addressee.TEACHER
    if told is Addressee.ABOVE:
        return (Role.COUNTY_SECRETARY,)
    return (Role.SCHOOL_SECRETARY,) if told is Addressee.SCHOOL_SECRETARY else SCHOOL


def is_second(person_id: int, opening: Opening) -> bool:
    """Whether this person counts beside whoever asked. The caller has asked whose case it is."""
    # A report follows its child into another class.
    class_ = opening.report.class_ if opening.report else opening.class_
    if opening.asked_by_id is None or class_ is None:
        return False
    roles = roles_of(opening)
    return _counts(person_id, opening.asked_by_id, class_.path, roles, opening.asked_at)


def could_agree(
    path: str, asked_by_id: int | None, roles: Sequence[Role] = SCHOOL, at: datetime | None = None
) -> list[Person]:
    """Who else counts as a second person over a class, nearest first: whom a request is put to."""
    if asked_by_id is None:
        return []
    staff = [person for role in roles for person in people.staff_over(path, role)]
    moment = at or clock.now()
    return [
        person
        for person in dict.fromkeys(staff)
        if _counts(person.id, asked_by_id, path, roles, moment)
    ]


def _counts(one: int, other: int, path: str, roles: Sequence[Role], asked_at: datetime) -> bool:
    return (
        one != other
        and _was_settled(one, path, roles, asked_at - SETTLED)
        and _stands_for(one, asked_at).isdisjoint(_stands_for(other, asked_at))
        and not _made(one, other, asked_at - APART)
        and not _made(other, one, asked_at - APART)
    )


def _was_settled(person_id: int, path: str, roles: Sequence[Role], moment: datetime) -> bool:
    """Had come in and held one of these offices over the class by that moment, and holds it today."""
    came_in = session().scalar(sa.select(Person.activated_at).where(Person.id == person_id))
    if came_in is None or came_in > moment:
        return False
    today, begun_by = clock.today(), clock.local(moment).date()
    given_since = sa.exists().where(
        TrailEntry.at > moment,
        TrailEntry.actor_id.is_not(None),
        TrailEntry.move.in_(_GIVEN),
        _is_of(RoleGrant.id, RoleGrant.person_id),
    )
    held = (
        sa.select(Unit.path)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.role.in_(roles),
            RoleGrant.since <= begun_by,
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
            ~given_since,
        )
    )
    return any(path.startswith(top) for top in session().scalars(held))


def _made(person_id: int, by: int, since: datetime) -> bool:
    """Whether the one gave the other an office, a card, a password or a new second step since then."""
    own = sa.select(RoleGrant.id).where(RoleGrant.person_id == person_id)
    act = sa.exists().where(
        TrailEntry.actor_id == by,
        TrailEntry.at >= since,
        TrailEntry.move.in_(_MADE),
        sa.or_(
            sa.and_(
                TrailEntry.subject_kind == trail.kind_of(Person),
                TrailEntry.subject_id == person_id,
            ),
            sa.and_(
                TrailEntry.subject_kind == trail.kind_of(RoleGrant), TrailEntry.subject_id.in_(own)
            ),
        ),
    )
    given = sa.exists().where(
        RoleGrant.person_id == person_id,
        RoleGrant.granted_by_id == by,
        RoleGrant.since >= clock.local(since).date(),
    )
    return bool(session().scalar(sa.select(sa.or_(act, given))))


def _is_of(grant_id: Any, person_id: Any) -> sa.ColumnElement[bool]:
    """SQL for: the act was done to this office or to whoever holds it."""
    return sa.or_(
        sa.and_(
            TrailEntry.subject_kind == trail.kind_of(RoleGrant), TrailEntry.subject_id == grant_id
        ),
        sa.and_(
            TrailEntry.subject_kind == trail.kind_of(Person), TrailEntry.subject_id == person_id
        ),
    )


def _stands_for(person_id: int, asked_at: datetime) -> set[int]:
    """A member of staff, and everybody whose deputy they were when it was asked or have been since."""
    held: Any = aliased(RoleGrant)
    absent = (
        sa.select(held.person_id)
        .join(RoleGrant, RoleGrant.deputy_for_id == held.id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.since <= clock.today(),
            sa.or_(
                RoleGrant.until.is_(None),
                RoleGrant.until >= clock.local(asked_at).date(),
                # What is ended bears the day before as its last one, whenever it was asked.
                RoleGrant.ended_at >= asked_at,
            ),
        )
    )
    return {person_id, *session().scalars(absent)}
