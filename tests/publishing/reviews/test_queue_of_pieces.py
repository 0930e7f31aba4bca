"""Pieces in the queue: who has them there, what stands on the page, and what its buttons do."""

from __future__ import annotations

from penpal.kernel import trail
from penpal.publishing.pieces import withdrawing
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews import queries, remarks, services
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.reviews.piecework import piece, turn
from tests.publishing.reviews.test_reviews import notices_of


def test_a_teacher_reads_the_piece_says_a_word_at_a_place_and_approves(
    cast: Cast, as_: SignedIn
) -> None:
    submission = piece(cast)
    station = turn(cast, submission, "teacher_bj")
    teacher = as_("teacher_bj")

    page = teacher.get("/queue").get_data(as_text=True)

    assert "秋天叶子落得很慢" in page
    assert "小禾" in page
    assert f"/queue/piece/{station.id}" in page
    assert "read piece for review" in [entry.move for entry in trail.of(submission)]
    part = submission.current_parts()[0]
    answer = teacher.post(
        f"/publishing/reviews/{station.id}/remarks",
        data={"part": part.id, "quote": "一棵槐树", "remark": "多高？写一写。"},
    )
    assert answer.status_code == 302
    page = teacher.get(f"/queue/piece/{station.id}").get_data(as_text=True)
    assert '<mark>一棵槐树</mark><sup class="mark-n">1</sup>' in page
    assert "多高？写一写。" in page
    assert [one.body for one in remarks.of(submission, for_author=True)[part.id]] == [
        "多高？写一写。"
    ]
    teacher.post(f"/queue/piece/{station.id}/decision", data={"action": "approve"})
    assert queries.standing(submission)[0].decided_by_id == cast.person("teacher_bj").id
    assert "还没有写信" not in page


def test_what_is_taken_back_or_not_ones_turn_shows_no_word_of_it(cast: Cast, as_: SignedIn) -> None:
    submission = piece(cast)
    station = turn(cast, submission, "teacher_bj")
    services.approve(station, by=cast.actor("teacher_bj"))
    address, past = f"/queue/piece/{station.id}", f"/publishing/{submission.id}/history"

    assert "秋天叶子" in as_("teacher_bj").get(address).get_data(as_text=True)
    assert "秋天叶子" not in as_("secretary_bj").get(address).get_data(as_text=True)
    withdrawing.withdraw(submission, by=cast.actor("xiaomai"))

    page = as_("teacher_bj").get(address).get_data(as_text=True)
    assert "秋天叶子" not in page
    assert "窗外的槐树" not in page
    told = as_("teacher_bj").get(past).get_data(as_text=True)
    assert "窗外的槐树" not in told
    assert "小麦" in told
    # The author reads that it was taken back, and not by whom.
    assert "小麦</bdi>" not in as_("xiaohe").get(past).get_data(as_text=True)
    assert "小禾" not in as_("teacher_ht").get("/queue").get_data(as_text=True)
    assert "piece.waits" not in notices_of(cast, "teacher_ht")


def test_a_county_secretary_has_pieces_in_the_queue_and_nothing_else(
    cast: Cast, as_: SignedIn
) -> None:
    submission = piece(cast)
    for who in ("teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht"):
        station = turn(cast, submission, who)
        as_(who).post(f"/queue/piece/{station.id}/decision", data={"action": "approve"})
    station = turn(cast, submission, "county_bj")
    secretary = as_("county_bj")

    page = secretary.get("/queue").get_data(as_text=True)

    assert "秋天叶子落得很慢" in page
    assert "小禾" not in page
    assert secretary.get("/queue/hold/1").status_code == 404
    assert secretary.get("/publishing/reviews").status_code == 200
    secretary.post(f"/queue/piece/{station.id}/decision", data={"action": "approve"})
    assert submission.state is SubmissionState.WITH_EDITOR
