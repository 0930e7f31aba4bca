"""Throwing a draft away: one's own, and only while it is one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from penpal.kernel.trail import TrailEntry
from penpal.letters import services
from penpal.letters.models import Letter
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import save, send


def test_a_draft_is_thrown_away_for_good(as_: SignedIn, cast: Cast) -> None:
    draft_id = save(cast).letter.id
    xiaohe = as_("xiaohe")

    answer = xiaohe.post(f"/letters/{draft_id}/discard")
    page = xiaohe.get(answer.location).text

    assert answer.location == "/letters"
    assert "草稿扔掉了" in page
    assert session().get(Letter, draft_id) is None
    moves = session().scalars(
        sa.select(TrailEntry.move).where(
            TrailEntry.subject_kind == "letter", TrailEntry.subject_id == draft_id
        )
    )
    assert list(moves) == ["discard"]
    assert xiaohe.get(f"/letters/{draft_id}").status_code == 404


@pytest.mark.parametrize("who", ["xiaomai", "xiaolin", "teacher_bj", "secretary_bj", "editor"])
def test_an_outsider_throws_nothing_away(as_: SignedIn, cast: Cast, who: str) -> None:
    draft = save(cast).letter

    assert as_(who).post(f"/letters/{draft.id}/discard").status_code in (403, 404)
    with pytest.raises(NotPermitted):
        services.discard(draft, by=cast.actor(who))

    assert session().get(Letter, draft.id) is not None


def test_a_letter_that_was_sent_is_never_thrown_away(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)

    assert as_("xiaohe").post(f"/letters/{letter.id}/discard").status_code == 403
    assert as_("xiaomai").post(f"/letters/{letter.id}/discard").status_code == 403
    with pytest.raises(NotPermitted):
        services.discard(letter, by=cast.actor("xiaohe"))

    assert session().get(Letter, letter.id) is not None
