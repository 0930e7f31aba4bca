"""Photos as things that can be reported, and the photos of whatever was reported, as they lay there then."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.media import register, store
from penpal.media.models import Photo
from penpal.media.shapes import Format, Size
from penpal.safeguarding import items
from penpal.safeguarding.evidence_models import Evidence, EvidencePhoto
from penpal.safeguarding.items import Content, Filed

KIND = "photo"


def filed(kind: str, number: int) -> tuple[Filed, ...]:
    """The photos of a thing at this moment, in their order."""
    statement = (
        sa.select(Photo)
        .where(Photo.about_kind == kind, Photo.about_id == number)
        .order_by(Photo.position, Photo.id)
    )
    return tuple(_as_filed(photo) for photo in session().scalars(statement))


def _as_filed(photo: Photo) -> Filed:
    return Filed(photo.name, photo.digest, photo.description, photo.width, photo.height)


def hold(frozen: Evidence, content: Content) -> None:
    """Have the files stay as long as the evidence does, whatever becomes of the photos."""
    session().add_all(
        EvidencePhoto(evidence_id=frozen.id, name=name)
        for name in dict.fromkeys(photo.name for photo in content.photos)
    )


def are_sound(photos: Sequence[Filed]) -> bool:
    """Whether each file is still the one whose digest was frozen."""
    return all(_is_sound(photo) for photo in photos)


def _is_sound(photo: Filed) -> bool:
    try:
        content = store.here().get(photo.name, Size.LARGE, Format.JPEG)
    except store.Gone:
        return False
    return hashlib.sha256(content).hexdigest() == photo.digest


def picture(content: Content, number: int) -> bytes:
    """The photo at that place, the first being 1, as JPEG. The caller has asked the rulebook."""
    if not 1 <= number <= len(content.photos):
        raise NotFound
    try:
        return store.here().get(content.photos[number - 1].name, Size.LARGE, Format.JPEG)
    except store.Gone as gone:
        raise NotFound from gone


def _label(photo_id: int, actor: Actor) -> str | None:
    """For whoever sees the photo where it belongs; one that belongs to nothing is nobody else's."""
    statement = access.visible(Photo, actor).where(
        Photo.id == photo_id, Photo.about_kind.is_not(None)
    )
    photo = session().scalar(statement)
    return None if photo is None else _title(photo)


def _title(photo: Photo) -> str:
    owner = session().get_one(Person, photo.owner_id)
    return _("%(name)s的照片", name=owner.name_for_partners)


def _content(photo_id: int) -> Content | None:
    """It is as sealed as the thing it belongs to, and belongs to the same people."""
    photo = session().get(Photo, photo_id)
    if photo is None or photo.about_kind is None or photo.about_id is None:
        return None
    thing = items.read(photo.about_kind, photo.about_id)
    parties = (photo.owner_id, *(thing.parties if thing else ()))
    return Content(
        kind=KIND,
        id=photo.id,
        title=_title(photo),
        author_id=photo.owner_id,
        parties=tuple(dict.fromkeys(parties)),
        text=photo.description,
        html=str(html.plain(photo.description)),
        direction=html.direction(photo.description),
        at=thing.at if thing else None,
        is_sealed=thing.is_sealed if thing else True,
        context={"about": f"{photo.about_kind}:{photo.about_id}"},
        photos=(_as_filed(photo),),
    )


def _with_photos(content: Content) -> Content:
    if content.photos:
        return content
    return replace(content, photos=filed(content.kind, content.id))


def _held_files() -> sa.Select[str]:
    return sa.select(EvidencePhoto.name)


def start() -> None:
    """Plug photos into what can be pointed at and frozen."""
    items.register(KIND, items.Handler(_label, _content))
    items.add_photos(_with_photos)
    register.keep_files(_held_files)
