"""The staff of a place as its page shows them: who holds what, who has come in, what is vacant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from penpal.accounts import office_queries, services, two_keys
from penpal.accounts.models import Role, RoleGrant
from penpal.accounts.offices import HELD_AT, Office
from penpal.config import Settings
from penpal.desk import matrix
from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Kind, Unit


def title(role: Role, kind: Kind) -> str:
    """What an office is called at a place of this kind."""
    at = {
        Kind.PREFECTURE: _("地区团委书记"),
        Kind.DIVISION: _("师团委书记"),
        Kind.REGIMENT: _("团场团委书记"),
    }
    if role is Role.COUNTY_SECRETARY and kind in at:
        return at[kind]
    return matrix.column_names()[role.value]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """An office that is held, and what whoever looks may do about it."""

    id: int
    name: str
    title: str
    place: str
    unit_id: int
    since: date
    until: date | None
    deputy_for: str
    deputy: str
    begins_later: bool
    activated: bool
    good_until: date | None
    may_open: bool
    may_slip: bool


@dataclass(frozen=True)
class StaffPage:
    unit: Unit
    here: Sequence[StaffRow]
    below: Sequence[StaffRow]
    vacant: Sequence[Unit]
    roles: Sequence[tuple[str, str]]
    may_grant: bool

    @property
    def waiting(self) -> int:
        return sum(not row.activated for row in self.below)

    @property
    def slips(self) -> int:
        return sum(row.good_until is not None and row.may_slip for row in self.below)


def page(unit: Unit, *, settings: Settings, by: Actor) -> StaffPage:
    access.authorize(by, Permission.Office.SEE, unit)
    here, below = office_queries.at(unit), office_queries.given_at(unit)
    vacant = office_queries.vacant_below(unit)
    return StaffPage(
        unit,
        _rows(here, settings=settings, by=by),
        _rows(below, settings=settings, by=by),
        vacant,
        [(role.value, matrix.column_names()[role.value]) for role in roles_given(unit)],
        may_grant=may_grant(unit, by),
    )


def roles_given(unit: Unit) -> list[Role]:
    return office_queries.given_by(unit.kind)


def role_at(unit: Unit, place: Unit) -> Role:
    """What is given at a place below: a province has its secretary, the corps has another."""
    return next(role for role in roles_given(unit) if place.kind in HELD_AT[role])


def may_grant(unit: Unit, by: Actor) -> bool:
    """Whether there is a place below at which this actor could give an office."""
    return any(
        access.may(by, Permission.Office.GRANT, Office(role, place))
        for place in office_queries.places_below(unit, limit=1)
        for role in roles_given(unit)
    )


def _rows(held: Sequence[RoleGrant], *, settings: Settings, by: Actor) -> list[StaffRow]:
    live = services.live_activations([each.person_id for each in held], settings=settings)
    deputies = office_queries.deputies_of([each.id for each in held])
    today = clock.today()
    return [
        StaffRow(
            id=each.id,
            name=each.person.shown_name,
            title=title(each.role, each.unit.kind),
            place=each.unit.name,
            unit_id=each.unit_id,
            since=each.since,
            until=each.until,
            deputy_for=each.deputy_for.person.shown_name if each.deputy_for else "",
            deputy=deputies[each.id].person.shown_name if each.id in deputies else "",
            begins_later=each.since > today,
            activated=each.person.activated_at is not None,
            good_until=clock.local(live[each.person_id].expires_at).date()
            if each.person_id in live and each.person.activated_at is None
            else None,
            may_open=any(
                access.may(by, permission, each)
                for permission in (Permission.Office.END, Permission.Office.HAND_OVER)
            ),
            may_slip=access.may(by, Permission.Office.SLIP, each),
        )
        for each in held
    ]


@dataclass(frozen=True)
class HeldPage:
    """One office, and what may be done about it."""

    held: RoleGrant
    title: str
    address: str
    giver: str
    deputy: RoleGrant | None
    is_own: bool
    may_end: bool
    may_hand_over: bool
    may_slip: bool
    may_close: bool
    """Whether the account itself may be closed or its second factor taken away."""
    card_waits: object
    """Why the card is for somebody else to make, in words; empty when it is not."""
    factor_taken_at: datetime | None
    colleagues: Sequence[tuple[str, str]]
    may_name: bool


def held_page(held: RoleGrant, by: Actor) -> HeldPage:
    """Raises nothing: what may not be done is left away."""
    around = held.unit.parent if held.role is Role.TEACHER and held.unit.parent else held.unit
    may_hand_over = access.may(by, Permission.Office.HAND_OVER, held)
    waits = two_keys.card_waits([held.person_id], by=by)
    return HeldPage(
        held,
        title(held.role, held.unit.kind),
        address(held.unit),
        held.granted_by.shown_name if held.granted_by else "",
        office_queries.deputies_of([held.id]).get(held.id),
        is_own=held.person_id == by.person_id,
        may_end=access.may(by, Permission.Office.END, held),
        may_hand_over=may_hand_over,
        may_slip=access.may(by, Permission.Office.SLIP, held),
        may_close=access.may(by, Permission.Account.DISABLE, held.person),
        card_waits=two_keys.CARD_WAITS if waits else "",
        factor_taken_at=two_keys.factor_taken_at(held.person_id),
        colleagues=choices(
            [
                each
                for each in office_queries.colleagues(around, by)
                if each.person_id != held.person_id
            ]
        )
        if may_hand_over
        else (),
        may_name=held.role is not Role.TEACHER
        or access.may(by, Permission.Office.GRANT, Office(held.role, held.unit)),
    )


def choices(found: Sequence[office_queries.Colleague]) -> list[tuple[str, str]]:
    """Colleagues for a list to choose from."""
    names = matrix.column_names()
    return [
        (str(each.person_id), f"{each.name} · {names[each.office.value]} · {each.place}")
        for each in found
    ]


def address(unit: Unit) -> str:
    """A place with what it lies in: 北京 · 东城区 · 槐树中学."""
    along = places.along([unit.path])
    names = [along[unit_id].name for unit_id in places.ids_on(unit.path) if unit_id in along]
    return " · ".join(names[1:] or names)
