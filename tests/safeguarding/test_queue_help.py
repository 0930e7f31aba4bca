"""What children told, pauses and requests to open, in the queue beside everything else."""

from __future__ import annotations

import pytest

from penpal.kernel import access, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.errors import Invalid
from penpal.safeguarding import blocking, queue, services
from penpal.safeguarding.block_models import BlockNote
from penpal.safeguarding.models import Addressee, Outcome, Report
from penpal.safeguarding.states import ReportState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.opening import WORDS as SEALED_WORDS
from tests.safeguarding.opening import asked, sealed
from tests.safeguarding.telling import WORDS, tell


def keys(cast: Cast, who: str) -> list[str]:
    return [row.key for row in queue.rows(cast.actor(who))]


def test_what_a_child_told_is_taken_up_and_answered_in_the_queue(cast: Cast, as_: SignedIn) -> None:
    report = tell(cast)
    address = f"/queue/report/{report.id}"
    teacher = as_("teacher_bj")

    shown = teacher.get("/queue").get_data(as_text=True)
    taken = teacher.post(f"{address}/decision", data={"action": "take"})
    wordless = teacher.post(f"{address}/decision", data={"action": "answer", "words": ""})
    answered = teacher.post(
        f"{address}/decision",
        data={"action": "answer", "words": "明天课间来找我。", "outcome": "talked"},
    )

    assert WORDS in shown
    assert "第十一条" in shown
    assert keys(cast, "teacher_ht") == []
    assert as_("teacher_ht").get(address).status_code == 404
    assert taken.location == f"{address}#item"
    assert wordless.status_code == 422
    assert "写一句回话" in wordless.get_data(as_text=True)
    assert answered.location == "/queue#item"
    report = access.load(Report, SYSTEM, report.id)
    assert (report.state, report.outcome) == (ReportState.ANSWERED, Outcome.TALKED)
    assert [entry.move for entry in trail.of(report)] == ["tell", "take", "answer"]
    late = as_("secretary_bj").post(f"{address}/decision", data={"action": "take"})
    assert late.status_code == 409
    assert "班主任已经回过话了。" in late.get_data(as_text=True)


def test_what_one_has_taken_up_waits_for_nobody_else_and_handed_on_it_is_the_secretarys(
    cast: Cast,
) -> None:
    teacher = cast.actor("teacher_bj")
    report, past = (
        tell(cast),
        tell(cast, key="past-the-teacher", addressee=Addressee.SCHOOL_SECRETARY),
    )
    key, past_key = f"report:{report.id}", f"report:{past.id}"
    assert keys(cast, "teacher_bj") == [key]
    assert keys(cast, "secretary_bj") == [key, past_key]

    queue.decide("report", report.id, "take", {}, by=teacher)

    assert (keys(cast, "teacher_bj"), keys(cast, "secretary_bj")) == ([key], [past_key])
    queue.decide("report", report.id, "hand_on", {}, by=teacher)
    assert keys(cast, "teacher_bj") == []
    assert set(keys(cast, "secretary_bj")) == {key, past_key}
    shown = queue.show("report", report.id, {}, by=cast.actor("secretary_bj"))
    assert [action.name for action in shown.actions] == ["take"]


def test_a_worry_is_in_the_queue_without_a_word_of_the_child(cast: Cast, as_: SignedIn) -> None:
    services.worry(cast.person("xiaohe").id, ("letter", 1, "小禾的第一封信"))

    shown = as_("teacher_bj").get("/queue").get_data(as_text=True)

    assert "请去问问孩子" in shown
    assert queue.count(cast.actor("teacher_bj")) == 1


def test_a_pause_is_noted_once_by_the_staff_of_each_class(cast: Cast, as_: SignedIn) -> None:
    blocking.pause(cast.pair(), by=cast.actor("xiaohe"))
    own, other = keys(cast, "teacher_bj")[0], keys(cast, "teacher_ht")[0]

    here = as_("teacher_bj").get("/queue").get_data(as_text=True)
    there = as_("teacher_ht").get("/queue").get_data(as_text=True)
    outcome = queue.decide_several(
        queue.rows(cast.actor("teacher_bj")), by=cast.actor("teacher_bj")
    )

    assert "请求和小麦的信先停一停" in here
    assert "小麦和小禾的信先停一停" in there
    assert "请求" not in there.partition('class="card"')[2].partition("</div>")[0]
    assert (outcome.done, outcome.left) == (1, [])
    assert own != other
    assert keys(cast, "teacher_bj") == []
    assert keys(cast, "teacher_ht") == [other]
    number = int(own.partition(":")[2])
    assert access.load(BlockNote, SYSTEM, number).seen_by_id == cast.person("teacher_bj").id
    late = as_("secretary_bj").post(f"/queue/pause/{number}/decision", data={"action": "know"})
    assert late.status_code == 409
    with pytest.raises(Invalid):
        queue.decide("pause", int(other.partition(":")[2]), "else", {}, by=cast.actor("teacher_ht"))


def test_a_request_to_open_waits_for_a_second_person_and_is_decided_on_its_own_page(
    cast: Cast, as_: SignedIn
) -> None:
    opening = asked(cast, sealed(cast))

    shown = as_("secretary_ht").get(f"/queue/opening/{opening.id}").get_data(as_text=True)

    assert keys(cast, "secretary_ht") == [f"opening:{opening.id}"]
    assert keys(cast, "teacher_ht") == []
    assert keys(cast, "secretary_bj") == []
    assert f'href="/openings/{opening.id}"' in shown
    assert SEALED_WORDS not in shown
    with pytest.raises(Invalid):
        queue.decide("opening", opening.id, "agree", {}, by=cast.actor("secretary_ht"))
