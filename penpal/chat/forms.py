"""Parsing of what is said in a room without scripts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from penpal.kernel import numbers
from penpal.media.services import Chosen

PHOTOS_MOST = 3
"""That go with one line."""
LETTER_MOST = 60
"""Lines that a letter can begin with."""


@dataclass(frozen=True)
class Typed:
    """What came from the form. A new page carries a fresh key, so that a lone form works without JavaScript."""

    key: str
    body: str = ""
    sticker: str | None = None
    quotes: int | None = None
    words: str = ""
    """For the teacher who is asked to release the line."""
    photos: tuple[Chosen, ...] = ()


def fresh() -> Typed:
    return Typed(key=fresh_key())


def fresh_key() -> str:
    return secrets.token_urlsafe(18)


def parse(fields: Mapping[str, str]) -> Typed:
    return Typed(
        key=fields.get("key", ""),
        body=fields.get("body", ""),
        sticker=fields.get("sticker") or None,
        quotes=numbers.typed(fields.get("quotes")),
        words=fields.get("words", ""),
    )


def picked(written: list[str]) -> list[int]:
    """The lines that were ticked for a letter, each once."""
    found = (numbers.typed(one) for one in dict.fromkeys(written))
    return [number for number in found if number is not None][:LETTER_MOST]
