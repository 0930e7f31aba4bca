"""The offices: who appoints whom, where each is held, and the facts by which the rulebook judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, Role, RoleGrant
from penpal.accounts.predicates import SECRETARIES, STAFF, SYSTEM, holds_over
from penpal.kernel import clock
from penpal.kernel.access import Actor, fact
from penpal.places.models import Kind, Unit

APPOINTS: Mapping[Role, tuple[Role, ...]] = MappingProxyType(
    {
        Role.CENTRE_SECRETARY: (Role.PROVINCE_SECRETARY, Role.CORPS_SECRETARY),
        Role.PROVINCE_SECRETARY: (Role.COUNTY_SECRETARY,),
        Role.CORPS_SECRETARY: (Role.COUNTY_SECRETARY,),
        Role.COUNTY_SECRETARY: (Role.SCHOOL_SECRETARY,),
        Role.SCHOOL_SECRETARY: (Role.TEACHER,),
    }
)
"""Each office gives the one below, within its own subtree ("Who uses it" of the domain).

The centre's secretaries, editors and operators are appointed by command. A second secretary at one
place is a deputy: the same office, until a day, handed over by its holder or from above.
"""

APPOINTED_BY: Mapping[Role, tuple[Role, ...]] = MappingProxyType(
    {role: tuple(above for above, below in APPOINTS.items() if role in below) for role in Role}
)

HELD_AT: Mapping[Role, tuple[Kind, ...]] = MappingProxyType(
    {
        Role.TEACHER: (Kind.CLASS,),
        Role.SCHOOL_SECRETARY: (Kind.SCHOOL,),
        Role.COUNTY_SECRETARY: (Kind.COUNTY, Kind.REGIMENT, Kind.PREFECTURE, Kind.DIVISION),
        Role.PROVINCE_SECRETARY: (Kind.PROVINCE,),
        Role.CORPS_SECRETARY: (Kind.CORPS,),
        Role.CENTRE_SECRETARY: (Kind.CENTRE,),
        Role.EDITOR: (Kind.CENTRE,),
        Role.OPERATOR: (Kind.CENTRE,),
    }
)

HANDED_OVER = (Role.TEACHER.value, *SECRETARIES)
"""What a holder may leave to a deputy; editors and operators are replaced by command."""

LONGEST_DEPUTY = 366
"""Days for which an office may be left to a deputy; whoever stays away longer is succeeded."""


@dataclass(frozen=True, slots=True)
class Office:
    """An office at a place, and for whom: what is asked about before it is given."""

    role: Role
    unit: Unit
    person_id: int | None = None


@fact(_l("在自己管的地方"), *SECRETARIES)
def leads(actor: Actor, unit: Unit) -> bool:
    """A secretary of this place, or of one above it."""
    return holds_over(actor, unit.path, *SECRETARIES)


@fact(_l("归自己任命"), *SECRETARIES)
def appoints(actor: Actor, office: Office | RoleGrant) -> bool:
    """Holds the office that gives this one, somewhere above it."""
    above = APPOINTED_BY[office.role]
    return any(
        office.unit.path.startswith(grant.path) and office.unit.path != grant.path
        for grant in actor.grants
        if grant.role in above
    )


@fact(_l("给别人的"), *STAFF, SYSTEM)
def is_for_another(actor: Actor, office: Office | RoleGrant) -> bool:
    return office.person_id is None or office.person_id != actor.person_id


@fact(_l("自己担任的"), *STAFF)
def is_held_by_oneself(actor: Actor, held: RoleGrant) -> bool:
    return held.person_id == actor.person_id and _holds(actor, held)


@fact(_l("替自己代理的"), *HANDED_OVER)
def stands_in_for_oneself(actor: Actor, held: RoleGrant) -> bool:
    return (
        held.deputy_for is not None
        and held.deputy_for.person_id == actor.person_id
        and _holds(actor, held)
    )


def _holds(actor: Actor, office: RoleGrant) -> bool:
    """Whether the actor holds this office today."""
    return any(
        grant.role == office.role and grant.unit_id == office.unit_id for grant in actor.grants
    )


@fact(_l("不是代理的"), *HANDED_OVER)
def is_lasting(_actor: Actor, held: RoleGrant) -> bool:
    """A deputy hands nothing on, and some offices are not left to deputies."""
    return held.deputy_for_id is None and held.role in HANDED_OVER


@fact(_l("这个人担任的都归自己管"), *HANDED_OVER)
def answers_for_the_holder(actor: Actor, held: RoleGrant) -> bool:
    return answers_for_all_of(actor, held.person)


def answers_for_all_of(actor: Actor, person: Person) -> bool:
    """Whether all that a member of staff holds, today or from a later day, is for this actor to give.

    A new slip opens the whole account: whoever appoints a teacher must not come in with it as the
    county's secretary, whom that teacher is too.
    """
    today = clock.today()
    held = [each for each in person.grants if each.until is None or each.until >= today]
    return bool(held) and all(
        appoints(actor, each) or stands_in_for_oneself(actor, each) for each in held
    )
