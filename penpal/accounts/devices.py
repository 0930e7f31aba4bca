"""What a person's own device may keep of what it was shown, and the name it knows the person by."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app, g, session

from penpal.accounts import signed_in, snapshots
from penpal.accounts.models import Person, SignIn
from penpal.kernel import db
from penpal.kernel.access import Actor

_LEFT = "left"


class Device(NamedTuple):
    """Whose device a page is on, in a name that says nothing, and what may lie there.

    ``state`` is ``keeps`` on a student's own one, ``shared`` where everything goes, ``passing`` for
    staff, whose pages are not kept, ``left`` from a sign-out until somebody signs in, ``ended``
    where the sign-in was taken away from elsewhere, so that kept pages have to go and unsent words
    stay, and '' for whoever is not signed in.
    """

    person: str
    state: str

    @property
    def keeps(self) -> bool:
        return self.state == "keeps"


UNKNOWN = Device("", "")


def key_of(person_id: int) -> str:
    """An opaque name for a person: it tells two apart on one device and nothing else about them."""
    return _key(str(current_app.config["SECRET_KEY"]), person_id)


@lru_cache(maxsize=2048)
def _key(secret: str, person_id: int) -> str:
    return hmac.new(secret.encode(), f"device:{person_id}".encode(), hashlib.sha256).hexdigest()[
        :24
    ]


def here() -> Device:
    """The device of this request."""
    person = signed_in.actor()
    if person.person_id is None:
        if session.get(_LEFT):
            return Device("", "left")
        return Device("", "ended") if _was_ended() else UNKNOWN
    return Device(key_of(person.person_id), _state(person))


def _was_ended() -> bool:
    """Whether somebody ended the sign-in that this browser still names. One that ran out was not ended."""
    token = session.get("_user_id")
    if token is None:
        return False
    if "sign_in_was_ended" not in g:
        g.sign_in_was_ended = db.session().scalar(
            sa.select(sa.literal(True))
            .select_from(SignIn)
            .join(Person, Person.id == SignIn.person_id)
            .where(
                SignIn.token_hash == snapshots.token_hash(token),
                sa.or_(SignIn.ended_at.is_not(None), Person.disabled_at.is_not(None)),
            )
        )
    return bool(g.sign_in_was_ended)


def _state(person: Actor) -> str:
    if person.shared_device:
        return "shared"
    return "keeps" if person.is_student else "passing"


def keep_this_page() -> None:
    """The page of this request may stay on the person's own device, to be read without a line."""
    g.kept_on_device = True


def is_kept() -> bool:
    return bool(g.get("kept_on_device"))


def leave() -> None:
    """Somebody signed out on purpose: every page until the next sign-in tells the device to forget.

    No page can know that the one before it got through and was obeyed, so it is said again.
    """
    session[_LEFT] = True
    session.permanent = True
