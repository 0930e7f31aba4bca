"""Small named facts about who asks and a photo."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import SECRETARIES, STUDENT
from penpal.kernel.access import Actor, fact
from penpal.kernel.db import session
from penpal.media import scopes
from penpal.media.models import Photo


@fact(_l("自己传的照片"), STUDENT)
def is_owner(actor: Actor, photo: Photo) -> bool:
    return actor.is_student and actor.takes_part and photo.owner_id == actor.person_id


@fact(
    _l("自己读得到的东西里的照片"),
    *(STUDENT, Role.TEACHER.value, *SECRETARIES, Role.EDITOR.value),
)
def is_within_reach(actor: Actor, photo: Photo) -> bool:
    """It belongs to something that whoever asks may read at this moment."""
    if actor.is_student and not actor.takes_part:
        return False
    if actor.kind not in ("student", "staff") or photo.is_loose:
        return False
    statement = scopes.visible_to(actor).where(Photo.id == photo.id).with_only_columns(Photo.id)
    return session().scalar(sa.select(statement.exists())) is True
