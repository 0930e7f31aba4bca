"""Between the password and the second factor: the browser holds a note, and nobody is signed in.

The note names the person and the moment. It is good for five minutes, for this password alone, and
opens no page but the one that asks for the code.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import NamedTuple

from flask import current_app, session
from flask_login import logout_user

from penpal.accounts.models import Person, PersonKind
from penpal.kernel import clock, db

_KEY = "half_open"
HOLDS = timedelta(minutes=5)


class HalfOpen(NamedTuple):
    person: Person
    shared_device: bool


def begin(person: Person, *, shared_device: bool) -> None:
    """The password was right. Whoever sat here before is signed in no longer."""
    logout_user()
    session[_KEY] = [person.id, int(clock.now().timestamp()), shared_device, _stamp(person)]


def here() -> HalfOpen | None:
    """Whose second step this browser waits at, or None."""
    note = session.get(_KEY)
    if note is None:
        return None
    person_id, at, shared_device, stamp = note
    if clock.now().timestamp() - at > HOLDS.total_seconds():
        return None
    person = db.session().get(Person, person_id)
    if person is None or person.kind is not PersonKind.STAFF or person.disabled_at is not None:
        return None
    if not hmac.compare_digest(stamp, _stamp(person)):
        return None
    return HalfOpen(person, shared_device)


def end() -> None:
    session.pop(_KEY, None)


def _stamp(person: Person) -> str:
    """Changes with the password, so that a note from before opens nothing."""
    key: str = current_app.config["SECRET_KEY"]
    said = f"half-open:{person.id}:{person.password_hash}".encode()
    return hmac.new(key.encode(), said, "sha256").hexdigest()[:32]
