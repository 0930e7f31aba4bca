"""Images as nobody's camera makes them: cut short, lying about their size, with words in every corner, or none at all.

``images(number)`` gives so many of them, the same ones every time: each kind in turn, drawn from one seed.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from PIL import Image, ImageCms

from tests.media import pictures
from tests.media.pictures import MARK, chunk, drawn, exif, promising_png, written, xmp

SEED = 20261128
BYTES = MARK.encode()


class Odd(NamedTuple):
    kind: str
    name: str
    content: bytes


Maker = Callable[[random.Random], bytes]


def images(number: int) -> Iterator[Odd]:
    chance = random.Random(SEED)
    kinds = sorted(MAKERS)
    for turn in range(number):
        kind = kinds[turn % len(kinds)]
        name = chance.choice(
            ("photo.jpg", "photo.PNG", "a.heic", "b.webp", "../../x.jpg", "照片.jpeg")
        )
        yield Odd(kind, name, MAKERS[kind](chance))


def _size(chance: random.Random) -> tuple[int, int]:
    return chance.randint(1, 700), chance.randint(1, 700)


@cache
def profile(words: bytes = BYTES) -> bytes:
    """A real profile with words in its copyright tag, of the same length as before."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    place = plain.find(b"No copyright")
    if place >= 0:
        plain[place : place + 12] = words[:12]
    return bytes(plain)


@cache
def full_jpeg(orientation: int = 6) -> bytes:
    told = {"exif": exif(orientation), "xmp": xmp(), "comment": BYTES, "icc_profile": profile()}
    return written(drawn(600, 450), "JPEG", **told) + BYTES


@cache
def full_png() -> bytes:
    return pictures.chatty_png(drawn(300, 200))


@cache
def full_webp() -> bytes:
    return written(drawn(400, 300), "WEBP", exif=exif(), xmp=xmp(), icc_profile=profile())


@cache
def full_heic() -> bytes:
    return written(drawn(256, 192), "HEIF", exif=exif(3), xmp=xmp())


FULL = (full_jpeg, full_png, full_webp, full_heic)


def whole(chance: random.Random) -> bytes:
    image = drawn(*_size(chance))
    form = chance.choice(("JPEG", "PNG", "WEBP", "HEIF"))
    return written(image, form, exif=exif(chance.randint(1, 8)))


def turned(chance: random.Random) -> bytes:
    return full_jpeg(chance.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65535)))


def cut_short(chance: random.Random) -> bytes:
    content = chance.choice(FULL)()
    return content[: chance.randint(1, len(content) - 1)]


def flipped(chance: random.Random) -> bytes:
    content = bytearray(chance.choice(FULL)())
    for _flip in range(chance.randint(1, 40)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def swollen(chance: random.Random) -> bytes:
    """Bytes put in, so that every length after them is wrong."""
    content = chance.choice(FULL)()
    place = chance.randrange(len(content))
    return content[:place] + BYTES * chance.randint(1, 50) + content[place:]


def png_bomb(chance: random.Random) -> bytes:
    width, height = chance.choice(
        ((30_000, 30_000), (2**31 - 1, 1), (65_535, 65_535), (0, 0), (20_001, 2))
    )
    return promising_png(width, height, kind=chance.choice((0, 2, 3, 6)))


@cache
def _packed_zeros(length: int) -> bytes:
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(1_000_000)) for _part in range(length // 1_000_000)]
    return b"".join([*parts, packer.flush()])


def true_bomb(chance: random.Random) -> bytes:
    """All of its pixels are there: 30,000 × 30,000 of one bit, or 24 million within what is allowed."""
    width, height, depth, kind, length = chance.choice(
        (
            (30_000, 30_000, 1, 0, 112_530_000),
            (6_000, 4_000, 8, 2, 72_004_000),
            (4_900, 4_900, 8, 6, 96_044_900),
        )
    )
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    packed = _packed_zeros(length // 1_000_000 * 1_000_000 + 1_000_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def jpeg_bomb(chance: random.Random) -> bytes:
    content = bytearray(full_jpeg())
    place = content.find(b"\xff\xc0") + 5
    struct.pack_into(
        ">HH",
        content,
        place,
        *chance.choice(((30_000, 30_000), (65_535, 65_535), (0, 5), (7_000, 7_000))),
    )
    return bytes(content)


def webp_bomb(chance: random.Random) -> bytes:
    content = bytearray(full_webp())
    content[24:30] = chance.choice(
        (b"\xff" * 6, b"\x30\x75\x00\x30\x75\x00", b"\xff\x3f\x00\xff\x3f\x00")
    )
    return bytes(content)


def heic_bomb(chance: random.Random) -> bytes:
    content = bytearray(full_heic())
    place = content.find(b"ispe") + 8
    struct.pack_into(
        ">II", content, place, *chance.choice(((30_000, 30_000), (2**32 - 1, 1), (0, 0)))
    )
    return bytes(content)


def animated(chance: random.Random) -> bytes:
    frames = [
        Image.new("RGB", (120, 90), (number * 20, 0, 0)) for number in range(chance.randint(2, 12))
    ]
    form = chance.choice(("WEBP", "PNG", "GIF"))
    return written(frames[0], form, save_all=True, append_images=frames[1:], duration=40)


def several(chance: random.Random) -> bytes:
    """A picture of several, as phones and double cameras write them, words in the second."""
    second = drawn(80, 60)
    first = drawn(160, 120)
    first.encoderinfo = {}
    return written(first, "MPO", save_all=True, append_images=[second]) + full_jpeg()


def two_in_one(chance: random.Random) -> bytes:
    """What one program takes for a picture and another for an archive, a page or a paper."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.html", f"<script>{MARK}</script>")
    behind = chance.choice(
        (archive.getvalue(), f"<html><script>{MARK}</script>".encode(), b"%PDF-1.7 " + BYTES)
    )
    if chance.random() < 0.5:
        return chance.choice(FULL)() + behind
    return behind + chance.choice(FULL)()


def script_in_comment(_chance: random.Random) -> bytes:
    comment = f"*/=alert(1);/*<svg onload=alert(1)> {MARK}".encode()
    return written(drawn(300, 200), "JPEG", comment=comment)


def other_colours(chance: random.Random) -> bytes:
    mode = chance.choice(("CMYK", "L", "YCbCr"))
    return written(
        drawn(*_size(chance)).convert(mode),
        "JPEG",
        progressive=chance.random() < 0.5,
        icc_profile=profile(),
    )


def deep(chance: random.Random) -> bytes:
    """Sixteen bits a channel: grey, in colour, with alpha."""
    kind, channels = chance.choice(((0, 1), (2, 3), (4, 2), (6, 4)))
    width, height = 97, 61
    rows = b"".join(b"\x00" + chance.randbytes(width * channels * 2) for _row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tEXt", b"Comment\x00" + BYTES)
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )  # fmt: skip


def few_colours(chance: random.Random) -> bytes:
    mode = chance.choice(("P", "1", "LA", "RGBA"))
    image = drawn(*_size(chance)).convert(mode)
    if mode == "RGBA":
        image.putalpha(chance.randint(0, 255))
    return written(image, "PNG", **({"transparency": 0} if mode == "P" else {}))


def without_palette(_chance: random.Random) -> bytes:
    return promising_png(64, 64, kind=3)


def interlaced(chance: random.Random) -> bytes:
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(15 + 64) + chance.randbytes(8))) + chunk(b"IEND", b"")
    )  # fmt: skip


def odd_profile(chance: random.Random) -> bytes:
    found = chance.choice(
        (BYTES, bytes(200), profile()[:300], BYTES * 4000, profile() + chance.randbytes(60_000))
    )
    form = chance.choice(("JPEG", "PNG", "WEBP"))
    return written(drawn(200, 150), form, icc_profile=found)


def words_bomb(chance: random.Random) -> bytes:
    """Small chunks of words that unpack to megabytes, or ten thousand of them."""
    base = written(drawn(60, 40), "PNG")
    head, rest = base[:33], base[33:]
    huge = zlib.compress(bytes(20_000_000))
    bombs = (
        chunk(b"zTXt", b"Comment\x00\x00" + huge),
        chunk(b"iTXt", b"Comment\x00\x01\x00\x00\x00" + huge),
        chunk(b"iCCP", b"profile\x00\x00" + huge),
        b"".join(chunk(b"tEXt", b"Comment\x00" + BYTES) for _chunk in range(10_000)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + b"<a>" * 50_000),
        chunk(b"eXIf", exif()[6:] + BYTES),
    )
    return head + chance.choice(bombs) + rest


def odd_exif(chance: random.Random) -> bytes:
    """Camera data whose directories point at themselves, count to billions, or are none."""
    loop = (
        b"II*\x00\x08\x00\x00\x00"
        + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8)
        + struct.pack("<I", 8)
    )
    many = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 65_535) + BYTES * 100
    large = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHII", 1, 0x0112, 2, 2**31, 20) + BYTES
    told = b"Exif\x00\x00" + chance.choice((loop, many, large, b"", chance.randbytes(300)))
    return written(drawn(120, 90), "JPEG", exif=told)


def picture_in_exif(_chance: random.Random) -> bytes:
    """A small picture within the camera data, with words of its own."""
    small = written(drawn(60, 45), "JPEG", comment=BYTES)
    head = struct.pack("<H", 0) + struct.pack("<I", 14)
    second = struct.pack("<HHHIIHHII", 2, 0x0201, 4, 1, 44, 0x0202, 4, 1, len(small)) + struct.pack(
        "<I", 0
    )
    return written(
        drawn(120, 90), "JPEG", exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + head + second + small
    )


def odd_segments(chance: random.Random) -> bytes:
    content = written(drawn(120, 90), "JPEG")
    odd = chance.choice(
        (
            b"\xff\xe1\x00\x00", b"\xff\xe1\xff\xff" + BYTES, b"\xff" * 5_000, b"\xff\xd9",
            b"".join(b"\xff\xfe" + struct.pack(">H", len(BYTES) + 2) + BYTES for _each in range(3_000)),
            b"\xff\xed" + struct.pack(">H", len(BYTES) + 16) + b"Photoshop 3.0\x00" + BYTES,
        )
    )  # fmt: skip
    return content[:2] + odd + content[2:]


def many_scans(chance: random.Random) -> bytes:
    """A picture that says the same thing hundreds of times."""
    content = written(drawn(640, 480), "JPEG", progressive=True)
    first = content.find(b"\xff\xda")
    return content[:-2] + content[first:-2] * chance.choice((3, 300)) + b"\xff\xd9"


def strip(chance: random.Random) -> bytes:
    size = chance.choice(((1, 20_000), (20_000, 1), (1, 1), (16_000, 3), (2, 65_000)))
    return written(Image.new("RGB", size, "red"), "PNG")


def other_format(chance: random.Random) -> bytes:
    form = chance.choice(("BMP", "TIFF", "GIF", "ICO", "PPM", "TGA", "JPEG2000", "PCX", "AVIF"))
    return written(drawn(64, 64), form)


def nothing_of_the_sort(chance: random.Random) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        packed.addfile(tarfile.TarInfo("x"))
    nested = gzip.compress(gzip.compress(gzip.compress(bytes(3_000_000))))
    return chance.choice(
        (
            b"", b"\x00", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x04\x00\x00\x00WEBP", b"\x00\x00\x00\x18ftypheic",
            b"%PDF-1.7\n" + BYTES, b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"#!/bin/sh\nexit 1\n", b"MZ" + chance.randbytes(500), gzip.compress(full_jpeg()), archive.getvalue(),
            nested, full_jpeg()[::-1], "照片".encode("utf-16"), chance.randbytes(5_000),
        )
    )  # fmt: skip


def noise_behind_a_name(chance: random.Random) -> bytes:
    heads = (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"RIFF\xff\xff\xff\xffWEBPVP8X",
        b"RIFF\x10\x00\x00\x00WEBPVP8L", b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heic", b"\x00\x00\x00\x1cftypavif",
    )  # fmt: skip
    return chance.choice(heads) + chance.randbytes(chance.randint(0, 20_000))


def lying_webp(chance: random.Random) -> bytes:
    content = bytearray(full_webp())
    struct.pack_into("<I", content, chance.choice((4, 16)), chance.choice((0, 1, 2**31, 2**32 - 1)))
    return bytes(content)


def odd_boxes(chance: random.Random) -> bytes:
    """A HEIC whose boxes are empty, endless or one too many."""
    content = bytearray(full_heic())
    name = chance.choice((b"meta", b"iloc", b"iinf", b"iprp", b"ipco", b"hvcC", b"mdat", b"pitm"))
    place = content.find(name) - 4
    if place >= 0:
        struct.pack_into(">I", content, place, chance.choice((0, 1, 7, 2**31, 2**32 - 1)))
    return bytes(content)


@cache
def _heavy(form: str) -> bytes:
    return written(drawn(4_000, 3_000), form, exif=exif(8))


def heavy(chance: random.Random) -> bytes:
    """A photo as large as phones make them, with all that they write."""
    return _heavy(chance.choice(("JPEG", "JPEG", "HEIF")))


def too_heavy(chance: random.Random) -> bytes:
    return full_jpeg() + bytes(15 * 1024 * 1024 + chance.randint(-400_000, 10_000))


MAKERS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        whole, turned, cut_short, flipped, swollen, png_bomb, true_bomb, jpeg_bomb, webp_bomb, heic_bomb,
        animated, several, two_in_one, script_in_comment, other_colours, deep, few_colours, without_palette,
        interlaced, odd_profile, words_bomb, odd_exif, picture_in_exif, odd_segments, many_scans, strip,
        other_format, nothing_of_the_sort, noise_behind_a_name, lying_webp, odd_boxes, heavy, too_heavy,
    )
}  # fmt: skip
