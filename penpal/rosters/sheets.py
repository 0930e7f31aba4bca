"""The rows of a roster as a file has them, and how to hear how far the work with them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from typing import Any

MISREAD = "?"
"""Stands in a row for a birth or consent that was written in a way we cannot read."""
AGREED = "yes"
"""Stands in a row for a consent without a date."""

Progress = Callable[[int, int], None]
"""Told how much is done of how much. May raise, to stop the work."""


def in_silence(_done: int, _all: int) -> None:
    """The progress of work that nobody watches."""


@dataclass(frozen=True, slots=True)
class Row:
    """One student as the file has them. Birth is 'YYYY-MM'; consent an ISO date or ``AGREED``."""

    line: int
    class_name: str
    grade: str
    number: str
    name: str
    birth: str
    consent: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, and what was left out of it: columns by heading, values by count."""

    rows: tuple[Row, ...]
    headings: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    dropped_values: int = 0
    uncounted: int = 0
    """Formulas without a result; their cells were read as empty."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"rows": [astuple(row) for row in self.rows]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Sheet:
        return cls(
            rows=tuple(Row(*row) for row in kept["rows"]),
            headings=tuple(kept["headings"]),
            ignored=tuple(kept["ignored"]),
            dropped=tuple(kept["dropped"]),
            dropped_values=kept["dropped_values"],
            uncounted=kept["uncounted"],
        )
