"""Guardians: a link by the child's teacher, the child's number, an answer once, and a way back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.config import Settings
from penpal.consent import ledger, wording
from penpal.consent.models import Consent, Giver, How, Purpose
from penpal.kernel import trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.publishing.pieces import clearance, links, withdrawing
from penpal.publishing.pieces.models import Submission, SubmissionAnswer, SubmissionLink
from penpal.publishing.pieces.states import SubmissionState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.consent.asking import number_of
from tests.publishing.pieces.submitting import ledger as put_on_file
from tests.publishing.pieces.submitting import party, say_yes, sign, state_of, submit


def begun(cast: Cast) -> Submission:
    piece = submit(cast)
    say_yes(cast, piece)
    return piece


def link_of(cast: Cast, settings: Settings, piece: Submission, who: str = "xiaohe") -> str:
    teacher = {"xiaohe": "teacher_bj", "xiaomai": "teacher_ht"}[who]
    link = links.make(party(cast, piece, who), settings=settings, by=cast.actor(teacher))
    return links.code_of(link, settings=settings)


def answers(cast: Cast, copy: Submission, who: str = "xiaohe", **changes: str) -> dict[str, str]:
    return {
        "number": number_of(cast, who),
        "version": f"{wording.current().name}:{copy.revision}",
        "piece": "yes",
        "answer-publication": "yes",
        "name": "王秀英",
        "relation": "mother",
        "confirmed": "1",
    } | changes


def test_a_guardian_reads_it_behind_the_number_and_says_yes_to_all_of_it(
    cast: Cast, client: FlaskClient, settings: Settings
) -> None:
    piece = begun(cast)
    code = link_of(cast, settings, piece)

    door = client.get(f"/piece/{code}").get_data(as_text=True)
    wrong = client.post(f"/piece/{code}", data={"number": "0"})
    read = client.post(f"/piece/{code}", data={"number": number_of(cast, "xiaohe")})

    assert "窗外的槐树" not in door
    assert "小禾" not in door
    assert wrong.status_code == 422
    assert "窗外的槐树" in read.get_data(as_text=True)
    incomplete = answers(cast, piece)
    del incomplete["answer-publication"]
    assert client.post(f"/piece/{code}/answers", data=incomplete).status_code == 422
    sent = client.post(f"/piece/{code}/answers", data=answers(cast, piece))
    assert sent.status_code == 302
    assert clearance.of(piece).of(cast.person("xiaohe").id) == []
    state = ledger.of_person(cast.person("xiaohe"))[Purpose.PUBLICATION]
    assert state.complete
    given = session().scalars(sa.select(Consent).where(Consent.giver == Giver.GUARDIAN)).all()
    assert [one.how for one in given if one.purpose is Purpose.PUBLICATION] == [How.LINK]
    assert "guardian agreed to piece" in [entry.move for entry in trail.of(piece)]
    again = client.post(f"/piece/{code}/answers", data=answers(cast, piece))
    assert "不能用" in again.get_data(as_text=True)


@pytest.mark.parametrize("said", [{"piece": "no"}, {"answer-publication": "no"}])
def test_a_guardians_no_ends_the_piece(
    cast: Cast, client: FlaskClient, settings: Settings, said: dict[str, str]
) -> None:
    piece = begun(cast)
    code = link_of(cast, settings, piece)

    client.post(f"/piece/{code}/answers", data=answers(cast, piece, **said))

    assert state_of(piece) is SubmissionState.WITHDRAWN
    assert trail.of(piece)[-1].actor_kind == "guardian"


def test_the_same_link_takes_the_yes_back(
    cast: Cast, client: FlaskClient, settings: Settings
) -> None:
    piece = begun(cast)
    code = link_of(cast, settings, piece)
    client.post(f"/piece/{code}/answers", data=answers(cast, piece))

    after = client.get(f"/piece/{code}").get_data(as_text=True)
    wrong = client.post(f"/piece/{code}/withdrawal", data={"number": "1"})
    done = client.post(f"/piece/{code}/withdrawal", data={"number": number_of(cast, "xiaohe")})

    assert "窗外的槐树" not in after
    assert wrong.status_code == 422
    assert "已经撤下" in done.get_data(as_text=True)
    assert state_of(piece) is SubmissionState.WITHDRAWN
    assert not clearance.of(piece).is_clear


def test_a_link_is_made_by_the_childs_teacher_alone_and_only_while_it_is_asked(
    cast: Cast, settings: Settings
) -> None:
    piece = submit(cast)
    with pytest.raises(IllegalMove):
        link_of(cast, settings, piece)
    say_yes(cast, piece)

    for who in ("teacher_ht", "teacher_tj", "editor", "xiaohe"):
        with pytest.raises(NotPermitted):
            links.make(party(cast, piece, "xiaohe"), settings=settings, by=cast.actor(who))
        with pytest.raises(NotPermitted):
            links.record_paper(
                party(cast, piece, "xiaohe"),
                agrees=True,
                with_photos=False,
                revision=1,
                by=cast.actor(who),
            )
    first = link_of(cast, settings, piece)
    second = link_of(cast, settings, piece)
    assert links.find(first, settings=settings) is None
    withdrawing.withdraw(piece, by=cast.actor("xiaohe"))
    assert links.find(second, settings=settings) is None


def test_ten_wrong_numbers_end_a_link(cast: Cast, client: FlaskClient, settings: Settings) -> None:
    code = link_of(cast, settings, begun(cast))

    for number in range(10):
        client.post(f"/piece/{code}", data={"number": str(number)})

    right = client.post(f"/piece/{code}", data={"number": number_of(cast, "xiaohe")})
    assert "窗外的槐树" not in right.get_data(as_text=True)
    assert session().scalars(sa.select(SubmissionLink)).one().ended_at is not None


def test_a_teacher_records_paper_and_everybody_has_agreed(cast: Cast, as_: SignedIn) -> None:
    piece = begun(cast)
    client = as_("teacher_bj")
    page = client.get(f"/publishing/{piece.id}/consents")
    mine, theirs = party(cast, piece, "xiaohe").id, party(cast, piece, "xiaomai").id

    assert page.status_code == 200
    assert "小麦" not in page.get_data(as_text=True), "of another school's child no name"
    assert as_("teacher_tj").get(f"/publishing/{piece.id}/consents").status_code == 404
    assert client.post(f"/publishing/{piece.id}/consents/{theirs}/link").status_code == 404
    assert client.post(f"/publishing/{piece.id}/consents/{mine}/link").status_code == 302
    assert "<svg" in client.get(f"/publishing/{piece.id}/consents").get_data(as_text=True)
    assert client.get(f"/publishing/{piece.id}/consents/{mine}/slip").status_code == 200
    client.post(
        f"/publishing/{piece.id}/consents/{mine}/paper", data={"piece": "yes", "revision": 1}
    )
    sign(cast, piece, "xiaomai")
    put_on_file(cast, "xiaohe", Purpose.PUBLICATION)
    assert clearance.of(piece).is_clear
    signed = session().scalars(sa.select(SubmissionAnswer).where(SubmissionAnswer.how == How.PAPER))
    assert {one.recorded_by_id for one in signed} == {
        cast.person("teacher_bj").id,
        cast.person("teacher_ht").id,
    }
    gone = client.post(f"/publishing/{piece.id}/consents/withdrawal", data={"reason": "家长来说"})
    assert gone.status_code == 302
    assert state_of(piece) is SubmissionState.WITHDRAWN
    assert trail.of(piece)[-1].reason == "家长来说"


def test_an_old_copy_is_not_answered(cast: Cast, client: FlaskClient, settings: Settings) -> None:
    piece = begun(cast)
    code = link_of(cast, settings, piece)
    with transaction():
        piece.revision = 2

    late = client.post(f"/piece/{code}/answers", data=answers(cast, piece))

    assert "不能用" in late.get_data(as_text=True)
    assert not clearance.of(piece).is_clear
