"""Addresses of photos: signed, for one reader, for some hours. Whoever follows one is asked all the same."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from penpal.accounts.signed_in import actor
from penpal.kernel import clock, numbers
from penpal.kernel.errors import NotFound
from penpal.media.queries import Picture
from penpal.media.shapes import Format, Size

_PERIOD = timedelta(hours=6)
"""An address stays the same for so long, so that a browser may keep the picture; it is good for
between one and two of these."""


class Link(NamedTuple):
    photo_id: int
    size: Size
    format: Format
    seconds: int
    """That it is still good for."""


def photo_src(picture: Picture, size: str = "middle", form: str = "jpeg") -> str:
    """The address of a picture for whoever is signed in; ``form`` is ``webp`` or ``jpeg``."""
    return f"/photos/{token(picture.id, size, form, actor().person_id)}"


def token(photo_id: int, size: str, form: str, reader_id: int | None) -> str:
    key = str(current_app.config["SECRET_KEY"])
    return _signed(key, photo_id, Size(size).value, Format(form).value, reader_id or 0, _end())


def read(token: str, *, reader_id: int | None) -> Link:
    """What an address stands for. Raises ``NotFound`` for another reader's and for one that is over."""
    try:
        photo_id, size, form, reader, end = _serializer(
            str(current_app.config["SECRET_KEY"])
        ).loads(token)
        link = Link(int(photo_id), Size(size), Format(form), int(end) - _now())
    except (BadData, ValueError, TypeError) as problem:
        raise NotFound from problem
    if reader != reader_id or link.seconds <= 0 or not 0 < link.photo_id <= numbers.LARGEST:
        raise NotFound
    return link


@lru_cache(maxsize=4096)
def _signed(key: str, *what: object) -> str:
    signed = _serializer(key).dumps(what)
    return signed if isinstance(signed, str) else signed.decode()


@lru_cache(maxsize=4)
def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="photos")


def _now() -> int:
    return int(clock.now().timestamp())


def _end() -> int:
    period = int(_PERIOD.total_seconds())
    return (_now() // period + 2) * period
