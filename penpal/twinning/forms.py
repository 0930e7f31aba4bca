"""Parsing of the pairing board."""

from __future__ import annotations

from collections.abc import Mapping

_PREFIX = "partner-"


def chosen(fields: Mapping[str, str]) -> dict[int, int]:
    """Own student to partner, from fields ``partner-17=42``; rows left empty are no choice."""
    return {
        int(name.removeprefix(_PREFIX)): int(value)
        for name, value in fields.items()
        if name.startswith(_PREFIX) and _is_id(name.removeprefix(_PREFIX)) and _is_id(value)
    }


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12
