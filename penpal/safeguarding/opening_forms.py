"""Parsing of what is said when a sealed thing is to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from penpal.kernel import numbers
from penpal.safeguarding import openings
from penpal.safeguarding.openings import Why


@dataclass(frozen=True)
class OpeningForm:
    """As it was typed. ``delay_until`` is a day, or what stands there instead of one."""

    reason: str = ""
    told: str = ""
    days: int = openings.DAYS
    delay_reason: str = ""
    delay_until: str = ""
    danger: int | None = None
    chosen: tuple[int, ...] = ()

    @classmethod
    def parse(cls, fields: Mapping[str, str], chosen: list[str]) -> OpeningForm:
        return cls(
            reason=fields.get("reason", ""),
            told=fields.get("told", ""),
            days=numbers.typed(fields.get("days")) or openings.DAYS,
            delay_reason=fields.get("delay_reason", ""),
            delay_until=fields.get("delay_until", "")[:10],
            danger=numbers.typed(fields.get("danger")),
            chosen=tuple(filter(None, map(numbers.typed, chosen))),
        )

    @property
    def why(self) -> Why:
        day = None
        with suppress(ValueError):
            day = date.fromisoformat(self.delay_until)
        return Why(self.reason, self.told, self.delay_reason, day)

    def prefilled(self, reason: str, told: str) -> OpeningForm:
        return replace(self, reason=reason, told=told)
