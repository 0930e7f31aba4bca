"""Parsing of the pages of issues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from penpal.kernel import clock, numbers
from penpal.kernel.errors import Invalid
from penpal.publishing.issues.around import Around
from penpal.publishing.issues.models import SPACE_DEFAULT


def moment(fields: Mapping[str, str]) -> datetime | None:
    """A day and a time as typed, in Beijing time. Raises ``Invalid``; None for no day."""
    day, hour = fields.get("day", "").strip(), fields.get("time", "").strip() or "08:00"
    if not day:
        return None
    try:
        return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=clock.CHINA)
    except ValueError as problem:
        raise Invalid(fields={"day": _l("这个日子没有看懂。")}) from problem


def around(fields: Mapping[str, str]) -> Around:
    return Around(
        headline=fields.get("headline", ""),
        standfirst=fields.get("standfirst", ""),
        note=fields.get("note", ""),
        quote=fields.get("quote", ""),
        space=numbers.typed(fields.get("space")) or (0 if fields.get("space") else SPACE_DEFAULT),
        comes_out_at=moment(fields),
    )


def saved(fields: Mapping[str, str]) -> int:
    return numbers.typed(fields.get("saved")) or 0


def order(fields: Mapping[str, str]) -> list[int]:
    return [number for one in fields.get("order", "").split(",") if (number := numbers.typed(one))]


def photo(typed: str | None) -> int | None:
    """Which photo: ``none`` is 0, nothing chosen is None."""
    return 0 if typed == "none" else numbers.typed(typed)
