"""One's sessions and what was tried at one's door: begun, seen, told, ended."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from penpal.accounts import agents, presence, snapshots
from penpal.accounts.agents import Device
from penpal.accounts.events import SessionsEnded
from penpal.accounts.factor_models import Refusal, SignInAttempt
from penpal.accounts.models import Person, PersonKind, SignIn
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, Text
from penpal.kernel.events import announce
from penpal.permissions import Permission

ATTEMPTS_ARE_KEPT = timedelta(days=90)
ONES_OWN_SLIPS = 3
"""So many wrong tries right before a right one, in the same browser, are taken for one's own."""
_SLIPS_WITHIN = timedelta(minutes=10)
_SHOWN = 20


class Refused(Invalid):
    """Not let in, and a row says so: ``attempt_id`` lets the browser own up to it later."""

    def __init__(self, message: Text, attempt_id: int) -> None:
        super().__init__(message)
        self.attempt_id = attempt_id


class Session(NamedTuple):
    """One of a person's running sessions, as its owner is shown it."""

    id: int
    device: str
    shared_device: bool
    begun_at: datetime
    last_seen_at: datetime
    is_this: bool


class News(NamedTuple):
    """What happened at a person's door that they have not said they know of."""

    attempts: Sequence[SignInAttempt]
    sign_ins: Sequence[tuple[datetime, str]]

    def __bool__(self) -> bool:
        return bool(self.attempts or self.sign_ins)


def begin(
    person: Person, *, shared_device: bool, settings: Settings, device: Device = agents.UNKNOWN
) -> str:
    """Add a session in the caller's transaction and return its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    session().add(
        SignIn(
            person_id=person.id,
            token_hash=snapshots.token_hash(token),
            shared_device=shared_device,
            expires_at=clock.now() + _lasting(person, shared_device, settings),
            idle_minutes=_idle(person, shared_device, settings),
            browser=device.browser,
            system=device.system,
            new_device=_is_new(person, device),
        )
    )
    return token


def _lasting(person: Person, shared_device: bool, settings: Settings) -> timedelta:
    lasting = timedelta(days=settings.session_days)
    if person.kind is PersonKind.STAFF:
        lasting = min(lasting, timedelta(hours=settings.staff_session_hours))
    if shared_device:
        lasting = min(lasting, timedelta(minutes=settings.shared_session_minutes))
    return lasting


def _idle(person: Person, shared_device: bool, settings: Settings) -> int | None:
    limits = []
    if person.kind is PersonKind.STAFF:
        limits.append(settings.staff_idle_minutes)
    if shared_device:
        limits.append(settings.shared_idle_minutes)
    return min(limits, default=None)


def _is_new(person: Person, device: Device) -> bool:
    """Whether they came in before, in a browser that said what it is, and never in one like this."""
    if device == agents.UNKNOWN:
        return False
    before = sa.select(SignIn.browser, SignIn.system).where(
        SignIn.person_id == person.id, SignIn.browser != ""
    )
    known = {tuple(row) for row in session().execute(before.distinct())}
    return bool(known) and tuple(device) not in known


def running(*, by: Actor) -> list[Session]:
    """One's sessions that still open something, this one first, then by when they were last seen."""
    authorize(by, Permission.Account.SEE)
    now = clock.now()
    statement = (
        sa.select(SignIn)
        .where(SignIn.person_id == by.person_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )
    found = [
        Session(
            row.id,
            agents.words(row.browser, row.system),
            row.shared_device,
            row.begun_at,
            now if row.id == by.session_id else row.last_seen_at,
            row.id == by.session_id,
        )
        for row in session().scalars(statement)
        if not presence.is_idle(row.token_hash, row.last_seen_at, row.idle_minutes)
    ]
    return sorted(found, key=lambda one: not one.is_this)


def end_one(sign_in: SignIn, *, by: Actor) -> None:
    """End one of one's sessions; the caller has loaded it through its scope."""
    authorize(by, Permission.Account.END_SESSIONS)
    end(by.person_id, SignIn.id == sign_in.id)


def end_others(*, by: Actor) -> None:
    """End every session of this person but this one."""
    authorize(by, Permission.Account.END_SESSIONS)
    end(by.person_id, SignIn.id != by.session_id)


def end(person_id: int | None, *which: sa.ColumnElement[bool]) -> None:
    """End a person's sessions, all unless narrowed, and hang up their sockets. The caller has authorized."""
    with transaction() as current:
        current.execute(
            sa.update(SignIn)
            .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), *which)
            .values(ended_at=clock.now()),
            execution_options={"synchronize_session": False},
        )
        if person_id is not None:
            announce(current, SessionsEnded(person_id))


def over(session_ids: Collection[int]) -> set[int]:
    """Those of these sessions that open nothing any more: ended, run out, idle, or deleted since."""
    wanted, running_ = sorted(session_ids), set()
    for start in range(0, len(wanted), 500):
        statement = sa.select(
            SignIn.id, SignIn.token_hash, SignIn.last_seen_at, SignIn.idle_minutes
        ).where(
            SignIn.id.in_(wanted[start : start + 500]),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.now(),
        )
        running_ |= {
            row.id
            for row in session().execute(statement)
            if not presence.is_idle(row.token_hash, row.last_seen_at, row.idle_minutes)
        }
    return set(wanted) - running_


def confirm(*, by: Actor) -> None:
    """Whoever holds this session has just proved again who they are. The caller has asked them."""
    with transaction() as current:
        current.execute(
            sa.update(SignIn).where(SignIn.id == by.session_id).values(confirmed_at=clock.now()),
            execution_options={"synchronize_session": False},
        )


def note_seen(session_id: int, at: datetime) -> None:
    """A session was seen then. Never sets the time back; safe to run twice."""
    with transaction() as current:
        current.execute(
            sa.update(SignIn)
            .where(SignIn.id == session_id, SignIn.last_seen_at < at)
            .values(last_seen_at=at),
            execution_options={"synchronize_session": False},
        )


def refuse(person_id: int | None, why: Refusal, message: Text) -> Refused:
    """Keep that somebody was not let in, and return what to raise."""
    with transaction() as current:
        attempt = SignInAttempt(person_id=person_id, why=why)
        current.add(attempt)
        current.flush()
        number = attempt.id
    return Refused(message, number)


def own_up(person: Person, attempt_ids: Sequence[int]) -> None:
    """Whoever has just come in mistyped before: those tries are no news to them."""
    if not attempt_ids:
        return
    with transaction() as current:
        current.execute(
            sa.update(SignInAttempt)
            .where(
                SignInAttempt.id.in_(list(attempt_ids)[-ONES_OWN_SLIPS:]),
                SignInAttempt.person_id == person.id,
                SignInAttempt.told_at.is_(None),
                SignInAttempt.at > clock.now() - _SLIPS_WITHIN,
            )
            .values(told_at=clock.now())
        )


def news(person_id: int, *, but: int | None = None) -> News:
    """What a person should look at: refused tries, and sign-ins on new devices other than ``but``."""
    attempts = (
        sa.select(SignInAttempt)
        .where(SignInAttempt.person_id == person_id, SignInAttempt.told_at.is_(None))
        .order_by(SignInAttempt.id.desc())
        .limit(_SHOWN)
    )
    sign_ins = (
        sa.select(SignIn.begun_at, SignIn.browser, SignIn.system)
        .where(_untold(person_id), SignIn.id != (but or 0))
        .order_by(SignIn.id.desc())
        .limit(_SHOWN)
    )
    return News(
        list(session().scalars(attempts)),
        [
            (row.begun_at, agents.words(row.browser, row.system))
            for row in session().execute(sign_ins)
        ],
    )


def put_aside(*, by: Actor) -> None:
    """They have read the news and know of it. A sign-in is never put aside by itself."""
    authorize(by, Permission.Account.SEE)
    with transaction() as current:
        current.execute(
            sa.update(SignInAttempt)
            .where(SignInAttempt.person_id == by.person_id, SignInAttempt.told_at.is_(None))
            .values(told_at=clock.now())
        )
        current.execute(
            sa.update(SignIn)
            .where(_untold(by.person_id), SignIn.id != by.session_id)
            .values(told_at=clock.now())
        )


def _untold(person_id: int | None) -> sa.ColumnElement[bool]:
    return sa.and_(
        SignIn.person_id == person_id, SignIn.new_device.is_(True), SignIn.told_at.is_(None)
    )


def forget_attempts() -> None:
    """Delete refused sign-ins of a quarter ago. Safe to run at any time."""
    with transaction() as current:
        current.execute(
            sa.delete(SignInAttempt).where(SignInAttempt.at < clock.now() - ATTEMPTS_ARE_KEPT)
        )
