"""Who reads what a child tells: the office that it is for, without those whom it went past."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role, RoleGrant
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.safeguarding.models import LEVELS, Addressee, Raised

_OFFICE = {
    Addressee.TEACHER: Role.TEACHER,
    Addressee.SCHOOL_SECRETARY: Role.SCHOOL_SECRETARY,
    Addressee.ABOVE: Role.COUNTY_SECRETARY,
}


def school_of(path: str) -> str:
    """The path of the school in which the class with this path lies."""
    return path.rstrip("/").rpartition("/")[0] + "/"


def of(path: str, addressee: Addressee) -> list[Person]:
    """Whoever holds the office over a class today and none that it goes past; nearest first."""
    past: set[int] = set()
    if addressee is Addressee.SCHOOL_SECRETARY:
        past = {person.id for person in people.staff_over(path, Role.TEACHER)}
    if addressee is Addressee.ABOVE:
        past = _staff_within(school_of(path))
    return [
        person for person in people.staff_over(path, _OFFICE[addressee]) if person.id not in past
    ]


def next_held(path: str, addressee: Addressee) -> Addressee:
    """The addressee or, where nobody is left to read it, the next one above whom somebody is.

    What is told to the teacher is the school secretary's to read as well. It never comes down: where
    nobody is left at all it stays as the child wanted it, for whoever is given the office next.
    """
    if addressee is Addressee.TEACHER and _is_held(path, Role.TEACHER, Role.SCHOOL_SECRETARY):
        return addressee
    for candidate in (addressee, Addressee.ABOVE):
        if of(path, candidate):
            return candidate
    return addressee


def is_read(path: str, addressee: Addressee) -> bool:
    """Whether there is anybody who reads what was told so."""
    if addressee is Addressee.TEACHER:
        return _is_held(path, Role.TEACHER, Role.SCHOOL_SECRETARY)
    return bool(of(path, addressee))


def hears(path: str, level: Raised) -> bool:
    """Whether there is anybody on that level whose attention something can be raised to."""
    return _is_held(path, *LEVELS.get(level, (Role.SCHOOL_SECRETARY,)))


def _is_held(path: str, *roles: str) -> bool:
    return any(people.staff_over(path, Role(role)) for role in roles)


def _staff_within(school: str) -> set[int]:
    """Whoever holds an office in a school today, whichever it is."""
    today = clock.today()
    statement = (
        sa.select(RoleGrant.person_id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            people.within(Unit.path, [school]),
            RoleGrant.since <= today,
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
        )
    )
    return set(session().scalars(statement))
