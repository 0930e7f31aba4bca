"""Parsing of the composer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from penpal.kernel import numbers
from penpal.letters.models import Envelope


@dataclass(frozen=True)
class Composed:
    """What came from the composer. A new page carries a fresh key, so that a lone form works without JavaScript."""

    key: str
    body: str
    envelope: Envelope
    revision: int
    in_reply_to: int | None


def fresh_key() -> str:
    return secrets.token_urlsafe(18)


def parse(fields: Mapping[str, str]) -> Composed:
    """Read the composer's fields. An unknown envelope is a sealed one: the safe reading."""
    chosen = fields.get("envelope", "")
    return Composed(
        key=fields.get("key", ""),
        body=fields.get("body", ""),
        envelope=Envelope(chosen) if chosen in set(Envelope) else Envelope.SEALED,
        revision=numbers.typed(fields.get("revision")) or 0,
        in_reply_to=numbers.typed(fields.get("in_reply_to")),
    )
