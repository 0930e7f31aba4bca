"""What every answer says to the browser: who may run, frame, guess and keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal import create_app
from penpal.config import Settings
from penpal.wiring import DIST
from tests.conftest import SignedIn

POLICY = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self'; connect-src 'self'; script-src 'self'; style-src 'self'; "
    "worker-src 'self'; manifest-src 'self'"
)
# It is the same for everyone, and asked for at every visit: a browser may compare it with its copy.
WORKER = "/service-worker.js"
PUBLIC = ("/special", "/robots.txt")


def check(headers: object) -> None:
    policy = headers["Content-Security-Policy"]  # type: ignore[index]
    assert sorted(policy.split("; ")) == sorted(POLICY.split("; "))
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"  # type: ignore[index]
    assert headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN")  # type: ignore[index]
    assert headers["Referrer-Policy"] == "same-origin"  # type: ignore[index]
    assert "Access-Control-Allow-Origin" not in headers  # type: ignore[operator]


def stays_out_of_caches(address: str, headers: object) -> None:
    """What somebody who has signed in is answered; the walk over all pages asks it."""
    kept = headers["Cache-Control"]  # type: ignore[index]
    if address.startswith(PUBLIC) and kept.startswith("public"):
        # The same for everybody: it tells nobody apart.
        assert "Set-Cookie" not in headers  # type: ignore[operator]
        return
    if address == WORKER:
        assert kept == "no-cache"
        return
    assert "no-store" in kept, f"{address}: {kept}"
    assert "private" in kept, f"{address}: {kept}"


@pytest.mark.parametrize("address", ["/sign-in", "/activate", "/agreement", "/nowhere"])
def test_pages_before_sign_in_carry_the_policy_too(client: FlaskClient, address: str) -> None:
    check(client.get(address).headers)


def test_built_files_are_kept_for_good(client: FlaskClient) -> None:
    files = [file for file in DIST.rglob("*") if file.is_file() and file.name != "manifest.json"]
    assert files

    for file in files[:12]:
        answer = client.get(f"/static/dist/{file.relative_to(DIST).as_posix()}")

        assert answer.status_code == 200, file.name
        assert "immutable" in answer.headers["Cache-Control"], file.name
        assert "Set-Cookie" not in answer.headers


def cookies(browser: FlaskClient) -> list[str]:
    chosen = browser.post("/appearance", data={"theme": "dark"})
    page = browser.get("/sign-in")
    return [*chosen.headers.getlist("Set-Cookie"), *page.headers.getlist("Set-Cookie")]


def test_cookies_are_for_the_server_and_this_site_alone(as_: SignedIn, client: FlaskClient) -> None:
    found = cookies(client)

    assert found
    for cookie in found:
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie


def test_behind_https_cookies_never_leave_it(tmp_path: Path) -> None:
    settings = Settings(
        DATABASE_URL="",
        data=tmp_path,
        secret_key="a key for tests alone",
        public_url="https://penpal.example.cn",
        rate_limits=False,
    )
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    address = settings.public_url
    page = browser.get("/sign-in", base_url=address)
    chosen = browser.post("/appearance", data={"theme": "dark"}, base_url=address)

    assert page.status_code == 200
    assert "max-age=" in page.headers["Strict-Transport-Security"]
    found = [*page.headers.getlist("Set-Cookie"), *chosen.headers.getlist("Set-Cookie")]
    assert len(found) >= 2
    for cookie in found:
        assert "Secure" in cookie, cookie
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie
    assert all(app.config[f"{kind}_COOKIE_SECURE"] for kind in ("SESSION", "REMEMBER"))


def test_a_page_that_is_not_there_and_a_post_without_its_token_keep_the_headers(
    app: Flask, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    refused = as_("xiaohe").post("/letters", data={"body": "没有记号的一页"})

    assert refused.status_code == 400
    check(refused.headers)
    assert "没有记号的一页" in refused.get_data(as_text=True)
