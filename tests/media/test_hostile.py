"""Hostile and odd images, sent as anybody can send them: an answer in words or bare pixels, soon, in little memory.

The everyday tests send 120; `make test-all` sends 1,000 to a server in a process of its own (`test_hostile_many.py`).
"""

from __future__ import annotations

import io
import re
import resource
import struct
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from PIL.ExifTags import IFD

from penpal.kernel.db import session
from penpal.media import decoding, store
from penpal.media.models import Photo
from penpal.media.shapes import SIDES, Format, Size
from tests.conftest import SignedIn
from tests.media import hostile
from tests.media.hostile import Odd
from tests.media.pictures import MARK

SECONDS = 3.0
"""Of work: on a busy machine a photo takes longer by the clock, and that is no fault of it."""
MEGABYTES = 300
ALLOWED = {201, 422}


def send(browser: FlaskClient, odd: Odd, key: str) -> tuple[int, float]:
    fields = {"photo": (io.BytesIO(odd.content), odd.name), "key": key}
    before = worked()
    answer = browser.post("/photos", data=fields, content_type="multipart/form-data")
    assert answer.get_json(), odd.kind
    return answer.status_code, worked() - before


def worked() -> float:
    """Seconds of the processor that this process has used, and its decoders, and those that ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    decoders = sum(map(decoding._worked, decoding.process_ids()))
    return time.process_time() + ended.ru_utime + ended.ru_stime + decoders


def check_bare(content: bytes, form: Format, size: Size) -> None:
    """Pixels and what it takes to draw them; not a byte before, between or behind."""
    assert MARK.encode() not in content
    assert MARK.encode("utf-16-le") not in content
    image = Image.open(io.BytesIO(content))
    image.load()
    assert (image.format, image.mode) == (form.value.upper(), "RGB")
    assert max(image.size) <= SIDES[size]
    assert not image.getexif()
    assert not image.getexif().get_ifd(IFD.GPSInfo)
    assert not {"exif", "xmp", "icc_profile", "comment", "photoshop"} & set(image.info)
    parts = jpeg_parts(content) if form is Format.JPEG else webp_parts(content)
    assert parts <= {"APP0", "DQT", "SOF", "DHT", "SOS", "VP8 "}, parts


def jpeg_parts(content: bytes) -> set[str]:
    names = {0xE0: "APP0", 0xDB: "DQT", 0xC0: "SOF", 0xC4: "DHT", 0xDA: "SOS"}
    assert content.startswith(b"\xff\xd8")
    assert content.endswith(b"\xff\xd9")
    place, found = 2, set()
    while found.isdisjoint({"SOS"}):
        found.add(names.get(content[place + 1], hex(content[place + 1])))
        place += 2 + struct.unpack_from(">H", content, place + 2)[0]
    # In the picture itself the only markers are stuffed bytes and restarts.
    assert not re.search(rb"\xff[^\x00\xd0-\xd7]", content[place:-2])
    return found


def webp_parts(content: bytes) -> set[str]:
    assert struct.unpack_from("<I", content, 4)[0] + 8 == len(content)
    place, found = 12, set()
    while place < len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        found.add(name.decode())
        place += 8 + length + length % 2
    return found


def megabytes(process_id: int, what: str = "VmHWM") -> float:
    """The most memory that a process has ever held."""
    told = Path(f"/proc/{process_id}/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+)", told)[1]) / 1024  # type: ignore[index]


# Pixels are the same whichever database counts them.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_120_hostile_images_give_an_answer_and_leave_nothing_but_pixels(
    as_: SignedIn,
) -> None:
    browser = as_("xiaohe")
    answers: Counter[int] = Counter()
    most = 0.0
    for number, odd in enumerate(hostile.images(120)):
        status, taken = send(browser, odd, f"hostile-{number}")
        answers[status] += 1
        assert status in ALLOWED, odd.kind
        assert taken < SECONDS, (odd.kind, taken)
        for process_id in decoding.process_ids():
            most = max(most, megabytes(process_id))

    photos = session().scalars(sa.select(Photo)).all()
    for photo in photos:
        for size in Size:
            for form in Format:
                check_bare(store.here().get(photo.name, size, form), form, size)
    assert answers[201] == len(photos) > 40
    assert answers[422] > 40
    assert 0 < most < MEGABYTES
    # Whatever came, the next photo of a child is taken.
    assert send(browser, Odd("plain", "a.jpg", hostile.full_jpeg()), "a-plain-photo")[0] == 201
