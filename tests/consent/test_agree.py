"""At fourteen the student is asked, and only the student answers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from penpal.consent import services, wording
from penpal.consent.models import Consent, Giver, How, Purpose
from penpal.kernel import clock, trail
from penpal.kernel.access import NOBODY
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import NotPermitted
from tests.cast import FIFTEEN, Cast
from tests.conftest import SignedIn


def own_consents(cast: Cast, who: str) -> list[Consent]:
    return (
        session().query(Consent).filter_by(person_id=cast.person(who).id, giver=Giver.STUDENT).all()
    )


def make_fifteen(cast: Cast, who: str) -> None:
    with transaction():
        person = cast.person(who)
        person.birth_year, person.birth_month = FIFTEEN


def test_a_student_of_fifteen_is_asked_and_says_yes(as_: SignedIn, cast: Cast) -> None:
    make_fifteen(cast, "xiaohe")
    xiaohe = as_("xiaohe")

    sent_on = xiaohe.get("/")
    page = xiaohe.get("/welcome").text
    answer = xiaohe.post("/welcome/agreement")

    assert sent_on.location == "/welcome"
    assert "你愿意参加吗" in page
    assert "我愿意参加" in page
    assert answer.location == "/welcome"
    assert xiaohe.get("/").status_code == 200
    [given] = own_consents(cast, "xiaohe")
    assert (given.purpose, given.how, given.wording) == (
        Purpose.TAKING_PART,
        How.ON_SCREEN,
        wording.current().name,
    )
    assert (given.given_on, given.recorded_by_id) == (clock.today(), cast.person("xiaohe").id)
    assert [entry.move for entry in trail.of(cast.person("xiaohe"))] == ["consented"]


def test_saying_yes_twice_is_one_yes(as_: SignedIn, cast: Cast) -> None:
    make_fifteen(cast, "xiaohe")
    xiaohe = as_("xiaohe")

    xiaohe.post("/welcome/agreement")
    xiaohe.post("/welcome/agreement")

    assert len(own_consents(cast, "xiaohe")) == 1
    assert len(trail.of(cast.person("xiaohe"))) == 1


def test_the_yes_of_a_child_of_thirteen_opens_nothing(as_: SignedIn, cast: Cast) -> None:
    xiaoman = as_("xiaoman")

    xiaoman.post("/welcome/agreement")

    assert xiaoman.get("/").location == "/welcome"


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj", "county_bj", "editor"])
def test_nobody_else_says_yes(as_: SignedIn, cast: Cast, who: str) -> None:
    answer = as_(who).post("/welcome/agreement")

    assert answer.status_code == 403
    assert own_consents(cast, who) == []
    with pytest.raises(NotPermitted):
        services.agree(by=cast.actor(who))


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.post("/welcome/agreement").status_code == 302
    with pytest.raises(NotPermitted):
        services.agree(by=NOBODY)
