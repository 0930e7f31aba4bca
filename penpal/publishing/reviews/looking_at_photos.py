"""What a reviewer says of each photo: it may be printed, it is left out, or a part of it is blurred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.media import blurring
from penpal.media import queries as media
from penpal.media.models import Photo
from penpal.media.queries import Picture
from penpal.permissions import Permission
from penpal.publishing.pieces.freezing import PHOTO_KIND
from penpal.publishing.pieces.models import (
    Faces,
    Submission,
    SubmissionPart,
    SubmissionParty,
    SubmissionPhoto,
)

KIND = PHOTO_KIND


class Say(StrEnum):
    """A reviewer's word about a photo."""

    NOBODY = "nobody"
    """Nobody's face is in it."""
    AGREED = "agreed"
    """Only faces of those who agreed."""
    OUT = "out"


_FACES = {Say.NOBODY: Faces.NONE, Say.AGREED: Faces.SOME}


class Seen(NamedTuple):
    """A photo of a piece, what is known of it, and what a member of staff said of it, if any did."""

    picture: Picture
    known: SubmissionPhoto
    said: Say | None


def of(submission: Submission) -> list[Seen]:
    """The photos of the present revision, in their order."""
    parts = [part.id for part in submission.current_parts()]
    known = {
        row.photo_id: row
        for row in session().scalars(
            sa.select(SubmissionPhoto).where(SubmissionPhoto.part_id.in_(parts))
        )
    }
    parties = set(
        session().scalars(
            sa.select(SubmissionParty.person_id).where(
                SubmissionParty.submission_id == submission.id
            )
        )
    )
    children = parties | {submission.author_id}
    pictures = media.of(KIND, parts)
    return [
        Seen(picture, known[picture.id], _said(known[picture.id], children))
        for part_id in parts
        for picture in pictures.get(part_id, ())
        if picture.id in known
    ]


def _said(known: SubmissionPhoto, children: set[int]) -> Say | None:
    """What its author says of a photo is no look of a reviewer's."""
    if known.is_out:
        return Say.OUT
    if known.told_by_id is None or known.told_by_id in children:
        return None
    return Say.AGREED if known.faces is Faces.SOME else Say.NOBODY


def judge(submission: Submission, says: Mapping[int, Say], *, by: Actor) -> None:
    """Write down what was said of each photo; in the transaction of the decision."""
    access.authorize(by, Permission.Submission.TEND_PHOTOS, submission)
    with transaction():
        for seen in of(submission):
            say = says.get(seen.picture.id)
            if say is None or say is seen.said:
                continue
            known = seen.known
            known.is_out = say is Say.OUT
            if say in _FACES and known.faces is not Faces.BLURRED:
                known.faces = _FACES[say]
            known.told_by_id = by.person_id
            if say is Say.OUT:
                trail.write(submission, "left photo out", by=by)
            else:
                trail.write(submission, "looked at photo", by=by)
        session().flush()


def check(submission: Submission) -> None:
    """Raises ``Invalid`` for ``photos`` while nobody of staff has looked at a photo that would be printed."""
    if any(seen.said is None for seen in of(submission)):
        raise Invalid(fields={"photos": _l("照片也要看一眼：每一张选一项，再通过。")})


def find(photo_id: int, *, by: Actor) -> tuple[Photo, Submission]:
    """A photo of the present revision of a piece at which it is this person's turn."""
    known = access.load(SubmissionPhoto, by, photo_id)
    photo = session().get(Photo, known.photo_id)
    part = session().get_one(SubmissionPart, known.part_id)
    if photo is None or not photo.is_of(KIND, part.id):
        raise NotFound
    if part.revision != part.submission.revision:
        raise NotFound
    access.authorize(by, Permission.Submission.TEND_PHOTOS, part.submission)
    return photo, part.submission


def blur(photo_id: int, boxes: Sequence[blurring.Box], *, by: Actor) -> Submission:
    """Make what lies in these boxes unrecognisable in the copy; the author's own photo stays as it is."""
    photo, submission = find(photo_id, by=by)
    if not boxes:
        raise Invalid(fields={"cells": _l("先选要盖住的地方。")})
    name = blurring.draw(photo, boxes)
    with transaction() as current:
        access.authorize(by, Permission.Submission.TEND_PHOTOS, submission)
        known = current.get_one(SubmissionPhoto, photo_id)
        blurring.put(current.get_one(Photo, photo_id), name, by=by)
        known.faces, known.told_by_id, known.is_out = Faces.BLURRED, by.person_id, False
        trail.write(submission, "blurred photo", by=by)
    return submission
