"""What pieces are about: a short list, kept as data in two languages beside each other."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import get_locale

_SOURCE = Path(__file__).with_name("data") / "themes.toml"
MOMENT = "moment"
"""One moment, two places: these stand on a page of their own."""


@dataclass(frozen=True)
class Theme:
    key: str
    in_chinese: str
    in_english: str

    @property
    def name(self) -> str:
        return self.in_english if str(get_locale()).startswith("en") else self.in_chinese


@cache
def every() -> Mapping[str, Theme]:
    """All themes by key, in the order in which they are offered."""
    listed = tomllib.loads(_SOURCE.read_text(encoding="utf-8"))["themes"]
    return {row[0]: Theme(*row) for row in listed}


def name_of(key: str) -> str:
    """What a theme is called; empty for none and for one that is offered no more."""
    theme = every().get(key)
    return theme.name if theme else ""
