"""Parsing of the pairing board."""

from __future__ import annotations

from collections.abc import Mapping

from penpal.kernel import numbers

_PREFIX = "partner-"


def chosen(fields: Mapping[str, str]) -> dict[int, int]:
    """Own student to partner, from fields ``partner-17=42``; rows left empty are no choice."""
    typed = {
        numbers.typed(name.removeprefix(_PREFIX)): numbers.typed(value)
        for name, value in fields.items()
        if name.startswith(_PREFIX)
    }
    return {own: partner for own, partner in typed.items() if own and partner}
