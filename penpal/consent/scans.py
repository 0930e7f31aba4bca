"""What a scan is, by its content, and the same without what a camera wrote into it; pure."""

from __future__ import annotations

import struct
import zlib

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
# What draws the picture; texts, times and camera data are left behind.
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"})


class NotAScan(ValueError):
    """It is no whole PDF, JPEG or PNG."""


def read(content: bytes) -> tuple[str, bytes]:
    """The kind of a scan and its bytes to keep. Raises ``NotAScan``; the file's name is not asked."""
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise NotAScan
        return PDF, content
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG, _jpeg(content)
    if content.startswith(_PNG_HEAD):
        return PNG, _png(content)
    raise NotAScan


def _jpeg(content: bytes) -> bytes:
    """Segments up to the picture, without comments and applications' data but the colour model."""
    kept, place = [content[:2]], 2
    while True:
        if content[place : place + 1] != b"\xff" or place + 4 > len(content):
            raise NotAScan
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        (size,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + size
        if size < 2 or end > len(content):
            raise NotAScan
        if marker == 0xDA:
            break
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(content[place:end])
        place = end
    last = content.rfind(b"\xff\xd9")
    if last < place:
        raise NotAScan
    # What stands behind the end of the picture is no part of it.
    return b"".join([*kept, content[place : last + 2]])


def _png(content: bytes) -> bytes:
    kept, place = [_PNG_HEAD], len(_PNG_HEAD)
    while True:
        if place + 12 > len(content):
            raise NotAScan
        size, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + size
        if end > len(content):
            raise NotAScan
        (check,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[place + 4 : end - 4]) != check:
            raise NotAScan
        if name in _PNG_KEPT:
            kept.append(content[place:end])
        if name == b"IEND":
            return b"".join(kept)
        place = end
