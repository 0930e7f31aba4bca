"""What an image says of itself in its first bytes, read without decoding any of it; pure.

A few bytes can promise a picture of gigabytes: what is too large is refused before anything unpacks it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum

from penpal.media import shapes


class Why(StrEnum):
    """Why something is not taken."""

    NOTHING = "nothing"
    NOT_A_PHOTO = "not_a_photo"
    TOO_HEAVY = "too_heavy"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"
    TOO_SLOW = "too_slow"


class Refused(ValueError):
    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Header:
    """``width`` and ``height`` are 0 where only the decoder can tell (HEIC)."""

    kind: str
    width: int
    height: int
    is_whole_in_memory: bool = True
    """Whether decoding needs all of it at once; a plain JPEG is read small."""

    @property
    def pixels_most(self) -> int:
        if self.kind == "WEBP":
            return shapes.WEBP_PIXELS_MOST
        return shapes.PIXELS_MOST if self.is_whole_in_memory else shapes.JPEG_PIXELS_MOST


_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive JPEG; the others no browser draws."""
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def check(content: bytes) -> Header:
    """What it is and how large. Raises ``Refused``; the file's name is never asked."""
    if not content:
        raise Refused(Why.NOTHING)
    if len(content) > shapes.BYTES_MOST:
        raise Refused(Why.TOO_HEAVY)
    try:
        header = _read(content)
    except (struct.error, IndexError) as cut_short:
        raise Refused(Why.DAMAGED) from cut_short
    if header.kind != "HEIF":
        if not header.width or not header.height:
            raise Refused(Why.DAMAGED)
        if (
            max(header.width, header.height) > shapes.SIDE_MOST
            or header.width * header.height > header.pixels_most
        ):
            raise Refused(Why.TOO_LARGE)
    return header


def _read(content: bytes) -> Header:
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content.startswith(_PNG):
        return _png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    if content[4:8] == b"ftyp" and _is_heic(content):
        return Header("HEIF", 0, 0)
    raise Refused(Why.NOT_A_PHOTO)


def _jpeg(content: bytes) -> Header:
    """Segments up to the first scan."""
    place, width, height, parts, progressive = 2, 0, 0, 0, False
    while True:
        if content[place] != 0xFF:
            raise Refused(Why.DAMAGED)
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker in _STANDALONE:
            place += 2
            continue
        (size,) = struct.unpack_from(">H", content, place + 2)
        if size < 2 or marker == 0xD9:
            raise Refused(Why.DAMAGED)
        if marker in _FRAMES:
            height, width, parts = struct.unpack_from(">HHB", content, place + 5)
            progressive = marker == 0xC2
        elif 0xC3 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            raise Refused(Why.NOT_A_PHOTO)
        elif marker == 0xDA:
            # In several scans, every coefficient of the picture is held until the last one.
            return Header("JPEG", width, height, progressive or content[place + 4] < parts)
        place += 2 + size


def _png(content: bytes) -> Header:
    width, height = struct.unpack_from(">II", content, 16)
    if content[12:16] != b"IHDR":
        raise Refused(Why.DAMAGED)
    return Header("PNG", width, height)


def _webp(content: bytes) -> Header:
    form = content[12:16]
    if form == b"VP8X":
        width = 1 + int.from_bytes(content[24:27], "little")
        height = 1 + int.from_bytes(content[27:30], "little")
        if len(content) < 30:
            raise Refused(Why.DAMAGED)
    elif form == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif form == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        width, height = width & 0x3FFF, height & 0x3FFF
    else:
        raise Refused(Why.DAMAGED)
    return Header("WEBP", width, height)


def _is_heic(content: bytes) -> bool:
    (size,) = struct.unpack_from(">I", content, 0)
    brands = content[8 : min(size, 264)]
    named = {brands[:4], *(brands[at : at + 4] for at in range(8, len(brands), 4))}
    return bool(named & _HEIC_BRANDS)
