"""Keeping a photo: only its pixels, in three sizes and two formats, once for each key."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.media import services, store
from penpal.media.models import Photo, PhotoFile
from penpal.media.shapes import BYTES_MOST, Format, Size
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.media import pictures

KEY = "key-of-the-first-photo"


def keep(cast: Cast, content: bytes | None = None, *, who: str = "xiaohe", key: str = KEY) -> Photo:
    given = pictures.jpeg() if content is None else content
    return services.keep(given, key=key, by=cast.actor(who))


def files_of(photo: Photo) -> dict[tuple[Size, Format], bytes]:
    return {
        (size, form): store.here().get(photo.name, size, form) for size in Size for form in Format
    }


def test_a_photo_is_kept_in_three_sizes_and_two_formats_without_what_the_camera_wrote(
    cast: Cast,
) -> None:
    told = {"exif": pictures.exif(6), "xmp": pictures.xmp(), "comment": pictures.MARK.encode()}
    photo = keep(cast, pictures.jpeg(2400, 1800, **told) + pictures.MARK.encode())

    assert (photo.width, photo.height) == (1200, 1600)
    assert photo.is_loose
    assert photo.owner_id == cast.person("xiaohe").id
    sizes = {}
    for (size, form), content in files_of(photo).items():
        image = pictures.opened(content)
        assert image.format == form.value.upper()
        assert pictures.MARK.encode() not in content
        assert not image.getexif()
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "loop",
            "background",
            "timestamp",
            "duration",
        }
        # Held upright: what was at the left is now above.
        assert pictures.corners(image) == ["blue", "red", "white", "green"]
        sizes[size] = image.size
    assert sizes == {
        Size.LARGE: (1200, 1600), Size.MIDDLE: (600, 800), Size.SMALL: (240, 320),
    }  # fmt: skip
    assert [(entry.move, entry.actor_id) for entry in trail.of(photo)] == [("keep", photo.owner_id)]


def test_a_small_photo_is_not_made_larger(cast: Cast) -> None:
    photo = keep(cast, pictures.jpeg(500, 40))

    assert (photo.width, photo.height) == (500, 40)
    assert pictures.opened(files_of(photo)[Size.MIDDLE, Format.JPEG]).size == (500, 40)
    assert pictures.opened(files_of(photo)[Size.SMALL, Format.WEBP]).size == (320, 26)


def test_the_same_key_gives_the_same_photo_and_only_to_its_owner(cast: Cast) -> None:
    first = keep(cast)
    again = keep(cast, b"whatever came this time")
    other = keep(cast, who="xiaomai")

    assert again.id == first.id
    assert other.id != first.id
    assert session().scalar(sa.select(sa.func.count()).select_from(PhotoFile)) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"%PDF-1.7 a report", "不是照片"),
        (b"GIF89a" + b"\x00" * 100, "不是照片"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * (BYTES_MOST + 1), "15 MB"),
        (pictures.promising_png(30_000, 30_000), "尺寸太大"),
        (pictures.jpeg()[:2000], "打不开"),
        (pictures.promising_png(600, 600), "打不开"),
    ],
    ids=["nothing", "pdf", "gif", "heavy", "bomb", "cut short", "hollow"],
)
def test_what_is_no_photo_is_refused_in_words(cast: Cast, content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        keep(cast, content)

    assert words in str(refused.value.fields["photo"])
    assert session().scalars(sa.select(Photo)).all() == []


@pytest.mark.parametrize("who", ["xiaoman", "teacher_bj", "editor"])
def test_only_a_student_who_takes_part_keeps_photos(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        keep(cast, who=who)

    assert session().scalars(sa.select(Photo)).all() == []


def test_a_page_sends_one_file_and_is_told_where_it_is(as_: SignedIn, cast: Cast) -> None:
    browser = as_("xiaohe")

    def send(content: bytes, name: str = "IMG_0001.jpg", **more: str) -> object:
        fields = {"photo": (io.BytesIO(content), name), "key": KEY} | more
        return browser.post("/photos", data=fields, content_type="multipart/form-data")

    told = send(pictures.jpeg(), name="no name at all.txt")
    assert told.status_code == 201
    answer = told.get_json()
    assert (answer["width"], answer["height"]) == (640, 480)
    assert send(b"").get_json()["id"] == answer["id"]
    assert browser.get(answer["src"]).content_type == "image/jpeg"

    refused = send(b"MZ\x90 a program", key="another-key-of-hers")
    assert refused.status_code == 422
    assert "不是照片" in refused.get_json()["error"]
    assert browser.post("/photos", data={"key": KEY}).status_code == 422
    assert send(pictures.jpeg(), key="short").status_code == 422
    assert as_("teacher_bj").post("/photos").status_code == 403
