"""A QR code as one path: a template draws it as part of its page, which no other request can fetch."""

from __future__ import annotations

from typing import NamedTuple

import segno

_BORDER = 4
"""Modules of white around it, as the standard asks (ISO/IEC 18004)."""


class Drawing(NamedTuple):
    """``size`` is the length of a side in modules, the border included."""

    size: int
    path: str


def draw(content: str) -> Drawing:
    rows = [bytes(row) for row in segno.make(content, error="m", micro=False).matrix]
    strokes = [
        f"M{start + _BORDER} {line + _BORDER}h{length}v1h-{length}z"
        for line, row in enumerate(rows)
        for start, length in _runs(row)
    ]
    return Drawing(len(rows) + 2 * _BORDER, "".join(strokes))


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules begin and how many stand in a line."""
    found: list[tuple[int, int]] = []
    start = -1
    for place, dark in enumerate([*row, 0]):
        if dark and start < 0:
            start = place
        elif not dark and start >= 0:
            found.append((start, place - start))
            start = -1
    return found
