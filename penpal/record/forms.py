"""What was asked of the record, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from penpal.kernel import search
from penpal.record import wording
from penpal.record.queries import Asked


def asked(given: Mapping[str, str]) -> Asked:
    """Words, kind and days; what makes no sense is left out."""
    found = search.asked(given.get("words", ""))
    kind = given.get("kind", "")
    return Asked(
        typed=found.typed,
        words=found.words,
        kind=kind if kind in wording.KINDS else "",
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    # The databases and the time zone each know a last day, none of them in anybody's record.
    return day if 2000 <= day.year < 3000 else None
