"""Numbers of rows, as they come typed in an address or a form."""

from __future__ import annotations

LARGEST = 2**31 - 1
"""What a key column holds; the databases answer anything larger with an error."""


def typed(text: str | None) -> int | None:
    """The number that was typed; None where it can be no row's."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    number = int(text)
    return number if 0 < number <= LARGEST else None
