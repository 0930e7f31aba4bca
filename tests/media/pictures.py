"""Pictures for tests, drawn here: plain ones, and ones that carry what a camera writes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image, PngImagePlugin

pillow_heif.register_heif_opener()

MARK = "canary-39.9042N-116.4074E"
"""Planted wherever a file has room for words: it must be in nothing that comes out."""
CORNERS = {
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (30, 60, 200),
    "white": (250, 250, 250),
}


def drawn(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Red at the upper left, green at the upper right, blue at the lower left, white at the lower right."""
    image = Image.new("RGB", (width, height))
    middle = (width // 2, height // 2)
    for name, place in (
        ("red", (0, 0)),
        ("green", (middle[0], 0)),
        ("blue", (0, middle[1])),
        ("white", middle),
    ):
        image.paste(CORNERS[name], (*place, width, height))
    return image if mode == "RGB" else image.convert(mode)


def corners(image: Image.Image) -> list[str]:
    """Which colour is nearest in each corner: upper left, upper right, lower left, lower right."""
    image = image.convert("RGB")
    width, height = image.size
    places = [
        (width // 8, height // 8),
        (width * 7 // 8, height // 8),
        (width // 8, height * 7 // 8),
        (width * 7 // 8, height * 7 // 8),
    ]
    return [_nearest(image.getpixel(place)) for place in places]  # type: ignore[arg-type]


def _nearest(pixel: tuple[int, int, int]) -> str:
    return min(
        CORNERS,
        key=lambda name: sum((a - b) ** 2 for a, b in zip(CORNERS[name], pixel, strict=True)),
    )


def written(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    into = io.BytesIO()
    image.save(into, form, **options)
    return into.getvalue()


def jpeg(width: int = 640, height: int = 480, **options: Any) -> bytes:
    return written(drawn(width, height), "JPEG", **options)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def exif(orientation: int = 1) -> bytes:
    """Camera data with a place on earth, a maker, a serial number and words."""
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010E] = f"description {MARK}"
    told[0x010F] = f"maker {MARK}"
    told[0x0131] = f"program {MARK}"
    told[0x013B] = f"artist {MARK}"
    told.get_ifd(0x8769)[0xA431] = f"serial {MARK}"
    gps = told.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (39.0, 54.0, 15.12), "E", (116.0, 24.0, 26.64)
    gps[0x1B] = f"method {MARK}".encode()
    return told.tobytes()


def xmp() -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="{MARK}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


def chatty_png(image: Image.Image) -> bytes:
    """A PNG with words in every kind of chunk that can hold any."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", f"text {MARK}")
    words.add_text("Author", f"packed {MARK}", zip=True)
    words.add_itxt("Place", f"international {MARK}", "zh", "地方", zip=True)
    words.add_itxt("XML:com.adobe.xmp", xmp().decode())
    content = written(image, "PNG", pnginfo=words, exif=exif())
    return content + f"behind the end {MARK}".encode()


def chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def promising_png(width: int, height: int, *, kind: int = 2, depth: int = 8) -> bytes:
    """A PNG of a few bytes that says it is that large."""
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    packed = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
