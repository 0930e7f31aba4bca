"""Where help is: telephone numbers as data, those of a child's own region first."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import get_locale

from penpal.places import queries as places

_SOURCE = Path(__file__).with_name("data") / "helplines.toml"


@dataclass(frozen=True)
class Line:
    """``opens`` is empty for day and night. ``units`` are codes of the tree; none means everywhere."""

    number: str
    names: tuple[str, str]
    opening: tuple[str, str]
    units: frozenset[str]

    @property
    def name(self) -> str:
        return self.names[_language()]

    @property
    def opens(self) -> str:
        return self.opening[_language()]

    @property
    def dialled(self) -> str:
        return self.number.replace("-", "")


def near(path: str) -> list[Line]:
    """The lines for a child at this place of the tree, or for anyone where the place is not known."""
    here = {unit.code for unit in places.along([path]).values()}
    own = [line for line in _every() if line.units & here]
    return own + [line for line in _every() if not line.units]


@cache
def _every() -> tuple[Line, ...]:
    told = tomllib.loads(_SOURCE.read_text(encoding="utf-8"))
    return tuple(
        Line(
            row["number"],
            (row["name"]["zh"], row["name"]["en"]),
            (row["opens"]["zh"], row["opens"]["en"]),
            frozenset(row["units"]),
        )
        for row in told["line"]
    )


def _language() -> int:
    return 0 if str(get_locale() or "zh").startswith("zh") else 1
