"""What was sent back is mended in a new copy, of which everybody is asked anew."""

from __future__ import annotations

import pytest

from penpal.config import Settings
from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotPermitted
from penpal.publishing.pieces import clearance, links, services
from penpal.publishing.pieces.freezing import Copy
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.services import About, Own
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews import queries as stations
from penpal.publishing.reviews import services as reviews
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.pieces.submitting import LEDGER, party, say_yes, sign, state_of, submit


def sent_back(cast: Cast) -> Submission:
    piece = submit(cast)
    say_yes(cast, piece)
    sign(cast, piece, "xiaohe")
    station = next(
        one for one in stations.standing(piece) if one.unit_id == cast.unit("bj-class").id
    )
    reviews.send_back(station, "结尾再想一想。", by=cast.actor("teacher_bj"))
    session().refresh(piece)
    return piece


def test_a_new_copy_is_frozen_and_every_yes_is_asked_anew(
    cast: Cast, settings: Settings, as_: SignedIn
) -> None:
    piece = sent_back(cast)
    client = as_("xiaohe")
    assert state_of(piece) is SubmissionState.SENT_BACK
    shown = client.get(f"/publishing/{piece.id}/mending").get_data(as_text=True)
    assert "结尾再想一想" in shown
    assert "每个人都要再问一次" in shown

    named = client.post(
        f"/publishing/{piece.id}/mending",
        data={"revision": 1, "title": "槐树", "body": "小林也来看叶子。"},
    )
    mended = client.post(
        f"/publishing/{piece.id}/mending",
        data={"revision": 1, "title": "槐树", "body": "我们也来看叶子，看了很久。"},
    )

    assert named.status_code == 422
    assert mended.status_code == 302
    session().refresh(piece)
    assert (piece.state, piece.revision) == (SubmissionState.ASKING, 2)
    first, second = piece.parts
    assert second.body == "我们也来看叶子，看了很久。"
    assert "槐树" in first.body, "the copy before stays as it was"
    lacking = {(one.person_id, one.giver.value) for one in clearance.of(piece).missing}
    assert (cast.person("xiaomai").id, "student") in lacking
    assert (cast.person("xiaohe").id, "guardian") in lacking, "the paper was signed for other words"
    assert "try again" in [entry.move for entry in trail.of(piece)]
    again = as_("xiaomai").get(f"/publishing/{piece.id}/asking").get_data(as_text=True)
    assert "字变了就要重新问" in again
    say_yes(cast, piece, own=Own())
    assert state_of(piece) is SubmissionState.WITH_TEACHER
    assert links.open_of(piece) == {}


def test_only_its_author_mends_it_and_only_once(cast: Cast) -> None:
    piece = sent_back(cast)
    words = {"about": About("槐树"), "copy": Copy(body="看了很久。"), "own": Own(purposes=LEDGER)}

    for who in ("xiaomai", "xiaolin", "teacher_bj"):
        with pytest.raises(NotPermitted):
            services.mend(piece, revision=1, **words, by=cast.actor(who))  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        services.mend(
            piece,
            revision=1,
            about=About("槐树"),
            copy=Copy(body=" "),
            own=Own(),
            by=cast.actor("xiaohe"),
        )
    with pytest.raises(Conflict):
        services.mend(piece, revision=2, **words, by=cast.actor("xiaohe"))  # type: ignore[arg-type]
    services.mend(piece, revision=1, **words, by=cast.actor("xiaohe"))  # type: ignore[arg-type]
    with pytest.raises(NotPermitted):
        services.mend(piece, revision=2, **words, by=cast.actor("xiaohe"))  # type: ignore[arg-type]
    assert party(cast, piece, "xiaohe").stands_as == "author"
