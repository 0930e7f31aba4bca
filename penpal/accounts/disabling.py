"""Closing an account for a while, and opening it again: at once, with a reason, on the trail."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import second_factor, sessions
from penpal.accounts.models import Person
from penpal.kernel import clock, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove
from penpal.permissions import Permission


def disable(person: Person, *, reason: str, by: Actor) -> None:
    """Nobody comes in with this account any more; sessions and sockets end. Nothing is deleted."""
    authorize(by, Permission.Account.DISABLE, person)
    said = second_factor.reason_in(reason)
    with transaction():
        _switch(person, Person.disabled_at.is_(None), disabled_at=clock.now())
        sessions.end(person.id)
        trail.write(person, "disabled", by=by, reason=said)


def enable(person: Person, *, reason: str, by: Actor) -> None:
    """The account opens again with the password it had."""
    authorize(by, Permission.Account.DISABLE, person)
    said = second_factor.reason_in(reason)
    with transaction():
        _switch(person, Person.disabled_at.is_not(None), disabled_at=None)
        trail.write(person, "enabled", by=by, reason=said)


def _switch(person: Person, still: sa.ColumnElement[bool], **values: object) -> None:
    """Change it unless somebody else was quicker."""
    current = session()
    done = current.execute(sa.update(Person).where(Person.id == person.id, still).values(values))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise IllegalMove(_l("已经有人改过了。刷新看看现在怎么样。"))
    current.refresh(person)
