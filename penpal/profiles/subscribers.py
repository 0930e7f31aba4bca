"""What profiles tell the floor of photos: who may see the photo of one."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.media import register as photos
from penpal.profiles.models import Profile
from penpal.profiles.services import KIND


def _readable(actor: Actor) -> sa.Select[int]:
    return access.visible(Profile, actor).with_only_columns(Profile.person_id)


def register() -> None:
    photos.visible(KIND, _readable)
