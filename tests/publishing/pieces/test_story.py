"""Stories of staff: of their own school or place, and every child in them consents as an author would."""

from __future__ import annotations

from typing import Any

import pytest

from penpal.consent.models import Purpose
from penpal.kernel import access
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.permissions import Permission
from penpal.publishing.pieces import clearance, naming, services
from penpal.publishing.pieces.models import PieceKind, Submission
from penpal.publishing.pieces.services import About, Own
from penpal.publishing.pieces.states import SubmissionState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.pieces.submitting import ledger, party, state_of

BODY = "有一位同学把攒了一年的邮票送给了远方的伙伴，信里说：你那里也有邮局。"


def tell(
    cast: Cast, who: str = "teacher_bj", unit: str = "bj-school", **changes: Any
) -> Submission:
    words: dict[str, Any] = {
        "key": "key-of-the-first-story",
        "kind": PieceKind.STORY,
        "about": About("一年的邮票"),
        "body": BODY,
    }
    return services.submit_story(cast.unit(unit), **(words | changes), by=cast.actor(who))


def test_a_story_without_children_goes_to_reviews_at_once(cast: Cast) -> None:
    piece = tell(cast)

    assert state_of(piece) is not SubmissionState.ASKING
    assert clearance.of(piece).is_clear
    assert naming.printed_staff([piece])[piece.id].name == "一位老师"
    assert tell(cast).id == piece.id


def test_every_named_child_and_guardian_is_asked(cast: Cast, as_: SignedIn) -> None:
    piece = tell(cast, named=[cast.person("xiaohe")])
    assert state_of(piece) is SubmissionState.ASKING
    assert not clearance.of(piece).is_clear
    assert not access.may(cast.actor("teacher_bj"), Permission.Submission.ANSWER, piece)

    page = as_("xiaohe").get(f"/publishing/{piece.id}/asking")
    services.agree(
        piece, revision=1, own=Own(purposes=(Purpose.PUBLICATION,)), by=cast.actor("xiaohe")
    )

    assert "一年的邮票" in page.get_data(as_text=True)
    assert state_of(piece) is not SubmissionState.ASKING
    assert not clearance.of(piece).is_clear
    assert party(cast, piece, "xiaohe").stands_as == "named"
    ledger(cast, "xiaohe", Purpose.PUBLICATION)
    missing = {(one.giver.value, one.what.value) for one in clearance.of(piece).missing}
    assert missing == {("guardian", "piece")}


def test_names_and_schools_do_not_stand_in_it(cast: Cast) -> None:
    for body in (f"{BODY}他叫小林。", f"{BODY}在槐树中学。"):
        with pytest.raises(Invalid) as refused:
            tell(cast, body=body)
        assert set(refused.value.fields) == {"body"}


@pytest.mark.parametrize(
    ("who", "unit"),
    [
        ("teacher_bj", "ht-school"),
        ("teacher_bj", "bj-class"),
        ("teacher_bj", "bj-county"),
        ("county_bj", "bj-school"),
        ("editor", "bj-school"),
        ("xiaohe", "bj-school"),
    ],
)
def test_one_speaks_for_ones_own_place_alone(cast: Cast, who: str, unit: str) -> None:
    with pytest.raises(NotPermitted):
        tell(cast, who, unit)


def test_only_children_whom_one_answers_for_are_named(cast: Cast) -> None:
    with pytest.raises(Invalid):
        tell(cast, named=[cast.person("xiaomai")])
    with pytest.raises(Invalid):
        tell(cast, "county_bj", "bj-county", named=[cast.person("xiaohe")])
    assert state_of(tell(cast, "county_bj", "bj-county")) is not SubmissionState.ASKING


def test_the_page_of_a_teacher(cast: Cast, as_: SignedIn) -> None:
    client = as_("teacher_bj")
    shown = client.get("/publishing/stories/new").get_data(as_text=True)
    form = {
        "key": "key-of-the-first-story",
        "unit": str(cast.unit("bj-school").id),
        "kind": "practice",
        "title": "一年的邮票",
        "body": BODY,
    }

    elsewhere = client.post("/publishing/stories/new", data=form | {"unit": "1"})
    sent = client.post(
        "/publishing/stories/new", data=form | {"named": str(cast.person("xiaohe").id)}
    )

    assert "槐树中学" in shown
    assert elsewhere.status_code == 422
    assert sent.status_code == 302
    assert client.get(sent.headers["Location"]).status_code == 200
    assert as_("teacher_ht").get(sent.headers["Location"]).status_code == 404
    assert client.get("/publishing").status_code == 200
    assert as_("xiaohe").get("/publishing/stories/new").status_code == 403
