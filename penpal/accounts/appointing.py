"""Verbs of offices: invite, give, end, hand over, make a new slip; each checked and on the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import noticing, office_queries, offices, services, two_keys
from penpal.accounts.events import SessionsEnded
from penpal.accounts.models import Activation, Person, PersonKind, Role, RoleGrant, SignIn
from penpal.accounts.offices import Office
from penpal.accounts.predicates import SECRETARIES
from penpal.config import Settings
from penpal.kernel import access, clock, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.places.models import Kind, Unit

NAME_MAX = 24
REASON_MAX = 500
_ONE_LOOK = timedelta(minutes=5)


class LastOffice(Invalid):
    """Someone is about to give up the only office they hold: they are asked once more."""

    message = _l("这是你担任的最后一项。结束以后，你只能看到自己的账号，要别人重新任命才能回来。")


@dataclass(frozen=True, slots=True)
class StaffSlip:
    """What a member of staff needs to come in for the first time, or again, and for which office."""

    grant_id: int
    name: str
    role: Role
    place: str
    kind: Kind
    login_name: str
    code: str
    expires_on: date

    @property
    def spaced_code(self) -> tuple[str, str]:
        half = len(self.code) // 2
        return self.code[:half], self.code[half:]


def invite(
    name: str,
    role: Role,
    unit: Unit,
    *,
    settings: Settings,
    by: Actor,
    since: date | None = None,
    until: date | None = None,
) -> RoleGrant:
    """Take someone new on and give them an office, with a code by which they come in."""
    access.authorize(by, Permission.Office.GRANT, Office(role, unit))
    with transaction():
        person = _take_on(name, settings)
        return _give(person, role, unit, by=by, since=since, until=until)


def grant(
    person: Person,
    role: Role,
    unit: Unit,
    *,
    by: Actor,
    since: date | None = None,
    until: date | None = None,
) -> RoleGrant:
    """Give someone who has an account another office."""
    access.authorize(by, Permission.Office.GRANT, Office(role, unit, person.id))
    with transaction():
        _refuse_strangers(person, by.tops(*SECRETARIES), by=by)
        _refuse_whoever_has_not_come_in(person, by=by)
        return _give(person, role, unit, by=by, since=since, until=until)


def end(held: RoleGrant, *, reason: str, by: Actor, sure: bool = False) -> None:
    """End an office at once, and with it those of its deputies.

    Raises ``LastOffice`` when someone ends the last one of their own and did not say that they
    are ``sure``.
    """
    access.authorize(by, Permission.Office.END, held)
    said = _reason(reason)
    with transaction():
        if held.person_id == by.person_id and not sure and _is_last(held):
            raise LastOffice
        _end(held, reason=said, by=by)
        for deputy in office_queries.deputies_of([held.id]).values():
            _end(deputy, reason=said, by=by)


def hand_over(
    held: RoleGrant,
    *,
    until: date,
    reason: str,
    by: Actor,
    to: Person | None = None,
    name: str = "",
    settings: Settings,
) -> RoleGrant:
    """Leave an office to a deputy until a day: to a colleague, or to someone new by name.

    Its holder keeps it. A class is left to colleagues of the school alone: nobody brings a
    stranger near children but who appoints teachers.
    """
    access.authorize(by, Permission.Office.HAND_OVER, held)
    said = _reason(reason)
    if (
        to is None
        and held.role is Role.TEACHER
        and not access.may(by, Permission.Office.GRANT, Office(held.role, held.unit))
    ):
        raise Invalid(fields={"person": _l("从同校的老师里选一位。")})
    if not clock.today() <= until <= clock.today() + timedelta(days=offices.LONGEST_DEPUTY):
        raise Invalid(fields={"until": _l("写一个今天以后、一年以内的日子。")})
    with transaction():
        lock(held)
        if not held.holds_on(clock.today()):
            raise IllegalMove
        if office_queries.deputies_of([held.id]):
            raise Invalid(_l("这一项已经有人代理了。先结束那一位的代理。"))
        if held.until is not None and until > held.until:
            raise Invalid(fields={"until": _l("代理不能比这一项本身还长。")})
        if to is not None:
            # From above nobody takes a seat below: it would open what their own does not.
            if to.id in (held.person_id, by.person_id):
                raise Invalid(fields={"person": _l("代理人要是另一个人。")})
            _refuse_strangers(to, [_around(held), *by.tops(*SECRETARIES)], by=by)
            _refuse_whoever_has_not_come_in(to, by=by)
        person = to or _take_on(name, settings)
        trail.write(held, "hand over office", by=by, reason=said)
        return _give(person, held.role, held.unit, by=by, until=until, deputy_for=held)


def renew_slip(held: RoleGrant, *, settings: Settings, by: Actor) -> None:
    """Make a new code; the old one, and the password of whoever had come in, open nothing any more.

    Whoever took the person's second step away lately leaves it to somebody else (see ``two_keys``).
    """
    access.authorize(by, Permission.Office.SLIP, held)
    with transaction() as current:
        person = held.person
        lock(person)
        two_keys.keep_card_apart(person, by=by)
        current.execute(
            sa.update(Activation)
            .where(Activation.person_id == person.id, Activation.used_at.is_(None))
            .values(expires_at=clock.now())
        )
        person.password_hash = None
        person.activated_at = None
        current.flush()
        current.execute(
            sa.update(SignIn)
            .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
            .values(ended_at=clock.now())
        )
        services.issue_codes([person], settings=settings)
        trail.write(held, "reset password", by=by)
        announce(current, SessionsEnded(person.id))


def slip(held: RoleGrant, *, settings: Settings, by: Actor) -> StaffSlip | None:
    """The slip of whoever has not come in yet; None once they have, or when the code ran out.

    None, too, for whoever has to leave it to somebody else (see ``two_keys``). That it was seen is kept, once
    for the page and the drawing on it.
    """
    access.authorize(by, Permission.Office.SLIP, held)
    with transaction():
        two_keys.hold([held.person_id])
        if two_keys.card_waits([held.person_id], by=by):
            return None
        made = next(iter(_slips([held], settings)), None)
        since = clock.now() - _ONE_LOOK
        if made is not None and not trail.is_told(held, two_keys.SAW_CARD, by=by, since=since):
            trail.write(held, "printed slips", by=by)
    return made


def open_slips(
    offices_held: Sequence[RoleGrant], *, settings: Settings, by: Actor
) -> list[StaffSlip]:
    """The slips of these offices to look at or to print, one a person; that they were seen is kept."""
    grant_ids = [each.id for each in offices_held]
    of_person = {each.person_id: each.id for each in offices_held}
    with transaction():
        two_keys.hold(of_person)
        held = office_queries.read_anew(grant_ids)
        for each in held.values():
            access.authorize(by, Permission.Office.SLIP, each)
        waiting = two_keys.card_waits(of_person, by=by)
        shown = [held[number] for who, number in of_person.items() if who not in waiting]
        found = _slips(shown, settings)
        trail.write_many(RoleGrant, [(each.grant_id, "printed slips") for each in found], by=by)
    return found


def _slips(offices_held: Sequence[RoleGrant], settings: Settings) -> list[StaffSlip]:
    """The slips of those who have not come in yet and whose code still opens something."""
    live = services.live_activations([each.person_id for each in offices_held], settings=settings)
    return [
        StaffSlip(
            each.id,
            each.person.shown_name,
            each.role,
            each.unit.name,
            each.unit.kind,
            each.person.login_name,
            services.code_of(live[each.person_id], settings=settings),
            clock.local(live[each.person_id].expires_at).date(),
        )
        for each in offices_held
        if each.person_id in live and each.person.activated_at is None
    ]


def put_guide_away(*, by: Actor) -> None:
    """The list of first steps stays away from this person's home, for the offices held today."""
    access.authorize(by, Permission.Office.WEAR)
    with transaction() as current:
        current.execute(
            sa.update(RoleGrant)
            .where(RoleGrant.person_id == by.person_id, RoleGrant.guide_put_away_at.is_(None))
            .values(guide_put_away_at=clock.now()),
            execution_options={"synchronize_session": False},
        )


def _take_on(name: str, settings: Settings) -> Person:
    known = html.line(name)
    if not 1 <= len(known) <= NAME_MAX:
        raise Invalid(fields={"name": _l("写这位老师的名字，1 到 24 个字。")})
    person = services.add_person(PersonKind.STAFF, known, display_name=known)
    services.issue_codes([person], settings=settings)
    return person


def _give(
    person: Person,
    role: Role,
    unit: Unit,
    *,
    by: Actor,
    since: date | None = None,
    until: date | None = None,
    deputy_for: RoleGrant | None = None,
) -> RoleGrant:
    if person.kind is not PersonKind.STAFF or person.disabled_at is not None:
        raise Invalid(fields={"person": _l("只能交给在任的老师。")})
    if unit.kind not in offices.HELD_AT[role]:
        raise Invalid(fields={"unit": _l("这项职务不在这一级单位。")})
    begins = since or clock.today()
    if until is not None and until < max(begins, clock.today()):
        raise Invalid(fields={"until": _l("写一个今天以后的日子，或者留空。")})
    current = session()
    # Two who appoint at once wait for each other here, so that nobody holds one office twice.
    lock(person)
    if any(
        each.role is role and each.unit_id == unit.id
        for each in office_queries.of_person(person.id)
    ):
        raise Invalid(_l("这个人已经担任这一项了。"))
    held = RoleGrant(
        person_id=person.id,
        role=role,
        unit_id=unit.id,
        since=begins,
        until=until,
        granted_by_id=by.person_id,
        deputy_for_id=deputy_for.id if deputy_for else None,
    )
    current.add(held)
    current.flush()
    trail.write(held, "give office", by=by, to_state=role.value)
    noticing.given(held)
    return held


def _around(held: RoleGrant) -> str:
    """Where deputies come from: the place itself, for a class its school."""
    path: str = held.unit.path
    return path if held.role is not Role.TEACHER else path.rsplit("/", 2)[0] + "/"


def _refuse_strangers(person: Person, tops: Sequence[str], *, by: Actor) -> None:
    """An office goes to someone who works there already, or to someone new by invitation."""
    if by.kind == "system":
        return
    held = office_queries.of_person(person.id)
    if not any(each.unit.path.startswith(tuple(tops)) for each in held):
        raise Invalid(fields={"person": _l("从名单里选一位老师，或者写一个新的名字。")})


def _refuse_whoever_has_not_come_in(person: Person, *, by: Actor) -> None:
    """Whoever printed the slip could come in with it: until it is used it opens what they gave alone."""
    if person.activated_at is not None or by.kind == "system":
        return
    running: Sequence[RoleGrant] = office_queries.of_person(person.id)
    if not all(offices.appoints(by, each) for each in running):
        raise Invalid(fields={"person": _l("这个人还没有用激活卡进来过，进来以后才能交给他。")})


def _end(held: RoleGrant, *, reason: str, by: Actor) -> None:
    ended = session().execute(
        sa.update(RoleGrant)
        .where(
            RoleGrant.id == held.id,
            RoleGrant.ended_at.is_(None),
            sa.or_(RoleGrant.until.is_(None), RoleGrant.until >= clock.today()),
        )
        .values(
            until=clock.today() - timedelta(days=1),
            ended_at=clock.now(),
            ended_by_id=by.person_id,
            end_reason=reason,
        )
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise IllegalMove
    trail.write(held, "end office", by=by, reason=reason, from_state=held.role.value)


def _is_last(held: RoleGrant) -> bool:
    return all(each.id == held.id for each in office_queries.of_person(held.person_id))


def _reason(typed: str) -> str:
    said = html.line(typed)
    if not said:
        raise Invalid(fields={"reason": _l("写一句原因，只留在记录里。")})
    if len(said) > REASON_MAX:
        raise Invalid(fields={"reason": _l("原因写短一点，最多 500 个字。")})
    return said
