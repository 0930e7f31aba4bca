"""What the desk tells the floors below: how to point at a partner's profile, and what stands in it."""

from __future__ import annotations

from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.desk import looking_back, pair_lines
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.profiles.models import Profile
from penpal.safeguarding import items
from penpal.twinning import reminding


def _profile(person_id: int, actor: Actor) -> str | None:
    statement = access.visible(Profile, actor).where(Profile.person_id == person_id)
    if session().scalar(statement) is None:
        return None
    return _("%(name)s的介绍", name=session().get_one(Person, person_id).name_for_partners)


def _content(person_id: int) -> items.Content | None:
    profile = session().get(Profile, person_id)
    if profile is None:
        return None
    written = [profile.introduction, profile.question, *profile.interests]
    text = "\n\n".join(part for part in written if part)
    return items.Content(
        kind="profile",
        id=person_id,
        title=_("%(name)s的介绍", name=session().get_one(Person, person_id).name_for_partners),
        author_id=person_id,
        parties=(person_id,),
        text=text,
        html=str(html.plain(text)),
        direction=html.direction(text),
        is_sealed=False,
    )


def register() -> None:
    items.register("profile", items.Handler(_profile, _content))
    reminding.register()
    looking_back.register()
    pair_lines.register()
