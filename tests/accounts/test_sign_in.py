"""Signing in: by name and password, for a while, and back to where one wanted to go."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts import passwords, services
from penpal.accounts.models import PersonKind, SignIn
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from tests.accounts.doors import sign_in, sign_ins
from tests.cast import PASSWORD, Cast

REFUSED = "登录名和口令没对上"


def test_the_right_password_opens_the_way_home(client: FlaskClient, cast: Cast) -> None:
    answer = sign_in(client, "xiaohe")
    home = client.get("/")

    assert (answer.status_code, answer.location) == (302, "/")
    assert home.status_code == 200
    assert "小麦" in home.text
    assert len(sign_ins(cast.person("xiaohe"))) == 1


@pytest.mark.parametrize("typed", ["xiaohe", "  XiaoHe ", "XIAOHE"])
def test_capitals_and_spaces_of_a_login_name_do_not_matter(client: FlaskClient, typed: str) -> None:
    assert sign_in(client, typed).status_code == 302


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(
    client: FlaskClient, cast: Cast
) -> None:
    wrong = sign_in(client, "xiaohe", "three loud poplars")
    unknown = sign_in(client, "nobody", PASSWORD)

    for answer in (wrong, unknown):
        assert answer.status_code == 422
        assert REFUSED in answer.text
        assert "three loud poplars" not in answer.text
    assert 'value="xiaohe"' in wrong.text
    assert sign_ins(cast.person("xiaohe")) == []
    assert client.get("/").location == "/sign-in"


def test_empty_fields_are_named(client: FlaskClient) -> None:
    answer = sign_in(client, "", "")

    assert answer.status_code == 422
    assert "这里还空着" in answer.text


def test_a_disabled_person_is_told_whom_to_ask_and_nobody_else_is(
    client: FlaskClient, cast: Cast
) -> None:
    with transaction():
        cast.person("xiaohe").disabled_at = clock.now()

    answer = sign_in(client, "xiaohe")
    guess = sign_in(client, "xiaohe", "three loud poplars")

    assert answer.status_code == guess.status_code == 422
    assert "这个账号停用了。去问问班主任" in answer.text
    assert REFUSED in guess.text
    assert "停用" not in guess.text
    assert sign_ins(cast.person("xiaohe")) == []


@pytest.mark.usefixtures("app")
def test_whoever_has_not_activated_has_no_password_to_guess(
    client: FlaskClient, settings: Settings
) -> None:
    services.add_person(PersonKind.STUDENT, "小新", login_name="songhe482")

    for guess in ("", "None", PASSWORD):
        assert sign_in(client, "songhe482", guess).status_code == 422
    with pytest.raises(Invalid):
        services.sign_in(
            login_name="songhe482", password="", shared_device=False, settings=settings
        )


def test_an_unknown_name_takes_as_long_as_a_known_one() -> None:
    stored = passwords.hashed(PASSWORD)

    def fastest(of: str | None) -> float:
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            passwords.matches(of, "a wrong password")
            times.append(time.perf_counter() - begun)
        return min(times)

    assert fastest(None) > fastest(stored) / 2


def test_nobody_has_no_password() -> None:
    assert not passwords.matches(None, "nobody has this password")


def test_a_page_asked_for_before_comes_after(client: FlaskClient) -> None:
    asked = client.get("/letters?before=7")
    form = client.get(asked.location)
    answer = sign_in(client, "xiaohe", next="/letters?before=7")

    assert asked.status_code == 302
    assert urlsplit(asked.location).path == "/sign-in"
    assert 'name="next" value="/letters?before=7"' in form.text
    assert answer.location == "/letters?before=7"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "\t//evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "///evil.example",
    ],
)
def test_the_door_never_leads_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    form = client.get("/sign-in", query_string={"next": elsewhere})
    answer = sign_in(client, "xiaohe", next=elsewhere)
    already_in = client.get("/sign-in", query_string={"next": elsewhere})

    assert 'name="next" value="/">' in form.text
    assert answer.location == "/"
    assert already_in.location == "/"


def test_a_shared_computer_forgets_when_the_browser_closes(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    answer = sign_in(client, "xiaohe", shared_device="1")
    [begun] = sign_ins(cast.person("xiaohe"))

    cookie = answer.headers["Set-Cookie"]
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    assert begun.shared_device
    assert begun.expires_at - begun.begun_at <= timedelta(
        minutes=settings.shared_session_minutes, seconds=5
    )


def test_ones_own_device_remembers_for_the_days_of_the_settings(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    answer = sign_in(client, "xiaohe")
    [begun] = sign_ins(cast.person("xiaohe"))

    assert "Expires" in answer.headers["Set-Cookie"]
    assert not begun.shared_device
    lasting = begun.expires_at - begun.begun_at
    assert abs(lasting - timedelta(days=settings.session_days)) < timedelta(minutes=1)


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = sign_in(client, "xiaohe").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_session_ends_by_itself_when_its_time_is_over(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, "xiaohe", shared_device="1")
    with transaction() as current:
        current.execute(sa.update(SignIn).values(expires_at=clock.now() - timedelta(seconds=1)))

    answer = client.get("/")

    assert answer.location == "/sign-in"


def test_the_database_holds_no_token_that_opens_a_session(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, "xiaohe")

    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    [begun] = sign_ins(cast.person("xiaohe"))
    assert token not in begun.token_hash
    with client.session_transaction() as cookie:
        cookie["_user_id"] = begun.token_hash
    assert client.get("/").location == "/sign-in"


def test_the_next_child_finds_nothing_of_the_last_one(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, "xiaohe", shared_device="1")
    with client.session_transaction() as cookie:
        cookie["left_over"] = "of xiaohe"

    sign_in(client, "xiaomai", shared_device="1")

    with client.session_transaction() as cookie:
        assert "left_over" not in cookie
    assert "xiaomai" in client.get("/account").text


def test_what_speaks_json_is_told_to_sign_in_instead_of_sent_away(client: FlaskClient) -> None:
    answer = client.put("/letters/drafts/key-of-a-draft", data={"body": "小麦："})

    assert answer.status_code == 401
    assert "先登录" in answer.json["error"]  # type: ignore[index]


def test_pages_of_a_person_stay_in_no_cache(client: FlaskClient) -> None:
    sign_in(client, "xiaohe")

    assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_signing_in_writes_nothing_but_the_session(client: FlaskClient, cast: Cast) -> None:
    before = cast.person("xiaohe").password_hash

    sign_in(client, "xiaohe")

    assert cast.person("xiaohe").password_hash == before
    assert session().scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1
