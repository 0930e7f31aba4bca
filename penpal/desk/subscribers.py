"""What the desk tells the floors below: how to point at a partner's profile."""

from __future__ import annotations

from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.profiles.models import Profile
from penpal.safeguarding import pointers


def _profile(person_id: int, actor: Actor) -> str | None:
    statement = access.visible(Profile, actor).where(Profile.person_id == person_id)
    if session().scalar(statement) is None:
        return None
    return _("%(name)s的介绍", name=session().get_one(Person, person_id).name_for_partners)


def register() -> None:
    pointers.register("profile", _profile)
