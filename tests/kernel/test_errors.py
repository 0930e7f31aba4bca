"""Errors: one family, one handler, a page for people and JSON for what speaks JSON."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal.kernel import access, errors
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotFound, NotPermitted, TooMany
from tests.conftest import SignedIn

JSON = {"Accept": "application/json"}
FAMILY = [
    (NotFound(), 404, "这一页不在这里"),
    (NotPermitted(), 403, "不归你做"),
    (IllegalMove(), 409, "新的进展"),
    (Conflict("这封信已经寄出了。"), 409, "已经寄出"),
    (Invalid(fields={"body": "还空着。"}), 422, "改一改"),
    (TooMany(), 429, "歇几分钟"),
    (ZeroDivisionError(), 500, "没有丢"),
]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Whatever stands last in this list is raised by every page that loads a thing of somebody's."""
    waiting: list[Exception] = []

    def fail(*_: object) -> None:
        raise waiting[-1]

    monkeypatch.setattr(access, "load", fail)
    return waiting


@pytest.mark.parametrize(("error", "status", "words"), FAMILY)
def test_an_error_is_a_page_in_words(
    as_: SignedIn, failing: list[Exception], error: Exception, status: int, words: str
) -> None:
    failing.append(error)

    answer = as_("xiaohe").get("/letters/1")

    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(("error", "status", "words"), FAMILY)
def test_an_error_is_json_for_what_speaks_json(
    as_: SignedIn, failing: list[Exception], error: Exception, status: int, words: str
) -> None:
    failing.append(error)

    answer = as_("xiaohe").get("/letters/1", headers=JSON)

    assert answer.status_code == status
    assert words in answer.get_json()["error"]
    if isinstance(error, Invalid):
        assert answer.get_json()["fields"] == {"body": "还空着。"}


def test_what_was_written_stays_on_the_page_of_an_error(
    as_: SignedIn, failing: list[Exception]
) -> None:
    failing.append(ZeroDivisionError())

    answer = as_("xiaohe").post("/letters/1/discard", data={"body": "写了很久的 <b>话</b>"})

    assert answer.status_code == 500
    assert "写了很久的 &lt;b&gt;话&lt;/b&gt;" in answer.get_data(as_text=True)


def test_an_address_that_never_was_is_a_page_of_ours(client: FlaskClient) -> None:
    answer = client.get("/nowhere/at/all")

    assert answer.status_code == 404
    assert "这一页不在这里" in answer.get_data(as_text=True)


def test_a_method_that_is_not_taken_is_refused_in_our_words(client: FlaskClient) -> None:
    answer = client.delete("/sign-in")

    assert answer.status_code == 405
    assert "这一页不在这里" in answer.get_data(as_text=True)


def test_a_file_that_is_too_large_is_refused_in_words(
    app: Flask, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)

    answer = as_("xiaohe").post("/tell", data={"words": "字" * 2000})

    assert answer.status_code == 413
    assert "太大了" in answer.get_data(as_text=True)


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(client: FlaskClient) -> None:
    page = client.get("/letters?before=7")
    machine = client.get("/letters", headers=JSON)

    assert page.location == "/sign-in?next=/letters?before%3D7"
    assert machine.status_code == 401
    assert "登录" in machine.get_json()["error"]


def test_every_error_of_the_family_has_a_status_and_words() -> None:
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.PenpalError):
            assert 400 <= kind.status <= 500
            assert str(kind())
