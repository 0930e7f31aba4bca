"""Parsing of what a child tells."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from penpal.safeguarding.models import Addressee


@dataclass(frozen=True)
class TellForm:
    """``about`` is a pointer such as ``letter:7``, or empty. ``key`` makes pressing twice tell once."""

    key: str
    words: str
    addressee: Addressee
    about: str

    @classmethod
    def fresh(cls, about: str) -> TellForm:
        return cls(secrets.token_urlsafe(18), "", Addressee.TEACHER, about[:64])

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> TellForm:
        chosen = fields.get("addressee", "")
        return cls(
            key=fields.get("key", "")[:64] or secrets.token_urlsafe(18),
            words=fields.get("words", ""),
            addressee=Addressee(chosen) if chosen in set(Addressee) else Addressee.TEACHER,
            about=fields.get("about", "")[:64],
        )
