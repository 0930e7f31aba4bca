"""Verbs of people and their doors: enrol, grant, activate, sign in and out, change a password."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import agents, codes, passwords, queries, second_factor, sessions
from penpal.accounts.agents import Device
from penpal.accounts.factor_models import Refusal
from penpal.accounts.models import (
    Activation,
    Enrolment,
    Person,
    PersonKind,
    Role,
    RoleGrant,
    SignIn,
)
from penpal.config import Settings
from penpal.kernel import clock, html, trail
from penpal.kernel.access import SYSTEM, Actor, authorize
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.screening import guidance
from penpal.screening.findings import Context
from penpal.screening.screen import screen

_WRONG_CODE = _l("这个激活码没对上，或者已经用过了。一个字一个字再对一遍。")
_WRONG_SIGN_IN = _l("登录名和口令没对上。登录名在老师发的卡片上。")
_DISABLED = {
    PersonKind.STUDENT: _l("这个账号停用了。去问问班主任，你写的信都还在。"),
    PersonKind.STAFF: _l("这个账号停用了。问问给你开账号的团委书记。"),
}


def add_person(
    kind: PersonKind,
    name: str,
    *,
    login_name: str = "",
    display_name: str = "",
    birth: tuple[int, int] | None = None,
    is_demo: bool = False,
) -> Person:
    """Add someone who cannot sign in yet. The caller has authorized."""
    with transaction() as current:
        person = Person(
            kind=kind,
            name=html.line(name),
            login_name=login_name or free_login_names(1)[0],
            display_name=html.line(display_name),
            birth_year=birth[0] if birth else None,
            birth_month=birth[1] if birth else None,
            is_demo=is_demo,
        )
        current.add(person)
        current.flush()
    return person


def free_login_names(count: int) -> list[str]:
    """That many generated login names which nobody has yet."""
    free: set[str] = set()
    while len(free) < count:
        wanted = {codes.login_name() for _ in range(count - len(free))}
        for batch in _batches(sorted(wanted), 500):
            taken = session().scalars(
                sa.select(Person.login_name).where(Person.login_name.in_(batch))
            )
            wanted -= set(taken)
        free |= wanted
    return list(free)[:count]


def _batches(names: list[str], size: int) -> list[list[str]]:
    return [names[start : start + size] for start in range(0, len(names), size)]


def enrol(person: Person, class_: Unit, *, number: str, since: date | None = None) -> Enrolment:
    """Put a student into a class. The caller has authorized."""
    if class_.parent_id is None:
        raise LookupError("a class has a school above it")
    with transaction() as current:
        enrolment = Enrolment(
            person=person,
            class_id=class_.id,
            school_id=class_.parent_id,
            student_number=number,
            since=since or clock.today(),
        )
        current.add(enrolment)
        current.flush()
    return enrolment


def grant(
    person: Person, role: Role, unit: Unit, *, since: date | None = None, by: Actor = SYSTEM
) -> RoleGrant:
    """Give a member of staff an office over a unit and all below it. The caller has authorized."""
    with transaction() as current:
        held = RoleGrant(
            person=person,
            role=role,
            unit=unit,
            since=since or clock.today(),
            granted_by_id=by.person_id,
        )
        current.add(held)
        current.flush()
        trail.write(person, f"granted {role.value}", by=by)
    return held


def issue_codes(people: list[Person], *, settings: Settings) -> int:
    """Give an activation to each who has neither activated nor holds a live one. Returns how many were made."""
    with transaction() as current:
        waiting = [person for person in people if person.activated_at is None]
        live = live_activations([person.id for person in waiting], settings=settings)
        until = clock.now() + timedelta(days=settings.activation_days)
        made = 0
        for person in waiting:
            if person.id in live:
                continue
            nonce = codes.fresh_nonce()
            code = codes.derive(settings.key(), person.id, nonce)
            current.add(
                Activation(
                    person_id=person.id,
                    nonce=nonce,
                    code_hash=codes.fingerprint(settings.key(), code),
                    expires_at=until,
                )
            )
            made += 1
    return made


def live_activations(person_ids: list[int], *, settings: Settings) -> dict[int, Activation]:
    """The activation of each of these people whose code still opens something.

    One that was made under another signing key does not: its code can no longer be derived.
    """
    return {
        person_id: activation
        for person_id, activation in queries.live_activations(person_ids).items()
        if activation.code_hash
        == codes.fingerprint(settings.key(), code_of(activation, settings=settings))
    }


def code_of(activation: Activation, *, settings: Settings) -> str:
    """The code to print on a slip."""
    return codes.derive(settings.key(), activation.person_id, activation.nonce)


def activate(
    *,
    code: str,
    display_name: str,
    password: str,
    shared_device: bool,
    settings: Settings,
    device: Device = agents.UNKNOWN,
) -> tuple[Person, str | None]:
    """Use a code: set the password and the display name, and begin the first session.

    Returns the person and the session's token, None where a second factor comes first. Raises
    ``Invalid`` with words for each field.
    """
    typed = codes.tidy(code)
    shown = html.line(display_name)
    problems = _problems(_activation(typed, settings), shown, password)
    if problems:
        raise Invalid(fields=problems)
    # Hashing takes long; it is done before the write lock is held.
    hashed = passwords.hashed(password)
    with transaction():
        person = _use(typed, settings)
        person.display_name = shown
        person.password_hash = hashed
        person.activated_at = clock.now()
        trail.write(person, "activated", by=Actor(kind=person.kind.value, person_id=person.id))
        token = _enter(person, shared_device=shared_device, settings=settings, device=device)
    return person, token


def _problems(activation: Activation | None, shown: str, password: str) -> dict[str, object]:
    """What stands against a first session, in words by field."""
    problems: dict[str, object] = {}
    if activation is None:
        problems["code"] = _WRONG_CODE
    if not 1 <= len(shown) <= 12:
        problems["display_name"] = _l("名字写 1 到 12 个字。")
    elif found := guidance.objection(shown, screen(shown, Context.TITLE)):
        problems["display_name"] = found
    objection = passwords.objection(
        password, known=[shown, activation.person.login_name if activation else "", "penpal"]
    )
    if objection is not None:
        problems["password"] = objection
    return problems


def _use(code: str, settings: Settings) -> Person:
    """Use a code up and say whose it was; of several who bring it at once, one finds it good."""
    activation = _activation(code, settings)
    if activation is None:
        raise Invalid(fields={"code": _WRONG_CODE})
    used = session().execute(
        sa.update(Activation)
        .where(
            Activation.id == activation.id,
            Activation.used_at.is_(None),
            # A card that was replaced a moment ago has run out, whatever was read before.
            Activation.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid(fields={"code": _WRONG_CODE})
    return activation.person


def _activation(code: str, settings: Settings) -> Activation | None:
    return session().scalar(
        sa.select(Activation)
        .join(Activation.person)
        .where(
            Activation.code_hash == codes.fingerprint(settings.key(), code),
            Activation.used_at.is_(None),
            Activation.expires_at > clock.now(),
            Person.disabled_at.is_(None),
            Person.activated_at.is_(None),
        )
    )


def sign_in(
    *,
    login_name: str,
    password: str,
    shared_device: bool,
    settings: Settings,
    device: Device = agents.UNKNOWN,
) -> tuple[Person, str | None]:
    """Begin a session for whoever knows the password; the token is None where a second factor comes first.

    Raises ``Refused`` without saying which part was wrong. Only who knows the password is told that
    the account is closed.
    """
    person = queries.by_login(login_name)
    fits = passwords.matches(person.password_hash if person else None, password)
    if person is None:
        raise sessions.refuse(None, Refusal.UNKNOWN, _WRONG_SIGN_IN)
    if not fits:
        raise sessions.refuse(person.id, Refusal.PASSWORD, _WRONG_SIGN_IN)
    if person.disabled_at is not None:
        raise sessions.refuse(person.id, Refusal.DISABLED, _DISABLED[person.kind])
    with transaction():
        token = _enter(person, shared_device=shared_device, settings=settings, device=device)
    return person, token


def pass_second_factor(
    person: Person, typed: str, *, shared_device: bool, settings: Settings, device: Device
) -> str:
    """Begin the session of somebody whose password was right a moment ago. Raises ``Refused``."""
    if not second_factor.accept(person, typed, settings=settings):
        raise sessions.refuse(person.id, Refusal.CODE, second_factor.WRONG_CODE)
    with transaction():
        return _begin_session(person, shared_device=shared_device, settings=settings, device=device)


def begin_session(
    person: Person, *, shared_device: bool, settings: Settings, device: Device
) -> str:
    """The session of somebody who has just set up their second factor at the door."""
    with transaction():
        return _begin_session(person, shared_device=shared_device, settings=settings, device=device)


def _enter(
    person: Person, *, shared_device: bool, settings: Settings, device: Device
) -> str | None:
    if second_factor.stands_before(person, settings=settings):
        return None
    return _begin_session(person, shared_device=shared_device, settings=settings, device=device)


_begin_session = sessions.begin


def sign_out(*, by: Actor) -> None:
    """End this session."""
    authorize(by, Permission.Account.SIGN_OUT)
    sessions.end(by.person_id, SignIn.id == by.session_id)


def sign_out_everywhere(*, by: Actor) -> None:
    """End every session of this person, this one too."""
    authorize(by, Permission.Account.END_SESSIONS)
    sessions.end(by.person_id)


def change_password(*, current_password: str, password: str, by: Actor) -> None:
    """Set another password; sessions on other devices end."""
    authorize(by, Permission.Account.CHANGE_PASSWORD)
    person = session().get_one(Person, by.person_id)
    if not passwords.matches(person.password_hash, current_password):
        raise Invalid(fields={"current_password": _l("现在的口令没对上。")})
    objection = passwords.objection(
        password, known=[person.login_name, person.display_name, "penpal"]
    )
    if objection is not None:
        raise Invalid(fields={"password": objection})
    hashed = passwords.hashed(password)
    with transaction():
        person.password_hash = hashed
        trail.write(person, "changed password", by=by)
        sessions.end(by.person_id, SignIn.id != by.session_id)


def reset(person: Person, *, settings: Settings, by: Actor) -> None:
    """Take a forgotten password away and make a new code; sessions end, everything else stays."""
    authorize(by, Permission.Account.RESET, person)
    with transaction() as current:
        person.password_hash = None
        person.activated_at = None
        current.flush()
        sessions.end(person.id)
        trail.write(person, "reset password", by=by)
        issue_codes([person], settings=settings)


def forget_old_sessions() -> None:
    """Delete sessions and activations that ended or ran out a month ago. Safe to run at any time."""
    month_ago = clock.now() - timedelta(days=30)
    with transaction() as current:
        current.execute(sa.delete(SignIn).where(SignIn.expires_at < month_ago))
        current.execute(sa.delete(SignIn).where(SignIn.ended_at < month_ago))
        current.execute(sa.delete(Activation).where(Activation.expires_at < month_ago))
