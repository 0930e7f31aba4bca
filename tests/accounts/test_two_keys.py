"""Password and second step of a colleague are two keys, and one pair of hands never renews both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.accounts import appointing, office_queries, second_factor, services, two_keys
from penpal.accounts.factor_models import STEP_SECONDS, SecondFactor
from penpal.accounts.models import Activation, PersonKind, Role, RoleGrant, SignIn
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import NotPermitted
from tests.accounts.factors import equip
from tests.cast import Cast
from tests.conftest import SignedIn

A_DAY, A_MONTH = timedelta(hours=25), timedelta(days=30)
ASKS_ANOTHER = "这一步请另一个人来办"


@pytest.fixture
def held(cast: Cast, settings: Settings) -> RoleGrant:
    """The office of the class teacher, who has a phone for the second step."""
    equip(cast, settings)
    return office_queries.of_person(cast.person("teacher_bj").id)[0]


@pytest.fixture
def first(cast: Cast) -> Actor:
    return cast.actor("secretary_bj")


@pytest.fixture
def second(cast: Cast) -> Actor:
    """The colleague who leads the same school, and did so before."""
    return taken_on(cast, "another")


def taken_on(cast: Cast, login_name: str) -> Actor:
    with transaction():
        person = services.add_person(PersonKind.STAFF, "副书记", login_name=login_name)
        person.password_hash, person.activated_at = "x", clock.now()
        services.grant(person, Role.SCHOOL_SECRETARY, cast.unit("bj-school"))
    return cast.actor(login_name)


def take_factor(cast: Cast, by: Actor) -> None:
    second_factor.renew(cast.person("teacher_bj"), reason="手机丢了", by=by)


def come_in(cast: Cast, at: datetime) -> None:
    """The teacher passes every step of the door at that moment."""
    with transaction() as current:
        current.add(
            SignIn(
                person_id=cast.person("teacher_bj").id,
                token_hash=f"{at}",
                begun_at=at,
                expires_at=at + A_MONTH,
            )
        )


def wait(monkeypatch: pytest.MonkeyPatch, how_long: timedelta) -> None:
    then = clock.now() + how_long
    monkeypatch.setattr(clock, "now", lambda: then)


def test_whoever_took_the_step_away_makes_no_card_however_long_they_wait(
    cast: Cast,
    settings: Settings,
    held: RoleGrant,
    first: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_factor(cast, first)

    for pause in (timedelta(0), A_DAY, A_MONTH):
        wait(monkeypatch, pause)
        with pytest.raises(NotPermitted, match="请另一位书记"):
            appointing.renew_slip(held, settings=settings, by=first)

    assert cast.person("teacher_bj").password_hash is not None
    come_in(cast, clock.now())
    appointing.renew_slip(held, settings=settings, by=first)
    assert cast.person("teacher_bj").password_hash is None


def test_whoever_came_in_at_once_still_leaves_the_first_a_day_of_rest(
    cast: Cast,
    settings: Settings,
    held: RoleGrant,
    first: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_factor(cast, first)
    come_in(cast, clock.now())

    with pytest.raises(NotPermitted):
        appointing.renew_slip(held, settings=settings, by=first)
    wait(monkeypatch, A_DAY)
    appointing.renew_slip(held, settings=settings, by=first)

    assert cast.person("teacher_bj").password_hash is None


def test_the_second_person_makes_the_card_and_the_first_does_not_see_it(
    as_: SignedIn, cast: Cast, settings: Settings, held: RoleGrant, first: Actor, second: Actor
) -> None:
    take_factor(cast, first)
    one, other = as_("secretary_bj"), as_("another")
    address = f"/offices/{held.id}"

    asked = one.get(address).text
    warned = other.get(address).text
    refused = one.post(f"{address}/slip")
    made = other.post(f"{address}/slip")

    assert ASKS_ANOTHER in asked
    assert f'action="{address}/slip"' not in asked
    assert "有人取消了这个账号的两步登录" in warned
    assert refused.status_code == 403
    assert "请另一位书记" in refused.text
    assert made.location == f"{address}/slip"
    assert one.get(f"{address}/slip").location == address
    assert one.get(f"{address}/slip.svg").status_code == 404
    assert "slip.svg" not in one.get(f"/units/{cast.unit('bj-school').id}/staff/slips").text
    assert "slip.svg" in other.get(f"/units/{cast.unit('bj-school').id}/staff/slips").text
    taken = trail.of(cast.person("teacher_bj"))[-1]
    given = next(entry for entry in trail.of(held) if entry.move == "reset password")
    assert (taken.move, taken.actor_id) == (two_keys.TOOK_FACTOR, first.person_id)
    assert given.actor_id == second.person_id


@pytest.mark.parametrize("act", ["made it", "printed it", "looked at its drawing"])
def test_whoever_knows_the_card_does_not_take_the_step_away(
    as_: SignedIn,
    cast: Cast,
    settings: Settings,
    held: RoleGrant,
    first: Actor,
    second: Actor,
    act: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = as_("secretary_bj")
    appointing.renew_slip(held, settings=settings, by=first if act == "made it" else second)
    if act != "made it":
        one.get(f"/offices/{held.id}/{'slip' if act == 'printed it' else 'slip.svg'}")
    address = f"/people/{held.person_id}/account"

    page = one.get(address).text
    refused = one.post(f"{address}/factor-renewal", data={"reason": "手机也丢了"})
    wait(monkeypatch, A_MONTH)
    with pytest.raises(NotPermitted, match="请另一位书记"):
        take_factor(cast, first)

    assert ASKS_ANOTHER in page
    assert "factor-renewal" not in page
    assert refused.status_code == 403
    assert second_factor.is_set_up(held.person_id)


def test_the_second_person_is_told_of_the_card_before_taking_the_step_away(
    as_: SignedIn, cast: Cast, settings: Settings, held: RoleGrant, first: Actor, second: Actor
) -> None:
    appointing.renew_slip(held, settings=settings, by=first)
    other, address = as_("another"), f"/people/{held.person_id}/account"

    page = other.get(address).text
    done = other.post(f"{address}/factor-renewal", data={"reason": "当面问过本人"})

    assert "有人给这个账号做过新的激活卡" in page
    assert done.status_code == 302
    assert not second_factor.is_set_up(held.person_id)


def test_a_card_that_its_owner_used_with_both_steps_is_forgotten(
    cast: Cast,
    settings: Settings,
    held: RoleGrant,
    first: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    appointing.renew_slip(held, settings=settings, by=first)
    appointing.open_slips([held], settings=settings, by=first)
    wait(monkeypatch, A_MONTH)
    with transaction() as current:
        # Sessions of then are deleted by now; the last code that was used is not.
        step = int(clock.now().timestamp()) // STEP_SECONDS
        current.execute(sa.update(SecondFactor).values(last_step=step))
    wait(monkeypatch, A_DAY)

    take_factor(cast, first)

    assert not second_factor.is_set_up(held.person_id)


def test_somebody_taken_on_meanwhile_is_no_second_person(
    cast: Cast, settings: Settings, held: RoleGrant, first: Actor
) -> None:
    take_factor(cast, first)
    newcomer = taken_on(cast, "newcomer")

    with pytest.raises(NotPermitted):
        appointing.renew_slip(held, settings=settings, by=newcomer)

    assert appointing.open_slips([held], settings=settings, by=newcomer) == []
    assert cast.person("teacher_bj").password_hash is not None


def test_an_operator_renews_both_by_command(
    cast: Cast, settings: Settings, held: RoleGrant
) -> None:
    take_factor(cast, SYSTEM)
    appointing.renew_slip(held, settings=settings, by=SYSTEM)

    assert appointing.slip(held, settings=settings, by=SYSTEM) is not None


def test_of_both_keys_at_the_same_moment_one_is_renewed(
    app: Flask, cast: Cast, settings: Settings, held: RoleGrant, first: Actor
) -> None:
    number, person_id = held.id, held.person_id

    def ask(key: str) -> bool:
        def renew() -> bool:
            with app.app_context():
                try:
                    if key == "card":
                        office = session().get_one(RoleGrant, number)
                        appointing.renew_slip(office, settings=settings, by=first)
                    else:
                        take_factor(cast, first)
                except NotPermitted:
                    return False
                finally:
                    db.session.remove()
                return True

        return Context().run(renew)

    with ThreadPoolExecutor(2) as hands:
        done = list(hands.map(ask, ["card", "factor"]))

    session().rollback()
    has_card = session().query(Activation).filter_by(person_id=person_id, used_at=None).count() > 0
    assert sorted(done) == [False, True]
    assert has_card == second_factor.is_set_up(person_id)
