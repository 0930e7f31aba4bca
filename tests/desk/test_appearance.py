"""Light or dark, text size and language: the device's choice, without an account."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal.config import Settings
from tools import pseudo_language

pytestmark = pytest.mark.usefixtures("app")


def test_the_first_look_is_chinese_normal_and_the_systems_colours(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": "en-GB,en"}).text

    assert '<html lang="zh-Hans"' in page
    assert 'dir="ltr"' in page
    assert "data-bs-theme" not in page
    assert "data-text" not in page.split("<head>")[0]


def test_a_choice_is_kept_and_shown_on_the_next_page(client: FlaskClient) -> None:
    answer = client.post(
        "/appearance", data={"theme": "dark", "text": "large", "lang": "en", "next": "/sign-in"}
    )
    page = client.get("/sign-in").text

    assert answer.location == "/sign-in"
    assert '<html lang="en"' in page
    assert 'data-bs-theme="dark"' in page
    assert 'data-text="large"' in page


def test_one_choice_leaves_the_others_alone(client: FlaskClient) -> None:
    client.post("/appearance", data={"theme": "dark"})
    client.post("/appearance", data={"lang": "en"})
    client.post("/appearance", data={"theme": "system"})

    page = client.get("/sign-in").text

    assert '<html lang="en"' in page
    assert "data-bs-theme" not in page


@pytest.mark.parametrize("size", ["large", "larger"])
def test_type_is_as_large_as_the_device_chose(client: FlaskClient, size: str) -> None:
    client.post("/appearance", data={"text": size})

    page = client.get("/sign-in").text

    assert f'data-text="{size}"' in page
    assert re.search(rf'value="{size}"\s+aria-pressed="true"', page)


def test_the_language_for_tests_is_offered_to_nobody(client: FlaskClient) -> None:
    client.set_cookie("penpal_lang", "ar")

    page = client.get("/sign-in").text

    assert '<html lang="zh-Hans"' in page
    assert "ar-XB" not in page


def test_a_setting_turns_the_interface_round_for_those_who_work_on_it(
    app: Flask, client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pseudo_language.make()
    speaking = settings.model_copy(update={"pseudo_language": True})
    monkeypatch.setitem(app.extensions, "penpal.settings", speaking)

    client.post("/appearance", data={"lang": "ar"})
    page = client.get("/sign-in").text

    assert '<html lang="ar-XB"' in page
    assert 'dir="rtl"' in page
    assert "app.rtl-" in page
    assert pseudo_language.turned("Sign in") in page


@pytest.mark.parametrize("name", ["theme", "text", "lang"])
@pytest.mark.parametrize("value", ["", "purple", '"><script>alert(1)</script>', "../en"])
def test_an_invented_choice_is_no_choice(client: FlaskClient, name: str, value: str) -> None:
    answer = client.post("/appearance", data={name: value})
    client.set_cookie(f"penpal_{name}", value)

    assert f"penpal_{name}=" not in answer.headers.get("Set-Cookie", "")
    page = client.get("/sign-in")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "javascript:alert(1)",
        "evil.example",
    ],
)
def test_choosing_never_leads_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    answer = client.post("/appearance", data={"theme": "dark", "next": elsewhere})

    assert answer.location == "/"


def test_the_cookies_are_out_of_reach_for_scripts(client: FlaskClient) -> None:
    cookie = client.post("/appearance", data={"theme": "dark"}).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
