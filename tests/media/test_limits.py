"""How much may come: so many photos from one person, so many bytes in one request."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal import create_app
from penpal.accounts import limits
from penpal.config import Settings
from penpal.kernel.errors import TooMany
from penpal.media.uploads import FORM_BYTES_MOST
from tests.conftest import SignedIn


@pytest.fixture
def limited(tmp_path: Path) -> Flask:
    return create_app(
        Settings(DATABASE_URL="", data=tmp_path, secret_key="k", rate_limits=True, demo=False)
    )


def test_whoever_sends_photos_without_end_is_slowed_down_and_nobody_else(limited: Flask) -> None:
    with limited.app_context():
        for _photo in range(60):
            limits.count_photo(1)

        with pytest.raises(TooMany):
            limits.count_photo(1)
        limits.count_photo(2)


def test_whoever_talks_by_a_form_says_forty_lines_a_minute(limited: Flask) -> None:
    with limited.app_context():
        for _line in range(40):
            limits.count_line(1)

        with pytest.raises(TooMany):
            limits.count_line(1)
        limits.count_line(2)


def posted(browser: FlaskClient, address: str, size: int) -> int:
    fields = {"photo": (io.BytesIO(b"\x00" * size), "a.jpg"), "key": "key-of-a-heavy-form"}
    return browser.post(address, data=fields, content_type="multipart/form-data").status_code


def test_a_form_may_bring_several_photos_and_a_stranger_nothing_large(
    as_: SignedIn, client: FlaskClient
) -> None:
    browser = as_("xiaohe")
    megabytes = 1024 * 1024

    assert posted(browser, "/profile", 20 * megabytes) != 413
    assert posted(browser, "/photos", 15 * megabytes) == 422
    for who, address, size in (
        (browser, "/photos", 17 * megabytes),
        (browser, "/account/password", 13 * megabytes),
        (client, "/profile", 13 * megabytes),
        (browser, "/profile", FORM_BYTES_MOST + 1),
    ):
        assert posted(who, address, size) == 413, (address, size)
    page = browser.post(
        "/profile", data={"photo": (io.BytesIO(b"\x00" * (FORM_BYTES_MOST + 1)), "a")}
    )
    assert "分几次" in page.get_data(as_text=True)
