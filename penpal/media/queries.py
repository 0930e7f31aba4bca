"""Selects over photos: whose they are, and those of many things at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.media import scopes, shapes
from penpal.media.models import Photo
from penpal.media.shapes import Size


class Chosen(NamedTuple):
    """A photo for a thing, and what its author says is to be seen on it."""

    photo_id: int
    description: str


class Picture(NamedTuple):
    """A photo as a page shows it; width and height are those of the largest size."""

    id: int
    width: int
    height: int
    description: str
    key: str
    owner_id: int
    digest: str

    def fitted(self, size: str) -> tuple[int, int]:
        """How wide and high it is in that size."""
        return shapes.fitted(self.width, self.height, shapes.SIDES[Size(size)])


_AT_ONCE = 4 * shapes.MOST
_COLUMNS = (
    Photo.id,
    Photo.width,
    Photo.height,
    Photo.description,
    Photo.key,
    Photo.owner_id,
    Photo.digest,
)


def of(kind: str, ids: Sequence[int]) -> dict[int, tuple[Picture, ...]]:
    """The photos of things of one kind, each thing's in their order: one query, none for no things.

    The caller has loaded the things through their scope.
    """
    found = of_all([(kind, one) for one in ids])
    return {about_id: pictures for (_kind, about_id), pictures in found.items()}


def of_all(things: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[Picture, ...]]:
    """The photos of things of several kinds, by kind and id: one query as well."""
    if not things:
        return {}
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for kind, about_id in things:
        ids[kind].append(about_id)
    statement = (
        sa.select(Photo.about_kind, Photo.about_id, *_COLUMNS)
        .where(
            sa.or_(
                *(
                    sa.and_(Photo.about_kind == kind, Photo.about_id.in_(numbers))
                    for kind, numbers in ids.items()
                )
            )
        )
        .order_by(Photo.about_kind, Photo.about_id, Photo.position, Photo.id)
    )
    found: defaultdict[tuple[str, int], list[Picture]] = defaultdict(list)
    for row in session().execute(statement):
        found[row.about_kind, row.about_id].append(Picture(*row[2:]))
    return {thing: tuple(pictures) for thing, pictures in found.items()}


def chosen(chosen: Sequence[Chosen], *, by: Actor) -> tuple[Picture, ...]:
    """The photos that a form names, in its order and with its words, of those that one may see."""
    words = {one.photo_id: one.description for one in chosen}
    return tuple(
        picture._replace(description=words[picture.id]) for picture in loose(list(words), by=by)
    )


def loose(ids: Sequence[int], *, by: Actor) -> tuple[Picture, ...]:
    """Those of these photos that one may see, in the order asked for.

    For a form that is shown again: its photos may belong to nothing yet.
    """
    if not ids:
        return ()
    statement = (
        scopes.visible_to(by).where(Photo.id.in_(list(ids)[:_AT_ONCE])).with_only_columns(*_COLUMNS)
    )
    found = {row.id: Picture(*row) for row in session().execute(statement)}
    return tuple(found[one] for one in ids if one in found)


def picture(photo: Photo) -> Picture:
    return Picture(
        photo.id,
        photo.width,
        photo.height,
        photo.description,
        photo.key,
        photo.owner_id,
        photo.digest,
    )
