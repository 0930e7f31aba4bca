"""Making parts of a photo unrecognisable for good: in new files, made of our own clean pixels.

A mosaic of a few flat squares is all that stays of a box: nothing that a filter could bring back.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image

from penpal.kernel import db, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import in_transaction, transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.media import decoding, services, store
from penpal.media.headers import Refused
from penpal.media.models import Photo
from penpal.media.shapes import Format, Size

SQUARES = 3
"""Along the longer side of a large box: of a face that leaves nine colours. A small box becomes one."""
_LARGE = 0.25
"""Of the picture's longer side."""
_STEPS = 48
"""Colours are brought down to so coarse steps that no shade tells more."""
MOST = 48


class Box(NamedTuple):
    """A part of a photo in thousandths of its width and height, from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def is_one(self) -> bool:
        return 0 <= self.left < self.right <= 1000 and 0 <= self.top < self.bottom <= 1000


class Made(NamedTuple):
    """New files, and what proves them to be the same."""

    name: str
    width: int
    height: int
    digest: str


def draw(photo: Photo, boxes: Sequence[Box]) -> Made:
    """New files of a photo, with these boxes covered. Not for the inside of a transaction.

    Raises ``Invalid`` for the field ``cells`` and ``NotFound`` where its files are gone.
    """
    if not 0 < len(boxes) <= MOST or not all(box.is_one for box in boxes):
        raise Invalid(fields={"cells": Invalid.message})
    if in_transaction():
        raise RuntimeError("drawing takes a while and holds no transaction")
    name = photo.name
    db.let_go()
    try:
        kept = store.here().get(name, Size.LARGE, Format.JPEG)
        decoded = decoding.decode(covered(kept, boxes))
    except store.Gone as gone:
        raise NotFound from gone
    except Refused as refused:
        raise Invalid from refused
    made = services.write_files(decoded)
    return Made(made, decoded.width, decoded.height, decoded.digest)


def covered(content: bytes, boxes: Sequence[Box]) -> bytes:
    """The bytes of the same picture with its boxes covered."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
        picture = opened.convert("RGB")
    for box in boxes:
        place = _pixels(box, picture.size)
        picture.paste(_mosaic(picture.crop(place), max(picture.size)), place)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=92)
    return written.getvalue()


def put(photo: Photo, made: Made, *, by: Actor) -> None:
    """Let a photo be the new files from now on; in the caller's transaction, who has authorized."""
    with transaction() as current:
        photo.name, photo.digest = made.name, made.digest
        photo.width, photo.height = made.width, made.height
        current.flush()
        trail.write(photo, "blur", by=by)


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Outwards to whole pixels: what was chosen is covered to its edge."""
    width, height = size
    return (
        box.left * width // 1000,
        box.top * height // 1000,
        min(width, -(-box.right * width // 1000)),
        min(height, -(-box.bottom * height // 1000)),
    )


def _mosaic(part: Image.Image, whole: int) -> Image.Image:
    longer = max(part.size)
    squares = SQUARES if longer > whole * _LARGE else 1
    small = (
        max(1, round(part.width * squares / longer)),
        max(1, round(part.height * squares / longer)),
    )
    flat = part.resize(small, Image.Resampling.BOX)
    flat = flat.point(lambda value: min(255, value // _STEPS * _STEPS + _STEPS // 2))
    return flat.resize(part.size, Image.Resampling.NEAREST)
