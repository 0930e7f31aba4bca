"""What a photo may be when it comes, and in which sizes and formats it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

MOST = 6
"""Photos of one letter, note or record."""
DESCRIPTION_MAX = 100
"""Characters."""

BYTES_MOST = 15 * 1024 * 1024
JPEG_PIXELS_MOST = 50_000_000
"""Of a JPEG that is read small from the start, without ever being whole in memory."""
PIXELS_MOST = 25_000_000
"""Of everything else: what a phone takes with 24 megapixels passes."""
WEBP_PIXELS_MOST = 12_500_000
"""Its decoder holds every picture several times, as if it moved."""
SIDE_MOST = 20_000

SECONDS_MOST = 2.5
"""That one photo may take to be read and written small: whoever sends it waits no longer than three."""


class Size(StrEnum):
    SMALL = "small"
    MIDDLE = "middle"
    LARGE = "large"


class Format(StrEnum):
    WEBP = "webp"
    JPEG = "jpeg"


SIDES: Mapping[Size, int] = {Size.LARGE: 1600, Size.MIDDLE: 800, Size.SMALL: 320}
"""Pixels of the longer side, the largest first; nothing is ever made larger than it came."""
CONTENT_TYPES: Mapping[Format, str] = {Format.WEBP: "image/webp", Format.JPEG: "image/jpeg"}


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """How wide and high something is once its longer side is no longer than ``side``."""
    longer = max(width, height)
    if longer <= side:
        return width, height
    return max(1, round(width * side / longer)), max(1, round(height * side / longer))
