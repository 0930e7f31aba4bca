"""What the tests of offices share: inviting, coming in, what somebody holds, and what the trail says."""

from __future__ import annotations

from datetime import date

from penpal.accounts import appointing, office_queries, snapshots
from penpal.accounts.models import Person, Role, RoleGrant
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import transaction
from tests.cast import Cast


def invited(
    cast: Cast, settings: Settings, who: str, role: Role, code: str, **more: date
) -> RoleGrant:
    return appointing.invite(
        "若云",
        role,
        cast.unit(code),
        settings=settings,
        by=SYSTEM if who == "system" else cast.actor(who),
        **more,
    )


def actor_of(person: Person) -> Actor:
    found = snapshots.of(person.id)
    assert found is not None
    return found


def come_in(person: Person) -> Actor:
    with transaction():
        person.password_hash, person.activated_at = "x", clock.now()
    return actor_of(person)


def own(cast: Cast, who: str) -> RoleGrant:
    [held] = office_queries.of_person(cast.person(who).id)
    return held


def moves(held: RoleGrant) -> list[tuple[str, int | None, str]]:
    return [(entry.move, entry.actor_id, entry.reason) for entry in trail.of(held)]
