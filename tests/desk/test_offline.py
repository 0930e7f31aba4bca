"""What a device may keep: a student's own pages on the student's own device, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.accounts import services as accounts
from penpal.accounts.models import SignIn
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import transaction
from penpal.letters import services as letters
from penpal.twinning import services as twinning
from tests.accounts.doors import sign_in
from tests.cast import PASSWORD, Cast
from tests.conftest import SignedIn
from tests.letters.writing import save, send


def kept(browser: FlaskClient, address: str) -> bool:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.headers.get("Penpal-Keep") == "yes"


@pytest.fixture
def shared(app: Flask, cast: Cast, settings: Settings) -> FlaskClient:
    """小禾 at a computer that everybody uses."""
    with transaction():
        token = accounts._begin_session(
            cast.person("xiaohe"), shared_device=True, settings=settings
        )
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return browser


def test_home_mailbox_opened_letters_and_sheets_may_stay_on_ones_own_device(
    as_: SignedIn, cast: Cast
) -> None:
    sent = send(cast)
    letters.open_(sent, by=cast.actor("xiaomai"))
    draft = save(cast, key="another-key-here").letter
    pages = ["/", "/letters", "/letters/new?another=1"]

    for address in (*pages, f"/letters/{sent.id}", f"/letters/{draft.id}/edit"):
        assert kept(as_("xiaohe"), address), address
    assert kept(as_("xiaomai"), f"/letters/{sent.id}")


def test_a_letter_stays_off_the_device_until_its_envelope_is_opened(
    as_: SignedIn, cast: Cast
) -> None:
    sent = send(cast)

    assert not kept(as_("xiaomai"), f"/letters/{sent.id}")
    assert kept(as_("xiaohe"), f"/letters/{sent.id}")


def test_other_pages_of_a_student_do_not_stay(as_: SignedIn) -> None:
    for address in ("/profile", "/account", "/tell", "/letters/search?words=槐树"):
        assert not kept(as_("xiaohe"), address), address


def test_a_sheet_that_shows_the_letter_it_answers_is_no_blank_one(
    as_: SignedIn, cast: Cast
) -> None:
    sent = send(cast)
    letters.open_(sent, by=cast.actor("xiaomai"))

    assert not kept(as_("xiaomai"), f"/letters/new?another=1&reply_to={sent.id}")


def test_a_page_with_news_on_it_is_not_kept(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")
    draft = save(cast).letter

    xiaohe.post(f"/letters/{draft.id}/discard")

    assert not kept(xiaohe, "/letters")
    assert kept(xiaohe, "/letters")


def test_nothing_stays_on_a_shared_computer(shared: FlaskClient, cast: Cast) -> None:
    sent = send(cast)

    for address in ("/", "/letters", f"/letters/{sent.id}", "/letters/new?another=1"):
        assert not kept(shared, address), address
    page = shared.get("/")
    told = shared.get("/device")
    assert page.headers["Penpal-Person"] == "shared"
    assert '<meta name="device" content="shared">' in page.text
    assert told.json is not None
    assert (told.json["keeps"], told.json["pages"]) == (False, [])


def test_no_page_of_staff_stays(as_: SignedIn, cast: Cast) -> None:
    class_id = cast.unit("bj-class").id

    for address in ("/", f"/classes/{class_id}", "/reports"):
        assert not kept(as_("teacher_bj"), address), address
    assert as_("teacher_bj").get("/").headers["Penpal-Person"] == "passing"


def test_a_device_tells_two_people_apart_and_knows_nothing_of_them(
    as_: SignedIn, cast: Cast
) -> None:
    one, other = (as_(who).get("/").headers["Penpal-Person"] for who in ("xiaohe", "xiaomai"))
    again = as_("xiaohe").get("/letters").headers["Penpal-Person"]

    assert one == again
    assert one != other
    assert len(one) == 24
    assert str(cast.person("xiaohe").id) != one


def test_before_sign_in_nothing_is_said_about_the_device(client: FlaskClient) -> None:
    page = client.get("/sign-in")

    assert "Penpal-Person" not in page.headers
    assert "Penpal-Keep" not in page.headers
    assert 'name="device"' not in page.text


@pytest.mark.parametrize("way", ["/sign-out", "/account/sessions/end"])
def test_every_page_after_signing_out_tells_the_device_to_forget(as_: SignedIn, way: str) -> None:
    xiaohe = as_("xiaohe")

    left = xiaohe.post(way)
    told = [xiaohe.get("/sign-in"), xiaohe.get("/agreement"), xiaohe.get("/sign-in")]
    sign_in(xiaohe, "xiaohe", PASSWORD)
    inside = xiaohe.get("/")

    assert "storage" in left.headers["Clear-Site-Data"]
    for page in told:
        assert page.headers["Penpal-Person"] == "left"
        assert '<meta name="device" content="left">' in page.text
    assert len(inside.headers["Penpal-Person"]) == 24


@pytest.mark.parametrize("way", ["everywhere", "reset", "disabled"])
def test_a_lost_phone_is_told_that_its_session_was_ended(
    as_: SignedIn, cast: Cast, settings: Settings, way: str
) -> None:
    lost = as_("xiaohe")
    lost.get("/")
    xiaohe = cast.person("xiaohe")
    if way == "everywhere":
        as_("xiaohe").post("/account/sessions/end")
    elif way == "reset":
        accounts.reset(xiaohe, settings=settings, by=cast.actor("teacher_bj"))
    else:
        with transaction():
            xiaohe.disabled_at = clock.now()

    page = lost.get("/", follow_redirects=True)

    assert page.headers["Penpal-Person"] == "ended"
    assert '<meta name="device" content="ended">' in page.text


def test_a_session_that_ran_out_is_no_sign_out(as_: SignedIn) -> None:
    here = as_("xiaohe")
    with transaction() as current:
        current.execute(sa.update(SignIn).values(expires_at=clock.now() - timedelta(minutes=1)))

    page = here.get("/", follow_redirects=True)

    assert page.status_code == 200
    assert "Penpal-Person" not in page.headers


def test_the_device_is_told_what_is_worth_having_and_no_envelope(as_: SignedIn, cast: Cast) -> None:
    opened = send(cast, "xiaomai", key="the-first-of-two")
    letters.open_(opened, by=cast.actor("xiaohe"))
    waiting = send(cast, "xiaomai", key="the-second-of-two")
    mine = send(cast)
    draft = save(cast, key="key-of-a-draft").letter

    told = as_("xiaohe").get("/device").json

    assert told is not None
    assert told["keeps"] is True
    assert set(told["pages"]) == {
        f"/letters/{opened.id}",
        f"/letters/{mine.id}",
        f"/letters/{draft.id}/edit",
    }
    assert told["drafts"] == ["key-of-a-draft"]
    assert str(waiting.id) not in " ".join(told["pages"])
    assert told["token"]


def test_a_device_without_a_session_is_told_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/device", headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert "登录" in answer.json["error"]  # type: ignore[index]


def test_a_student_without_consent_is_told_of_no_letters(as_: SignedIn) -> None:
    told = as_("xiaoman").get("/device").json

    assert told is not None
    assert told["pages"] == []


def test_the_worker_is_asked_for_again_and_answered_in_a_word(client: FlaskClient) -> None:
    first = client.get("/service-worker.js")
    again = client.get("/service-worker.js", headers={"If-None-Match": first.headers["ETag"]})

    assert first.mimetype == "text/javascript"
    assert first.headers["Cache-Control"] == "no-cache"
    assert "addEventListener" in first.text
    assert again.status_code == 304


@pytest.mark.parametrize(("language", "name"), [("zh_Hans", "结对小伙伴"), ("en", "Penpal")])
def test_the_site_can_be_installed_in_the_language_of_the_page(
    client: FlaskClient, language: str, name: str
) -> None:
    client.set_cookie("penpal_lang", language)

    told = client.get("/manifest.webmanifest")
    manifest = told.json

    assert told.mimetype == "application/manifest+json"
    assert manifest is not None
    assert manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200
    assert (name in manifest["name"]) or language == "en"


def test_the_page_that_stands_in_is_nobodys(as_: SignedIn) -> None:
    page = as_("xiaohe").get("/offline")

    assert "网络断了" in page.text
    assert "小禾" not in page.text
    assert "Penpal-Person" not in page.headers


def test_past_partners_letters_may_stay_too(as_: SignedIn, cast: Cast) -> None:
    sent = send(cast)
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    assert kept(as_("xiaohe"), f"/letters/{sent.id}")
