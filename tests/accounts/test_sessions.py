"""One's sessions: how long they last, which ones run, ending one, and what was tried at one's door."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from huey import Huey

from penpal.accounts import agents, presence, services, sessions
from penpal.accounts.factor_models import Refusal, SignInAttempt
from penpal.accounts.models import SignIn
from penpal.config import Settings
from penpal.kernel import access, clock, jobs
from penpal.kernel.access import NOBODY
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import NotFound, NotPermitted
from tests.accounts.doors import sign_in, sign_ins
from tests.accounts.factors import is_in
from tests.cast import PASSWORD, Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted

PHONE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/118.0 Mobile Safari/537.36 MicroMessenger/8.0"
OLD_PC = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 Chrome/109.0 Safari/537.36 Edg/109.0"


def at(app: Flask, agent: str) -> FlaskClient:
    """A browser that says of itself what it is."""
    browser = app.test_client()
    browser.environ_base["HTTP_USER_AGENT"] = agent
    return browser


def age(cast: Cast, who: str, **columns: timedelta) -> None:
    """Make the sessions of somebody older than they are."""
    values = {name: clock.now() - by for name, by in columns.items()}
    with transaction() as current:
        current.execute(
            sa.update(SignIn).where(SignIn.person_id == cast.person(who).id).values(values)
        )


@pytest.mark.parametrize(("agent", "named"), [
    (PHONE, "微信 · Android"),
    (OLD_PC, "Edge · Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:120.0) Gecko Firefox/120.0", "Firefox · macOS"),
    ("Mozilla/5.0 (Phone; OpenHarmony 4.0) Chrome/114 HuaweiBrowser/15 Mobile", "华为浏览器 · 鸿蒙"),
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/86 Safari/537.36 QIHU 360SE", "360 浏览器 · Windows"),
    ("curl/8", "认不出的设备"),
    ("", "认不出的设备"),
])  # fmt: skip
def test_a_device_is_named_by_families(app: Flask, agent: str, named: str) -> None:
    with app.test_request_context():
        assert agents.words(*agents.device(agent)) == named


def test_the_account_page_names_every_device_and_marks_this_one(app: Flask, cast: Cast) -> None:
    at_school, phone = at(app, OLD_PC), at(app, PHONE)
    sign_in(at_school, "xiaohe", shared_device="1")
    sign_in(phone, "xiaohe")

    page = phone.get("/account").text

    assert "Edge · Windows" in page
    assert "大家一起用的" in page
    assert page.index("微信 · Android") < page.index("这一台") < page.index("Edge · Windows")
    assert page.count("退出这台") == 1


def test_ending_one_device_leaves_the_others(app: Flask, as_: SignedIn, cast: Cast) -> None:
    here, there, third = (as_("xiaohe") for _ in range(3))
    lost = sign_ins(cast.person("xiaohe"))[1].id

    answer = here.post(f"/account/sessions/{lost}/end")

    assert answer.location == "/account#sessions"
    assert [is_in(each) for each in (here, there, third)] == [True, False, True]


def test_ending_this_device_is_signing_out(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    left = xiaohe.post(f"/account/sessions/{sign_ins(cast.person('xiaohe'))[0].id}/end")

    assert left.location == "/sign-in"
    assert not is_in(xiaohe)


def test_all_others_can_end_at_once(as_: SignedIn) -> None:
    here, there, partner = as_("xiaohe"), as_("xiaohe"), as_("xiaomai")

    here.post("/account/sessions/others/end")

    assert [is_in(each) for each in (here, there, partner)] == [True, False, True]


def test_sessions_of_others_are_not_there(as_: SignedIn, cast: Cast) -> None:
    partner = as_("xiaomai")
    theirs = sign_ins(cast.person("xiaomai"))[0].id

    for who in ("xiaohe", "teacher_ht", "secretary_ht"):
        assert as_(who).post(f"/account/sessions/{theirs}/end").status_code == 404
        with pytest.raises(NotFound):
            access.load(SignIn, cast.actor(who), theirs)
    assert is_in(partner)
    with pytest.raises(NotPermitted):
        sessions.end_others(by=NOBODY)


def test_staff_are_signed_in_for_twelve_hours_at_most(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    as_("teacher_bj")

    [begun] = sign_ins(cast.person("teacher_bj"))
    assert begun.idle_minutes == 60
    assert abs(begun.expires_at - begun.begun_at - timedelta(hours=12)) < timedelta(minutes=1)
    assert settings.staff_session_hours == 12


def test_students_on_their_own_phone_may_rest_for_weeks(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    age(cast, "xiaohe", last_seen_at=timedelta(days=20))

    assert is_in(xiaohe)
    assert sign_ins(cast.person("xiaohe"))[0].idle_minutes is None


@pytest.mark.parametrize(("minutes", "stays"), [(58, True), (61, False)])
def test_a_member_of_staff_who_does_nothing_for_an_hour_is_out(
    as_: SignedIn, cast: Cast, minutes: int, stays: bool
) -> None:
    teacher = as_("teacher_bj")

    age(cast, "teacher_bj", last_seen_at=timedelta(minutes=minutes))

    assert is_in(teacher) is stays


@pytest.mark.parametrize(("minutes", "stays"), [(28, True), (31, False)])
def test_a_computer_for_everybody_is_out_after_half_an_hour(
    client: FlaskClient, cast: Cast, minutes: int, stays: bool
) -> None:
    sign_in(client, "xiaohe", shared_device="1")

    age(cast, "xiaohe", last_seen_at=timedelta(minutes=minutes))

    assert is_in(client) is stays


def test_a_session_in_use_goes_on_and_its_row_is_renewed_by_a_job_alone(
    app: Flask, as_: SignedIn, cast: Cast
) -> None:
    teacher = as_("teacher_bj")
    age(cast, "teacher_bj", last_seen_at=timedelta(minutes=50))
    before = sign_ins(cast.person("teacher_bj"))[0].last_seen_at
    queue: Huey = app.extensions["penpal.queue"]
    queue.flush()

    with counted() as asked:
        first, second = is_in(teacher), is_in(teacher)

    assert first
    assert second
    assert not [statement for statement in asked if not statement.startswith("SELECT")]
    # Two requests, one errand.
    assert queue.pending_count() == 1
    queue.execute(queue.dequeue())
    session().rollback()
    after = sign_ins(cast.person("teacher_bj"))[0].last_seen_at
    assert after - before > timedelta(minutes=49)


def test_while_the_queue_is_busy_this_process_remembers(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")
    age(cast, "teacher_bj", last_seen_at=timedelta(minutes=58))
    assert is_in(teacher)

    age(cast, "teacher_bj", last_seen_at=timedelta(minutes=70))

    assert is_in(teacher)


def test_a_late_errand_never_sets_the_time_back(as_: SignedIn, cast: Cast) -> None:
    as_("teacher_bj")
    [begun] = sign_ins(cast.person("teacher_bj"))
    seen = begun.last_seen_at

    for _ in range(2):
        jobs.run(presence.JOB, session_id=begun.id, at=seen.timestamp() - 600)

    session().rollback()
    assert sign_ins(cast.person("teacher_bj"))[0].last_seen_at == seen


def tries(cast: Cast) -> list[tuple[str | None, Refusal]]:
    names = {cast.person(who).id: who for who in ("xiaohe", "teacher_bj")}
    return [
        (names.get(row.person_id or 0), row.why)
        for row in session().scalars(sa.select(SignInAttempt).order_by(SignInAttempt.id))
    ]


def test_refused_sign_ins_are_kept_without_what_was_typed(app: Flask, cast: Cast) -> None:
    sign_in(app.test_client(), "xiaohe", "a wrong guess")
    sign_in(app.test_client(), "no-such-name", "a wrong guess")
    with transaction():
        cast.person("teacher_bj").disabled_at = clock.now()
    sign_in(app.test_client(), "teacher_bj")

    assert tries(cast) == [
        ("xiaohe", Refusal.PASSWORD),
        (None, Refusal.UNKNOWN),
        ("teacher_bj", Refusal.DISABLED),
    ]
    columns = {column.name for column in SignInAttempt.__table__.columns}
    assert columns == {"id", "person_id", "at", "why", "told_at"}


def test_tries_of_others_are_told_after_the_next_sign_in_and_until_put_aside(
    app: Flask, cast: Cast
) -> None:
    for _ in range(2):
        sign_in(app.test_client(), "xiaohe", "a wrong guess")
    xiaohe = app.test_client()

    home = sign_in(xiaohe, "xiaohe") and xiaohe.get("/").text
    page = xiaohe.get("/account").text
    xiaohe.post("/account/news")

    assert "有 2 次登录没有成功" in home
    assert "没有成功" not in xiaohe.get("/").text
    assert page.count("口令没对上") == 2
    assert "这是你吗" not in xiaohe.get("/account").text
    again = app.test_client()
    sign_in(again, "xiaohe")
    assert "没有成功" not in again.get("/").text


def test_ones_own_slips_right_before_are_no_news(app: Flask, cast: Cast) -> None:
    xiaohe = app.test_client()
    for _ in range(3):
        sign_in(xiaohe, "xiaohe", "a wrong guess")

    sign_in(xiaohe, "xiaohe")

    assert "没有成功" not in xiaohe.get("/").text
    assert "这是你吗" not in xiaohe.get("/account").text
    assert len(tries(cast)) == 3


def test_whoever_guesses_for_long_in_one_browser_is_still_told_of(app: Flask) -> None:
    guesser = app.test_client()
    for _ in range(5):
        sign_in(guesser, "xiaohe", "a wrong guess")
    sign_in(guesser, "xiaohe")

    assert guesser.get("/account").text.count("口令没对上") == 2


def test_a_sign_in_on_a_new_device_is_told_on_the_others_and_not_on_itself(app: Flask) -> None:
    own = at(app, PHONE)
    sign_in(own, "xiaohe")
    stranger = at(app, OLD_PC)
    sign_in(stranger, "xiaohe")

    on_itself = stranger.get("/account").text
    page = own.get("/account").text
    own.post("/account/sessions/others/end")
    own.post("/account/news")

    assert "在新设备上登录" not in on_itself
    assert "在新设备上登录：Edge · Windows" in page
    assert not is_in(stranger)
    assert "在新设备上登录" not in own.get("/account").text


def test_the_first_device_and_a_known_one_are_no_news(app: Flask) -> None:
    for _ in range(2):
        own = at(app, PHONE)
        sign_in(own, "xiaohe")

    assert "这是你吗" not in own.get("/account").text


def test_attempts_are_forgotten_after_a_quarter(app: Flask, cast: Cast) -> None:
    for _ in range(2):
        sign_in(app.test_client(), "xiaohe", "a wrong guess")
    with transaction() as current:
        first = current.scalars(sa.select(SignInAttempt).order_by(SignInAttempt.id)).first()
        assert first is not None
        first.at = clock.now() - timedelta(days=91)

    jobs.run("accounts.forget_attempts")
    jobs.run("accounts.forget_attempts")

    assert len(tries(cast)) == 1


def test_the_page_of_ones_account_tells_nobody_elses_news(app: Flask, as_: SignedIn) -> None:
    sign_in(app.test_client(), "xiaohe", "a wrong guess")

    assert "这是你吗" not in as_("xiaomai").get("/account").text
    assert "这是你吗" not in as_("teacher_bj").get("/account").text


def test_a_session_from_a_verb_without_a_browser_has_no_device(
    cast: Cast, settings: Settings
) -> None:
    services.sign_in(login_name="xiaohe", password=PASSWORD, shared_device=False, settings=settings)

    [begun] = sign_ins(cast.person("xiaohe"))
    assert (begun.browser, begun.system, begun.new_device) == ("", "", False)
