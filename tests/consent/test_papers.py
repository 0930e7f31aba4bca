"""Scans of signed papers: checked by content, stripped, sealed, and each look on record."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.config import Settings
from penpal.consent import papers, queries, scans
from penpal.consent.models import Purpose, SignedPaper
from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted, PenpalError
from tests.cast import Cast
from tests.conftest import SignedIn

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


JPEG = (
    b"\xff\xd8"
    + segment(0xE0, b"JFIF\x00\x01\x01")
    + segment(0xE1, b"Exif\x00\x00GPS 39.9 116.4")
    + segment(0xFE, b"taken at home")
    + segment(0xDB, b"tables")
    + segment(0xDA, b"scan")
    + b"picture\xff\xd9"
)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", b"head")
    + chunk(b"eXIf", b"GPS 39.9 116.4")
    + chunk(b"tEXt", b"Comment\x00taken at home")
    + chunk(b"IDAT", b"picture")
    + chunk(b"IEND", b"")
)


def upload(client: FlaskClient, cast: Cast, content: bytes, **fields: object) -> TestResponse:
    return client.post(
        f"/students/{cast.person('xiaohe').id}/consent/papers",
        data={"scan": (io.BytesIO(content), "whatever.exe"), **fields},
    )


def kept() -> list[SignedPaper]:
    return list(session().scalars(sa.select(SignedPaper).order_by(SignedPaper.id)))


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, scans.PDF), (JPEG, scans.JPEG), (PNG, scans.PNG)]
)
def test_a_scan_is_kept_and_read_back(as_: SignedIn, cast: Cast, content: bytes, kind: str) -> None:
    teacher = as_("teacher_bj")

    upload(teacher, cast, content, purpose="photos")
    [paper] = kept()
    looked = teacher.post(f"/students/{paper.person_id}/consent/papers/{paper.id}/looks")

    assert looked.mimetype == kind
    assert looked.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in looked.headers["Cache-Control"]
    assert b"picture" in looked.data or looked.data == PDF
    assert b"GPS" not in looked.data
    assert b"taken at home" not in looked.data
    [given] = [row for row in queries.of(paper.person_id) if row.purpose is Purpose.PHOTOS]
    assert given.paper_id == paper.id
    assert [(entry.move, entry.actor_id) for entry in trail.of(cast.person("xiaohe"))] == [
        (move, cast.person("teacher_bj").id)
        for move in ("guardian consented", "kept signed paper", "looked at signed paper")
    ]


def test_the_database_holds_it_sealed(as_: SignedIn, cast: Cast) -> None:
    upload(as_("teacher_bj"), cast, PDF)

    [paper] = kept()

    assert b"%PDF" not in paper.sealed


def test_another_key_opens_nothing_and_says_so(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    upload(as_("teacher_bj"), cast, PDF)
    other = settings.model_copy(update={"secret_key": type(settings.secret_key)("another")})

    with pytest.raises(PenpalError, match="打不开"):
        papers.look(kept()[0], settings=other, by=cast.actor("teacher_bj"))


@pytest.mark.parametrize(
    "content",
    [
        b"MZ an executable",
        b"<svg xmlns='x'><script/></svg>",
        b"%PDF-1.7 cut short",
        JPEG[:60],
        PNG[:-6],
        PNG.replace(b"picture", b"picturE"),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_whole_scan_is_refused(as_: SignedIn, cast: Cast, content: bytes) -> None:
    answer = upload(as_("teacher_bj"), cast, content, purpose="photos")

    assert answer.status_code == 422
    assert "不是 PDF、JPEG 或 PNG" in answer.text
    assert kept() == []
    # What stood beside it in the form was not recorded either.
    assert all(row.purpose is not Purpose.PHOTOS for row in queries.of(cast.person("xiaohe").id))


def test_more_than_five_megabytes_are_refused(cast: Cast, settings: Settings) -> None:
    large = b"%PDF-" + b"0" * papers.LARGEST + b"%%EOF"

    with pytest.raises(Invalid) as refused:
        papers.keep(cast.person("xiaohe"), large, settings=settings, by=cast.actor("teacher_bj"))

    assert "5 MB" in str(refused.value.fields["scan"])
    assert kept() == []


@pytest.mark.parametrize("who", ["xiaohe", "xiaomai", "teacher_ht", "secretary_tj", "county_bj"])
def test_nobody_else_sees_it_or_sends_one(
    as_: SignedIn, cast: Cast, settings: Settings, who: str
) -> None:
    upload(as_("teacher_bj"), cast, PDF)
    [paper] = kept()
    other = as_(who)

    looked = other.post(f"/students/{paper.person_id}/consent/papers/{paper.id}/looks")
    sent = upload(other, cast, PDF)

    assert looked.status_code in (403, 404)
    assert sent.status_code in (403, 404)
    assert len(kept()) == 1
    assert session().scalars(queries.papers_visible_to(cast.actor(who))).all() == []
    with pytest.raises(NotPermitted):
        papers.look(paper, settings=settings, by=cast.actor(who))
    with pytest.raises(NotPermitted):
        papers.keep(cast.person("xiaohe"), PDF, settings=settings, by=cast.actor(who))
    assert "looked at signed paper" not in [e.move for e in trail.of(cast.person("xiaohe"))]


def test_a_scan_is_not_found_under_another_child(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")
    upload(teacher, cast, PDF)
    [paper] = kept()

    answer = teacher.post(f"/students/{cast.person('xiaolin').id}/consent/papers/{paper.id}/looks")

    assert answer.status_code == 404
