"""Who answers for a colleague's account: whoever appoints to all that the colleague holds."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import queries
from penpal.accounts.models import Person, PersonKind, RoleGrant
from penpal.accounts.offices import APPOINTS, appoints
from penpal.kernel import clock
from penpal.kernel.access import Actor, fact
from penpal.places.models import Unit


@fact(_l("这个人担任的都归自己任命"), *(role.value for role in APPOINTS))
def answers_for_colleague(actor: Actor, person: Person) -> bool:
    """All that this person holds today was for the actor to give, and they are somebody else."""
    if person.kind is not PersonKind.STAFF or person.id == actor.person_id:
        return False
    today = clock.today()
    held = [grant for grant in person.grants if grant.holds_on(today)]
    return bool(held) and all(appoints(actor, grant) for grant in held)


def visible_to(actor: Actor) -> sa.Select[Person]:
    """Whom one sees as staff of a school, and for a secretary also those who hold what they give."""
    seen = queries.visible_to(actor)
    below = [
        sa.and_(RoleGrant.role.in_(lower), queries.within(Unit.path, tops))
        for role, lower in APPOINTS.items()
        if (tops := actor.tops(role))
    ]
    if actor.kind == "system" or not below:
        return seen
    today = clock.today()
    appointed = (
        sa.select(RoleGrant.person_id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.since <= today,
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
            sa.or_(*below),
        )
    )
    ids = seen.with_only_columns(Person.id)
    return sa.select(Person).where(sa.or_(Person.id.in_(ids), Person.id.in_(appointed)))
