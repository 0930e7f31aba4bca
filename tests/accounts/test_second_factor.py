"""The second factor: nobody is in between password and code, a code counts once, a lost phone is renewed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal import create_app
from penpal.accounts import second_factor, services
from penpal.accounts.factor_models import RecoveryCode, Refusal, SecondFactor, SignInAttempt
from penpal.accounts.limits import limiter
from penpal.accounts.models import PersonKind
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from tests.accounts.doors import GOOD_PASSWORD, code_of, sign_in, sign_ins
from tests.accounts.factors import equip, hidden, is_in, secret_on, wrong
from tests.accounts.factors import phone_of as phone_with
from tests.cast import Cast
from tests.conftest import SignedIn

NO_MATCH = "这个验证码没对上"


@pytest.fixture
def demanding(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """A second application on the same database, as a real server runs it: staff need a factor."""
    strict = create_app(
        settings.model_copy(
            update={"second_factor": "on", "data": tmp_path, "database_url": settings.database}
        )
    )
    strict.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    strict.test_client_class = app.test_client_class
    yield strict
    with strict.app_context():
        db.engine.dispose()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock on, as if one had waited."""

    def wait(how_long: timedelta) -> None:
        then = clock.now() + how_long
        begun = datetime.now(then.tzinfo)
        monkeypatch.setattr(clock, "now", lambda: then + (datetime.now(then.tzinfo) - begun))

    return wait


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands, so that no half minute ends in the middle of a test about half minutes."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


def attempts(cast: Cast, who: str = "teacher_bj") -> list[Refusal]:
    found = sa.select(SignInAttempt.why).where(SignInAttempt.person_id == cast.person(who).id)
    return list(session().scalars(found.order_by(SignInAttempt.id)))


def test_outside_the_demo_staff_need_a_factor_unless_told_otherwise() -> None:
    def demanded(**chosen: object) -> bool:
        return Settings(**chosen).demands_second_factor  # type: ignore[arg-type]

    assert demanded(demo=False)
    assert not demanded(demo=True)
    assert demanded(demo=True, second_factor="on")
    assert not demanded(demo=False, second_factor="off")


def test_staff_without_a_factor_set_one_up_at_the_door_and_are_in(
    demanding: Flask, cast: Cast
) -> None:
    teacher = demanding.test_client()
    class_page = f"/classes/{cast.unit('bj-class').id}"

    asked = sign_in(teacher, "teacher_bj", next=class_page)
    page = teacher.get(asked.location).text
    phone = phone_with(secret_on(page))
    done = teacher.post(
        "/sign-in/factor",
        data={
            "sealed": hidden(page, "sealed"),
            "code": phone(0),
            "next": hidden(page, "next"),
        },
    )

    assert asked.location == f"/sign-in?next={class_page}"
    assert "<svg" in page
    made = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", done.text)
    assert len(set(made)) == 10
    assert f'href="{class_page}"' in done.text
    assert teacher.get(class_page).status_code == 200
    assert trail.of(cast.person("teacher_bj"))[-1].move == "set up second factor"
    assert done.headers["Cache-Control"] == "private, no-store"


def test_between_password_and_code_nobody_is_in(
    demanding: Flask, cast: Cast, settings: Settings
) -> None:
    equip(cast, settings)
    teacher = demanding.test_client()

    sign_in(teacher, "teacher_bj")

    for address in ("/", "/account", f"/classes/{cast.unit('bj-class').id}", "/account/factor"):
        assert teacher.get(address).location.startswith("/sign-in"), address
    assert teacher.post("/sign-out").location == "/sign-in"
    assert teacher.get("/device").status_code in (302, 401)
    assert sign_ins(cast.person("teacher_bj")) == []


def test_whoever_has_to_set_one_up_can_do_nothing_else(demanding: Flask, cast: Cast) -> None:
    teacher = demanding.test_client()

    sign_in(teacher, "teacher_bj")

    assert not is_in(teacher)
    assert teacher.get("/").location == "/sign-in"
    assert sign_ins(cast.person("teacher_bj")) == []


def test_the_code_of_the_phone_opens_the_way(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    begun = [one.id for one in sign_ins(cast.person("teacher_bj"))]

    asked = sign_in(client, "teacher_bj")
    page = client.get(asked.location).text
    answer = client.post("/sign-in/code", data={"code": f" {phone(0)[:3]} {phone(0)[3:]}"})

    assert "六位数字" in page
    assert answer.location == "/"
    assert is_in(client)
    assert len(sign_ins(cast.person("teacher_bj"))) == len(begun) + 1


def test_a_factor_counts_also_where_nobody_demands_one(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    equip(cast, settings)

    sign_in(client, "teacher_bj")
    sign_in_of_others = sign_in(client.application.test_client(), "teacher_ht")

    assert not settings.demands_second_factor
    assert not is_in(client)
    assert sign_in_of_others.location == "/"


def test_students_are_never_asked(demanding: Flask) -> None:
    answer = sign_in(demanding.test_client(), "xiaohe")

    assert answer.location == "/"


@pytest.mark.usefixtures("still")
def test_a_code_counts_once(app: Flask, cast: Cast, settings: Settings) -> None:
    phone, _codes = equip(cast, settings)
    code = phone(0)
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        sign_in(browser, "teacher_bj")

    taken = first.post("/sign-in/code", data={"code": code})
    again = second.post("/sign-in/code", data={"code": code})

    assert taken.status_code == 302
    assert again.status_code == 422
    assert NO_MATCH in again.text
    assert not is_in(second)


def test_of_ten_who_bring_one_code_at_the_same_moment_one_comes_in(
    app: Flask, cast: Cast, settings: Settings
) -> None:
    phone, codes = equip(cast, settings)

    def accepted(typed: str) -> bool:
        def ask() -> bool:
            with app.app_context():
                person = cast.person("teacher_bj")
                taken = second_factor.accept(person, typed, settings=settings)
                db.session.remove()
                return taken

        return Context().run(ask)

    for typed in (phone(0), codes[0]):
        with ThreadPoolExecutor(10) as crowd:
            found = list(crowd.map(accepted, [typed] * 10))
        assert found.count(True) == 1, typed


@pytest.mark.usefixtures("still")
def test_the_half_minutes_around_this_one_count_and_no_others(
    cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    person = cast.person("teacher_bj")

    def takes(step: int) -> bool:
        with transaction() as current:
            current.execute(sa.update(SecondFactor).values(last_step=0))
        return second_factor.accept(cast.person("teacher_bj"), phone(step), settings=settings)

    assert person.id
    assert [takes(step) for step in (-1, 0, 1)] == [True, True, True]
    assert [takes(step) for step in (-3, 3)] == [False, False]


@pytest.mark.usefixtures("still")
def test_an_older_code_is_no_good_once_a_newer_one_was_used(cast: Cast, settings: Settings) -> None:
    phone, _codes = equip(cast, settings)
    person = cast.person("teacher_bj")

    assert second_factor.accept(person, phone(1), settings=settings)
    assert not second_factor.accept(person, phone(0), settings=settings)


def test_a_recovery_code_stands_in_once(app: Flask, cast: Cast, settings: Settings) -> None:
    _phone, codes = equip(cast, settings)
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        sign_in(browser, "teacher_bj")

    taken = first.post("/sign-in/code", data={"code": codes[3].lower().replace("-", " ")})
    again = second.post("/sign-in/code", data={"code": codes[3]})

    assert taken.status_code == 302
    assert again.status_code == 422
    person = cast.person("teacher_bj")
    assert second_factor.codes_left(person.id) == 9
    assert trail.of(person)[-1].move == "used recovery code"


def test_codes_of_others_are_of_no_use(cast: Cast, settings: Settings) -> None:
    phone, codes = equip(cast, settings, "teacher_bj")
    equip(cast, settings, "teacher_ht")

    for typed in (phone(0), codes[0], "", "000", "１２"):
        assert not second_factor.accept(cast.person("teacher_ht"), typed, settings=settings)


def test_a_wrong_code_is_refused_and_kept_without_what_was_typed(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    sign_in(client, "teacher_bj")

    answer = client.post("/sign-in/code", data={"code": wrong(phone)})

    assert answer.status_code == 422
    assert NO_MATCH in answer.text
    assert wrong(phone) not in answer.text
    assert attempts(cast) == [Refusal.CODE]


def test_many_wrong_codes_close_the_second_step(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    guarded = create_app(
        settings.model_copy(
            update={"rate_limits": True, "data": tmp_path, "database_url": settings.database}
        )
    )
    guarded.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    guarded.test_client_class = app.test_client_class
    phone, _codes = equip(cast, settings)
    try:
        answers = []
        for number in range(6):
            guesser = guarded.test_client()
            guesser.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
            sign_in(guesser, "teacher_bj")
            answers.append(guesser.post("/sign-in/code", data={"code": wrong(phone)}).status_code)
        right = guesser.post("/sign-in/code", data={"code": phone(0)})
    finally:
        with guarded.app_context():
            db.engine.dispose()
        limiter.enabled = False

    assert answers == [422] * 5 + [429]
    assert right.status_code == 429
    assert not is_in(guesser)


def test_the_note_between_the_steps_is_good_for_five_minutes(
    client: FlaskClient, cast: Cast, settings: Settings, later: Callable[[timedelta], None]
) -> None:
    phone, _codes = equip(cast, settings)
    sign_in(client, "teacher_bj")

    later(timedelta(minutes=5, seconds=2))
    answer = client.post("/sign-in/code", data={"code": phone(0)}, follow_redirects=True)

    assert "等得太久了" in answer.text
    assert 'name="login_name"' in answer.text
    assert not is_in(client)


@pytest.mark.parametrize("change", ["password_hash", "disabled_at"])
def test_the_note_dies_with_the_password_and_with_the_account(
    client: FlaskClient, cast: Cast, settings: Settings, change: str
) -> None:
    phone, _codes = equip(cast, settings)
    sign_in(client, "teacher_bj")
    with transaction():
        person = cast.person("teacher_bj")
        setattr(person, change, clock.now() if change == "disabled_at" else "another")

    answer = client.post("/sign-in/code", data={"code": phone(0)})

    assert answer.location.startswith("/sign-in")
    assert not is_in(client)


def test_without_a_password_there_is_no_second_step(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)

    for address in ("/sign-in/code", "/sign-in/factor"):
        answer = client.post(address, data={"code": phone(0), "sealed": ""})
        assert answer.location.startswith("/sign-in")
    assert 'name="login_name"' in client.get("/sign-in").text
    assert not is_in(client)


def test_a_password_alone_replaces_no_factor(
    demanding: Flask, cast: Cast, settings: Settings
) -> None:
    """Two windows stood at the door when one of them set the factor up."""
    slow = demanding.test_client()
    sign_in(slow, "teacher_bj")
    page = slow.get("/sign-in").text
    equip(cast, settings)

    phone = phone_with(secret_on(page))
    answer = slow.post("/sign-in/factor", data={"sealed": hidden(page, "sealed"), "code": phone(0)})

    assert answer.location.startswith("/sign-in")
    assert not is_in(slow)
    offered = second_factor.offer(cast.person("teacher_bj"), settings=settings)
    with pytest.raises(IllegalMove):
        second_factor.set_up(
            cast.person("teacher_bj"),
            sealed=offered.sealed,
            typed=phone_with(offered.secret)(0),
            settings=settings,
            by=cast.actor("teacher_bj"),
        )


def test_an_offer_is_good_for_its_person_and_for_half_an_hour(
    cast: Cast, settings: Settings, later: Callable[[timedelta], None]
) -> None:
    offered = second_factor.offer(cast.person("teacher_bj"), settings=settings)

    def take(who: str, sealed: str) -> None:
        second_factor.set_up(
            cast.person(who),
            sealed=sealed,
            typed=phone_with(offered.secret)(0),
            settings=settings,
            by=cast.actor(who),
        )

    with pytest.raises(Invalid):
        take("teacher_ht", offered.sealed)
    with pytest.raises(Invalid):
        take("teacher_bj", offered.sealed[:-3] + "abc")
    later(timedelta(minutes=31))
    with pytest.raises(Invalid):
        take("teacher_bj", offered.sealed)
    assert session().query(SecondFactor).count() == 0


def test_a_wrong_first_code_leaves_the_same_picture_to_scan(demanding: Flask) -> None:
    teacher = demanding.test_client()
    sign_in(teacher, "teacher_bj")
    page = teacher.get("/sign-in").text
    secret = secret_on(page)

    answer = teacher.post(
        "/sign-in/factor",
        data={"sealed": hidden(page, "sealed"), "code": wrong(phone_with(secret))},
    )

    assert answer.status_code == 422
    assert secret_on(answer.text) == secret
    assert not is_in(teacher)


def test_staff_who_come_in_by_a_slip_set_up_a_factor_first(
    demanding: Flask, cast: Cast, settings: Settings
) -> None:
    person = services.add_person(PersonKind.STAFF, "新老师", login_name="xinlaoshi")
    services.issue_codes([person], settings=settings)
    teacher = demanding.test_client()

    answer = teacher.post(
        "/activate",
        data={
            "code": code_of(person, settings),
            "display_name": "新老师",
            "password": GOOD_PASSWORD,
            "agreed": "1",
        },
        follow_redirects=True,
    )

    assert "用验证器扫一扫" in answer.text
    assert "xinlaoshi" in answer.text
    assert sign_ins(cast.person("xinlaoshi")) == []


def test_the_tables_alone_make_no_code_and_open_nothing(cast: Cast, settings: Settings) -> None:
    offered = second_factor.offer(cast.person("teacher_bj"), settings=settings)
    codes = second_factor.set_up(
        cast.person("teacher_bj"),
        sealed=offered.sealed,
        typed=phone_with(offered.secret)(0),
        settings=settings,
        by=cast.actor("teacher_bj"),
    )

    [factor] = session().scalars(sa.select(SecondFactor))
    hashes = set(session().scalars(sa.select(RecoveryCode.code_hash)))
    assert offered.secret.encode() not in factor.secret
    assert len(hashes) == 10
    assert not any(code.replace("-", "") in hashed.upper() for code in codes for hashed in hashes)


def test_under_another_key_no_code_is_good_and_a_renewal_helps(
    cast: Cast, settings: Settings
) -> None:
    phone, codes = equip(cast, settings)
    moved = settings.model_copy(update={"secret_key": type(settings.secret_key)("another key")})
    person = cast.person("teacher_bj")

    assert not second_factor.accept(person, phone(0), settings=moved)
    assert not second_factor.accept(person, codes[0], settings=moved)
    second_factor.renew(person, reason="换了密钥", by=SYSTEM)
    assert not second_factor.is_set_up(person.id)


def test_new_codes_on_paper_take_the_place_of_the_old(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    _phone, old = equip(cast, settings)

    page = as_("teacher_bj").post("/account/factor/codes").text

    new = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", page)
    person = cast.person("teacher_bj")
    assert len(new) == 10
    assert not second_factor.accept(person, old[0], settings=settings)
    assert second_factor.accept(person, new[0], settings=settings)
    assert [entry.move for entry in trail.of(person)][-2:] == [
        "renewed recovery codes",
        "used recovery code",
    ]


@pytest.mark.usefixtures("still")
def test_another_phone_takes_the_place_of_the_old_one_and_other_devices_leave(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    old, _codes = equip(cast, settings)
    here, elsewhere = as_("teacher_bj"), as_("teacher_bj")
    page = here.get("/account/factor").text

    new = phone_with(secret_on(page))
    here.post("/account/factor", data={"sealed": hidden(page, "sealed"), "code": new(0)})

    assert is_in(here)
    assert not is_in(elsewhere)
    person = cast.person("teacher_bj")
    assert not second_factor.accept(person, old(0), settings=settings)
    assert second_factor.accept(person, new(1), settings=settings)


def test_the_codes_can_be_kept_as_a_file(as_: SignedIn, cast: Cast, settings: Settings) -> None:
    _phone, codes = equip(cast, settings)

    answer = as_("teacher_bj").post(
        "/account/factor/codes.txt", data={"code": [*codes, "<script>", "no code"]}
    )

    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert all(code in answer.text for code in codes)
    assert "script" not in answer.text


@pytest.mark.parametrize("address", ["/account/factor", "/account/factor/codes"])
def test_students_have_no_factor_to_set_up(as_: SignedIn, address: str) -> None:
    assert as_("xiaohe").post(address).status_code == 403


def test_the_school_s_secretary_renews_the_factor_of_a_teacher_who_lost_the_phone(
    app: Flask, as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    phone, _codes = equip(cast, settings)
    teacher, secretary = as_("teacher_bj"), as_("secretary_bj")
    number = cast.person("teacher_bj").id

    page = secretary.get(f"/people/{number}/account")
    answer = secretary.post(
        f"/people/{number}/account/factor-renewal", data={"reason": "手机丢了，当面确认过"}
    )

    assert "重设两步登录" in page.text
    assert answer.status_code == 302
    assert not is_in(teacher)
    person = cast.person("teacher_bj")
    assert not second_factor.is_set_up(person.id)
    assert session().query(RecoveryCode).count() == 0
    last = trail.of(person)[-1]
    assert (last.move, last.reason) == ("renewed second factor", "手机丢了，当面确认过")
    assert last.actor_id == cast.person("secretary_bj").id
    browser = app.test_client()
    assert sign_in(browser, "teacher_bj").location == "/"
    assert not second_factor.accept(person, phone(0), settings=settings)


def test_the_level_above_renews_that_of_a_secretary(cast: Cast, settings: Settings) -> None:
    equip(cast, settings, "secretary_bj")

    second_factor.renew(cast.person("secretary_bj"), reason="手机坏了", by=cast.actor("county_bj"))

    assert not second_factor.is_set_up(cast.person("secretary_bj").id)


@pytest.mark.parametrize(
    "who", ["teacher_bj", "teacher_ht", "secretary_ht", "county_bj", "editor", "xiaohe"]
)
def test_outsiders_and_oneself_renew_nothing(cast: Cast, settings: Settings, who: str) -> None:
    equip(cast, settings)

    with pytest.raises(NotPermitted):
        second_factor.renew(cast.person("teacher_bj"), reason="随便", by=cast.actor(who))

    assert second_factor.is_set_up(cast.person("teacher_bj").id)


def test_a_renewal_needs_a_reason_and_something_to_renew(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    secretary, number = as_("secretary_bj"), cast.person("teacher_bj").id
    nothing = secretary.post(f"/people/{number}/account/factor-renewal", data={"reason": "丢了"})
    equip(cast, settings)
    silent = secretary.post(f"/people/{number}/account/factor-renewal", data={"reason": "  "})

    assert nothing.status_code == 409
    assert silent.status_code == 422
    assert "写一句为什么" in silent.text
    assert second_factor.is_set_up(number)
