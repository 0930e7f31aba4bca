"""Parsing of the pages of what two do together."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date

from penpal.activities.states import IdeaKind, Seal, ShownTo
from penpal.activities.typed import Wording, Written
from penpal.kernel import numbers


def fresh_key() -> str:
    return secrets.token_urlsafe(18)


def idea(typed: str | None) -> IdeaKind:
    """An unknown kind is something of their own."""
    return IdeaKind(typed) if typed in set(IdeaKind) else IdeaKind.OWN


def day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None


def wording(fields: Mapping[str, str]) -> Wording:
    return Wording(
        idea(fields.get("idea")),
        fields.get("title", ""),
        fields.get("plan", ""),
        day(fields.get("do_by")),
    )


def version(fields: Mapping[str, str]) -> int:
    return numbers.typed(fields.get("version")) or 0


def written(fields: Mapping[str, str]) -> Written:
    """A record as it was typed. An unknown choice is the sealed one: the safe reading."""
    return Written(
        text=fields.get("text", ""),
        gave=fields.get("gave", ""),
        done_on=day(fields.get("done_on")),
        seal=seal(fields.get("seal")),
        revision=numbers.typed(fields.get("revision")) or 0,
    )


def seal(typed: str | None) -> Seal:
    return Seal(typed) if typed in set(Seal) else Seal.SEALED


def shown_to(typed: str | None) -> ShownTo:
    """An unknown choice is the narrow one."""
    return ShownTo(typed) if typed in set(ShownTo) else ShownTo.US
