"""Which photos exist for whom."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel.access import Actor
from penpal.media import register
from penpal.media.models import Photo, PhotoFile


def visible_to(actor: Actor) -> sa.Select[Photo]:
    """One's own, and those of things that one may read."""
    statement = sa.select(Photo)
    if actor.kind == "system":
        return statement
    if actor.person_id is None:
        return statement.where(sa.false())
    return statement.where(
        sa.or_(
            Photo.owner_id == actor.person_id,
            *(
                sa.and_(Photo.about_kind == kind, Photo.about_id.in_(ids(actor)))
                for kind, ids in register.readable()
            ),
        )
    )


def files_visible_to(actor: Actor) -> sa.Select[PhotoFile]:
    """Names of files are for jobs alone."""
    statement = sa.select(PhotoFile)
    return statement if actor.kind == "system" else statement.where(sa.false())
