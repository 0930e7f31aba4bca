"""A student's own page: what was said, to which words, and a yes or a no to each purpose."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from penpal.consent import ledger, queries, services
from penpal.consent.models import Purpose
from penpal.kernel import trail
from penpal.kernel.access import NOBODY
from penpal.kernel.errors import NotPermitted
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.consent.asking import make_as_old


def standing(cast: Cast, purpose: Purpose, who: str = "xiaohe") -> str:
    return ledger.of_person(cast.person(who))[purpose].student.standing.value


def test_the_page_tells_who_said_yes_when_and_to_which_words(as_: SignedIn) -> None:
    page = as_("xiaohe").get("/consent").text

    assert "参加结对子" in page
    assert "在纸上签的" in page
    assert "2026-09 版" in page
    assert "你还不满 14 岁，这一件由家长决定" in page


def test_it_is_reached_from_the_account(as_: SignedIn) -> None:
    assert 'href="/consent"' in as_("xiaohe").get("/account").text


def test_a_yes_waits_for_the_guardian_and_says_so(as_: SignedIn, cast: Cast) -> None:
    page = as_("xiaohe").post("/consent/photos/agreement", follow_redirects=True).text

    assert "还要等家长也同意" in page
    assert standing(cast, Purpose.PHOTOS) == "yes"
    last = trail.of(cast.person("xiaohe"))[-1]
    assert (last.move, last.reason, last.actor_id) == (
        "consented",
        "photos",
        cast.person("xiaohe").id,
    )


def test_a_no_is_kept_and_can_become_a_yes(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    xiaohe.post("/consent/camp/refusal")
    xiaohe.post("/consent/camp/refusal")
    refused = standing(cast, Purpose.CAMP)
    xiaohe.post("/consent/camp/agreement")

    assert refused == "no"
    assert standing(cast, Purpose.CAMP) == "yes"
    moves = [entry.move for entry in trail.of(cast.person("xiaohe"))]
    assert moves == ["refused consent", "consented"]


def test_taking_back_acts_at_once_and_only_there(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")
    services.record_signatures(
        [cast.person("xiaohe")],
        purposes=[Purpose.PHOTOS, Purpose.VIDEO],
        by=cast.actor("teacher_bj"),
    )
    for purpose in ("photos", "video"):
        xiaohe.post(f"/consent/{purpose}/agreement")
    person_id = cast.person("xiaohe").id
    before = queries.has(person_id, Purpose.PHOTOS)

    xiaohe.post("/consent/photos/withdrawal")

    assert before
    assert not queries.has(person_id, Purpose.PHOTOS)
    assert queries.has(person_id, Purpose.VIDEO)
    assert standing(cast, Purpose.PHOTOS) == "withdrawn"
    assert trail.of(cast.person("xiaohe"))[-1].reason == "photos"


def test_taking_back_taking_part_leads_to_the_waiting_page(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    xiaohe.post("/consent/taking_part/withdrawal")

    assert xiaohe.get("/letters").location == "/welcome"
    assert xiaohe.get("/consent").status_code == 200


def test_under_fourteen_nobody_says_yes_to_taking_part_alone(as_: SignedIn, cast: Cast) -> None:
    answer = as_("xiaoman").post("/consent/taking_part/agreement")

    assert answer.status_code == 422
    assert "你还不满 14 岁" in answer.text
    assert not cast.actor("xiaoman").takes_part


def test_at_fourteen_the_page_offers_ones_own_yes(as_: SignedIn, cast: Cast) -> None:
    make_as_old(cast, "xiaoman", 14 * 12 + 1)
    xiaoman = as_("xiaoman")

    page = xiaoman.get("/consent").text
    xiaoman.post("/consent/taking_part/agreement")

    assert 'action="/consent/taking_part/agreement"' in page
    assert cast.actor("xiaoman").takes_part


def test_without_taking_part_the_other_purposes_can_be_answered(as_: SignedIn, cast: Cast) -> None:
    as_("xiaoman").post("/consent/photos/refusal")

    assert standing(cast, Purpose.PHOTOS, "xiaoman") == "no"


@pytest.mark.parametrize("deed", ["agreement", "refusal", "withdrawal"])
def test_what_is_no_purpose_is_not_there(as_: SignedIn, deed: str) -> None:
    assert as_("xiaohe").post(f"/consent/anything/{deed}").status_code == 404


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj", "county_bj", "editor"])
def test_staff_have_no_such_page_and_answer_for_nobody(as_: SignedIn, cast: Cast, who: str) -> None:
    staff = as_(who)

    assert staff.get("/consent").status_code == 403
    assert staff.post("/consent/photos/agreement").status_code == 403
    for verb in (
        lambda: services.agree(purpose=Purpose.PHOTOS, by=cast.actor(who)),
        lambda: services.refuse(Purpose.PHOTOS, by=cast.actor(who)),
    ):
        with pytest.raises(NotPermitted):
            verb()


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/consent").location.startswith("/sign-in")
    with pytest.raises(NotPermitted):
        services.refuse(Purpose.PHOTOS, by=NOBODY)
