"""A program of its own that turns the bytes of one photo after another into small ones without metadata.

It is started by its path, knows nothing of the application, and is fed through its pipes: a length and
the bytes of a file; back comes a length, an account of it in JSON, and the bytes of each rendition. It
has a limit on memory and on time, and after it has begun it can open no file and no socket. Whoever
feeds it may end it at any moment.
"""

from __future__ import annotations

import hashlib
import io
import json
import resource
import struct
import sys
import warnings
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, ImageFile, JpegImagePlugin, MpoImagePlugin
from PIL import PngImagePlugin as Png
from PIL import WebPImagePlugin as WebP

LENGTH = struct.Struct(">I")
READY = b"\x01"
_KINDS = ("JPEG", "PNG", "WEBP", "HEIF")
_PLUGINS = (JpegImagePlugin, MpoImagePlugin, Png, WebP)
"""Imported now: later no file can be opened."""
_PAPER = (255, 255, 255)
_SRGB = ImageCms.createProfile("sRGB")
_PROFILE_MOST = 4 * 1024 * 1024


class Refused(Exception):
    """With the word that the server has for it."""


def main() -> None:
    orders = json.loads(sys.argv[1])
    coming, going = sys.stdin.buffer, sys.stdout.buffer
    _prepare(orders)
    going.write(READY)
    going.flush()
    while len(head := coming.read(LENGTH.size)) == LENGTH.size:
        content = coming.read(LENGTH.unpack(head)[0])
        _allow_time(orders["seconds"])
        told, parts = answer(content, orders)
        del content
        account = json.dumps(told).encode()
        going.write(LENGTH.pack(len(account)) + account)
        for part in parts:
            going.write(part)
        going.flush()


def answer(content: bytes, orders: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """An account of the renditions and their bytes, or the word for why there are none."""
    try:
        picture = read(content, orders)
        return _renditions(picture, orders)
    except Refused as why:
        return {"refused": str(why)}, []
    except MemoryError:
        return {"refused": "too_large"}, []
    except Exception:
        # Libraries that read pictures fail in a hundred ways; none of them is ours to mend.
        return {"refused": "damaged"}, []


def read(content: bytes, orders: dict[str, Any]) -> Image.Image:
    """The first picture, upright, in sRGB on white, no larger than the largest size, as bare pixels."""
    with Image.open(io.BytesIO(content), formats=_KINDS) as image:
        width, height = image.size
        most = orders["pixels_small"] if _is_read_small(image) else orders["pixels"]
        if width * height > most or max(width, height) > orders["side"]:
            raise Refused("too_large")
        longest = max(orders["sides"].values())
        # Twice of what is needed, so that the last step down is a good one.
        image.draft(None, (longest, longest))
        turned = _turn(image)
        profile = image.info.get("icc_profile")
        small = _shrunk(_plain(image), longest)
    return _on_paper(turned(_to_srgb(small, profile)))


def _is_read_small(image: Image.Image) -> bool:
    return image.format in ("JPEG", "MPO") and not image.info.get("progressive")


def _turn(image: Image.Image) -> Any:
    """How it has to be turned to stand upright; a HEIC comes turned already."""
    if image.format == "HEIF":
        return lambda picture: picture
    try:
        orientation = image.getexif().get(0x0112, 1)
    except Exception:
        # Camera data that cannot be read says nothing of how it was held.
        orientation = 1
    way = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)
    return lambda picture: picture if way is None else picture.transpose(way)


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits a channel and no palette, each pixel as it was."""
    if image.mode in ("P", "PA"):
        has_hole = "transparency" in image.info or image.mode == "PA"
        return image.convert("RGBA" if has_hole else "RGB")
    if image.mode.startswith("I;16"):
        # The upper of the two bytes of each pixel; converting would cut off instead.
        high = 1 if image.mode != "I;16B" else 0
        return Image.frombytes("L", image.size, image.tobytes()[high::2])
    if image.mode in ("I", "F"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("RGB", "L") and "transparency" in image.info:
        return image.convert("RGBA" if image.mode == "RGB" else "LA").convert("RGBA")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "La", "RGBa"):
        image.load()
        return image
    return image.convert("RGB")


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    width, height = _fitted(image.size, longest)
    if (width, height) == image.size:
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _to_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """In the colours of screens; a profile that makes no sense is not asked."""
    if isinstance(profile, bytes) and 128 <= len(profile) <= _PROFILE_MOST:
        try:
            found = ImageCms.getOpenProfile(io.BytesIO(profile))
            if image.mode in ("RGB", "L", "CMYK"):
                return ImageCms.profileToProfile(image, found, _SRGB, outputMode="RGB")  # type: ignore[return-value]
            if image.mode == "RGBA":
                bare = image.convert("RGB")
                matched = ImageCms.profileToProfile(bare, found, _SRGB, outputMode="RGB")
                matched.putalpha(image.getchannel("A"))  # type: ignore[union-attr]
                return matched  # type: ignore[return-value]
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    has_alpha = image.mode in ("LA", "La", "RGBA", "RGBa")
    return image.convert("RGBA" if has_alpha else "RGB")


def _on_paper(image: Image.Image) -> Image.Image:
    """The pixels alone on a fresh sheet: whatever else the file carried stays behind."""
    sheet = Image.new("RGB", image.size, _PAPER)
    sheet.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return sheet


def _renditions(picture: Image.Image, orders: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    told: dict[str, Any] = {"width": picture.width, "height": picture.height, "parts": []}
    parts = []
    for size, side in orders["sides"].items():
        picture = _shrunk(picture, side)
        for form in orders["formats"]:
            written = io.BytesIO()
            if form == "webp":
                picture.save(
                    written, "WEBP", quality=80, method=2, exif=b"", icc_profile=b"", xmp=b""
                )
            else:
                picture.save(written, "JPEG", quality=82, optimize=True, progressive=False)
            parts.append(written.getvalue())
            digest = hashlib.sha256(parts[-1]).hexdigest()
            told["parts"].append(
                {"size": size, "format": form, "length": len(parts[-1]), "digest": digest}
            )
    return told, parts


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    longer = max(size)
    if longer <= side:
        return size
    return max(1, round(size[0] * side / longer)), max(1, round(size[1] * side / longer))


def _prepare(orders: dict[str, Any]) -> None:
    """Everything that needs a file is loaded; then the doors close."""
    warnings.simplefilter("ignore")
    pillow_heif.register_heif_opener(
        decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
    )
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None
    Png.MAX_TEXT_CHUNK = 256 * 1024
    Png.MAX_TEXT_MEMORY = 1024 * 1024
    # Whatever a format loads when it is first used is loaded now.
    _rehearse(orders)
    memory = orders["memory"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # Only the three pipes: from here on no file and no socket can be opened.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _rehearse(orders: dict[str, Any]) -> None:
    sample = Image.new("RGB", (8, 8), _PAPER)
    profile = ImageCms.ImageCmsProfile(_SRGB).tobytes()
    for form in ("JPEG", "PNG", "WEBP", "HEIF"):
        written = io.BytesIO()
        sample.save(written, form, icc_profile=profile)
        told, _parts = answer(written.getvalue(), orders)
        if "refused" in told:
            raise SystemExit(f"{form} cannot be read here")


def _allow_time(seconds: float) -> None:
    """So much of the processor's time from now on; what takes longer is ended by the system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
