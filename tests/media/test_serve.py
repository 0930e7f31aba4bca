"""Who gets to see a photo: whoever may read what it belongs to, at an address of their own, for some hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal.accounts import services as accounts
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.media import links, services, store
from penpal.media.models import Photo
from penpal.media.services import Chosen
from penpal.media.shapes import Format, Size
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.media import pictures

OTHERS = ("xiaolin", "xiaoman", "xiaoyuan", "teacher_bj", "teacher_ht", "secretary_bj", "editor")


@pytest.fixture
def photo(cast: Cast) -> Photo:
    return services.keep(pictures.jpeg(), key="key-of-the-photo", by=cast.actor("xiaohe"))


def send(cast: Cast, photo: Photo, envelope: Envelope = Envelope.SEALED) -> Letter:
    return letters.send(
        cast.pair(),
        key="key-of-the-letter",
        body="小麦：看看这张照片。",
        envelope=envelope,
        photos=[Chosen(photo.id, "四种颜色")],
        by=cast.actor("xiaohe"),
    )


def address(cast: Cast, photo: Photo, who: str, size: str = "small", form: str = "jpeg") -> str:
    return f"/photos/{links.token(photo.id, size, form, cast.person(who).id)}"


def status(as_: SignedIn, cast: Cast, photo: Photo, who: str) -> int:
    return as_(who).get(address(cast, photo, who)).status_code


def test_a_photo_is_its_owners_alone_until_it_is_in_something_that_others_may_read(
    as_: SignedIn, cast: Cast, photo: Photo
) -> None:
    assert status(as_, cast, photo, "xiaohe") == 200
    for who in ("xiaomai", *OTHERS):
        assert status(as_, cast, photo, who) != 200, who
    letters.save_draft(
        cast.pair(),
        key="key-of-the-letter",
        body="还没写完",
        envelope=Envelope.OPEN,
        photos=[Chosen(photo.id, "")],
        revision=0,
        by=cast.actor("xiaohe"),
    )
    for who in ("xiaomai", *OTHERS):
        assert status(as_, cast, photo, who) in (302, 403, 404), who

    letter = send(cast, photo)

    assert status(as_, cast, photo, "xiaomai") == 404
    letters.open_(letter, by=cast.actor("xiaomai"))
    assert status(as_, cast, photo, "xiaomai") == 200
    for who in OTHERS:
        assert status(as_, cast, photo, who) in (302, 403, 404), who


def test_the_authors_teacher_sees_the_photo_of_a_postcard(
    as_: SignedIn, cast: Cast, photo: Photo
) -> None:
    send(cast, photo, Envelope.OPEN)

    assert status(as_, cast, photo, "teacher_bj") == 200
    for who in ("teacher_ht", "secretary_bj", "xiaolin"):
        assert status(as_, cast, photo, who) == 404, who


def test_an_address_is_one_readers_for_some_hours_and_cannot_be_written_by_hand(
    as_: SignedIn, cast: Cast, photo: Photo, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.open_(send(cast, photo), by=cast.actor("xiaomai"))
    hers = address(cast, photo, "xiaomai")
    browser = as_("xiaomai")

    assert browser.get(hers).status_code == 200
    assert hers == address(cast, photo, "xiaomai")
    assert as_("xiaohe").get(hers).status_code == 404
    assert client.get(hers).status_code == 302
    for made_up in (f"/photos/{photo.id}", hers[:-1], hers + "A", "/photos/" + "A" * 4000):
        assert browser.get(made_up).status_code == 404, made_up
    for hours, expected in ((5, 200), (13, 404)):
        later = clock.now() + timedelta(hours=hours)
        monkeypatch.setattr(links, "_now", lambda at=later: int(at.timestamp()))
        assert browser.get(hers).status_code == expected, hours


def test_what_it_says_to_the_browser(
    app: Flask, as_: SignedIn, cast: Cast, photo: Photo, settings: Settings
) -> None:
    browser = as_("xiaohe")

    answer = browser.get(address(cast, photo, "xiaohe", "large", "webp"))
    assert answer.content_type == "image/webp"
    assert answer.get_data() == store.here().get(photo.name, Size.LARGE, Format.WEBP)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline"
    kept = answer.headers["Cache-Control"]
    assert kept == "private, max-age=3600"
    assert photo.name not in str(answer.headers)
    again = browser.get(
        address(cast, photo, "xiaohe", "large", "webp"),
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert (again.status_code, again.get_data()) == (304, b"")
    other = browser.get(address(cast, photo, "xiaohe", "small", "jpeg"))
    assert other.content_type == "image/jpeg"
    assert other.headers["ETag"] != answer.headers["ETag"]
    # On a shared computer nothing stays behind.
    with transaction():
        person = cast.person("xiaohe")
        token = accounts._begin_session(person, shared_device=True, settings=settings)
    shared = app.test_client()
    with shared.session_transaction() as cookie:
        cookie["_user_id"] = token
    answer = shared.get(address(cast, photo, "xiaohe"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_photo_whose_file_is_gone_is_not_there(as_: SignedIn, cast: Cast, photo: Photo) -> None:
    store.here().delete([photo.name])

    assert status(as_, cast, photo, "xiaohe") == 404
