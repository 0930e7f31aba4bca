"""The sign-in snapshot: who somebody is today, and nobody once they are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from penpal.accounts import services, snapshots
from penpal.accounts.models import Role, RoleGrant, SignIn
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from tests.cast import PASSWORD, Cast
from tests.conftest import SignedIn


@pytest.fixture
def token(cast: Cast, settings: Settings) -> str:
    """A running session of 小禾."""
    _person, token = services.sign_in(
        login_name="xiaohe", password=PASSWORD, shared_device=False, settings=settings
    )
    return token


def test_a_student_is_known_by_name_and_class(cast: Cast, token: str) -> None:
    actor = snapshots.by_token(token)

    assert actor is not None
    assert actor.person_id == cast.person("xiaohe").id
    assert (actor.kind, actor.display_name, actor.login_name) == ("student", "小禾", "xiaohe")
    assert actor.place == "北京 · 初二(3)班"
    assert actor.path == cast.unit("bj-class").path
    assert actor.takes_part
    assert actor.grants == ()


def test_staff_are_known_by_their_offices(cast: Cast) -> None:
    actor = cast.actor("secretary_bj")

    assert (actor.kind, actor.path, actor.unit_id) == ("staff", "", None)
    assert [(grant.role, grant.path) for grant in actor.grants] == [
        ("school_secretary", cast.unit("bj-school").path)
    ]
    assert not actor.takes_part


def test_someone_with_two_offices_has_both(cast: Cast) -> None:
    services.grant(cast.person("teacher_bj"), Role.TEACHER, cast.unit("bj-class-2"))

    actor = cast.actor("teacher_bj")

    assert {grant.unit_id for grant in actor.grants} == {
        cast.unit("bj-class").id,
        cast.unit("bj-class-2").id,
    }
    assert trail.of(cast.person("teacher_bj"))[-1].move == "granted teacher"


def test_a_disabled_person_is_nobody(cast: Cast, token: str) -> None:
    with transaction():
        cast.person("xiaohe").disabled_at = clock.now()

    assert snapshots.by_token(token) is None
    assert snapshots.of(cast.person("xiaohe").id) is None


def test_a_disabled_person_is_out_at_the_next_request(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")
    with transaction():
        cast.person("teacher_bj").disabled_at = clock.now()

    assert teacher.get("/").location == "/sign-in"


@pytest.mark.parametrize("column", ["ended_at", "expires_at"])
def test_an_ended_or_expired_session_is_nobody(cast: Cast, token: str, column: str) -> None:
    with transaction() as current:
        current.execute(sa.update(SignIn).values({column: clock.now() - timedelta(seconds=1)}))

    assert snapshots.by_token(token) is None
    assert snapshots.of(cast.person("xiaohe").id) is not None


@pytest.mark.parametrize("token", ["", "guessed", "x" * 5000, "' OR ''='"])
def test_an_invented_token_is_nobody(cast: Cast, token: str) -> None:
    assert snapshots.by_token(token) is None


def test_a_student_who_left_belongs_to_no_class(cast: Cast, as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")
    with transaction():
        [enrolment] = cast.person("xiaohe").enrolments
        enrolment.until = clock.today()

    actor = cast.actor("xiaohe")

    assert (actor.path, actor.unit_id, actor.place) == ("", None, "")
    assert xiaohe.get("/account").status_code == 200


@pytest.mark.parametrize(("begins", "ends", "holds"), [
    (0, None, True),
    (0, 0, True),
    (-30, 1, True),
    (1, None, False),
    (-30, -1, False),
])  # fmt: skip
def test_an_office_counts_from_its_first_day_to_its_last(
    cast: Cast, as_: SignedIn, begins: int, ends: int | None, holds: bool
) -> None:
    today = clock.today()
    with transaction():
        [office] = cast.person("teacher_bj").grants
        office.since = today + timedelta(days=begins)
        office.until = None if ends is None else today + timedelta(days=ends)

    actor = cast.actor("teacher_bj")
    page = as_("teacher_bj").get(f"/classes/{cast.unit('bj-class').id}")

    assert bool(actor.grants) is holds
    assert page.status_code == (200 if holds else 403)


def test_an_office_is_held_once_at_a_time(cast: Cast) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        services.grant(cast.person("teacher_bj"), Role.TEACHER, cast.unit("bj-class"))

    with transaction():
        [office] = cast.person("teacher_bj").grants
        office.until = clock.today()
    services.grant(cast.person("teacher_bj"), Role.TEACHER, cast.unit("bj-class"))

    assert (
        session().scalar(
            sa.select(sa.func.count())
            .select_from(RoleGrant)
            .where(RoleGrant.person_id == cast.person("teacher_bj").id)
        )
        == 2
    )
