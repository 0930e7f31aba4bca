"""A request for release: asked by the author alone, decided once by whoever may, open to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from penpal.accounts import services as accounts
from penpal.accounts.models import Role
from penpal.consent import services as consent
from penpal.kernel import access, clock, jobs, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.letters.states import LetterState
from penpal.permissions import Permission
from penpal.rosters import pupils
from penpal.safeguarding import blocking, hold_queries, holding, items, queue
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.models import Addressee
from penpal.screening.findings import Finding, Kind
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn

JOB = "safeguarding.raise_overdue"
FOUND = (Finding(Kind.PHONE_MOBILE, 4, 15),)
Ask = Callable[..., Hold]


@pytest.fixture
def ask(cast: Cast) -> Ask:
    """A draft of xiaohe's that waits for a teacher."""

    def asked(body: str = "我的号是13800138000。", words: str = "这是一道题里的数。") -> Hold:
        draft = letters.save_draft(
            cast.pair(),
            key="key-of-what-waits",
            body=body,
            envelope=Envelope.OPEN,
            revision=9,
            by=cast.actor("xiaohe"),
        ).letter
        content = items.read("letter", draft.id)
        assert content is not None
        return holding.ask(content, FOUND, words=words, by=cast.actor("xiaohe"))

    return asked


def letter_of(hold: Hold) -> Letter:
    return access.load(Letter, access.SYSTEM, hold.item_id)


def test_only_the_author_asks_and_asking_twice_is_asking_once(cast: Cast, ask: Ask) -> None:
    hold = ask()
    content = items.read("letter", hold.item_id)
    assert content is not None

    for stranger in ("xiaomai", "xiaolin", "teacher_bj", "xiaoman"):
        with pytest.raises(NotPermitted):
            holding.ask(content, FOUND, by=cast.actor(stranger))
    assert ask().id == hold.id
    assert (hold.state, hold.with_whom) == (HoldState.ASKED, Addressee.TEACHER)
    assert hold.findings == [["phone_mobile", 4, 15]]


def test_the_teacher_of_the_author_releases_it_once_and_it_goes_open(cast: Cast, ask: Ask) -> None:
    hold = ask()

    for stranger in ("teacher_ht", "secretary_bj", "secretary_ht", "county_bj", "editor", "xiaohe"):
        with pytest.raises(NotPermitted):
            holding.release(hold, by=cast.actor(stranger))
    assert letter_of(hold).is_draft
    holding.release(hold, by=cast.actor("teacher_bj"))
    with pytest.raises(IllegalMove):
        holding.release(hold, by=cast.actor("teacher_bj"))
    with pytest.raises(IllegalMove):
        holding.send_back(hold, words="改一改。", by=cast.actor("teacher_bj"))

    letter = letter_of(hold)
    assert (letter.state, letter.number, letter.envelope) == (
        LetterState.DELIVERED,
        1,
        Envelope.OPEN,
    )
    assert [entry.move for entry in trail.of(hold)] == ["ask for release", "release"]
    assert [entry.move for entry in trail.of(letter)] == ["release"]


def test_sending_back_takes_a_word_and_leaves_the_draft_with_its_author(
    cast: Cast, ask: Ask
) -> None:
    hold = ask()

    with pytest.raises(Invalid):
        holding.send_back(hold, words="  ", by=cast.actor("teacher_bj"))
    holding.send_back(hold, words="把号码拿掉再寄。", by=cast.actor("teacher_bj"))

    assert (hold.state, hold.answer) == (HoldState.RETURNED, "把号码拿掉再寄。")
    assert letter_of(hold).is_draft
    again = ask(body="我的号不写了。")
    before = hold_queries.sent_back_before(again)
    assert before is not None
    assert before.id == hold.id


def test_other_words_are_another_request_and_what_was_taken_back_is_nobodys_to_read(
    cast: Cast, ask: Ask
) -> None:
    first = ask()

    second = ask(body="我的号是13800138001。")

    assert (first.state, second.state) == (HoldState.WITHDRAWN, HoldState.ASKED)
    teacher = cast.actor("teacher_bj")
    with pytest.raises(NotFound):
        access.load(Hold, teacher, first.id)
    assert [hold.id for hold in hold_queries.waiting_for(teacher)] == [second.id]
    with pytest.raises(NotPermitted):
        holding.withdraw(second, by=cast.actor("xiaomai"))
    holding.withdraw(second, by=cast.actor("xiaohe"))
    assert hold_queries.waiting_for(teacher) == []


def test_handed_on_the_secretary_decides(cast: Cast, ask: Ask) -> None:
    hold = ask()
    secretary = cast.actor("secretary_bj")

    with pytest.raises(NotFound):
        access.load(Hold, secretary, hold.id)
    with pytest.raises(NotPermitted):
        holding.hand_on(hold, by=secretary)
    holding.hand_on(hold, by=cast.actor("teacher_bj"))

    assert [waiting.id for waiting in hold_queries.waiting_for(secretary)] == [hold.id]
    holding.release(hold, by=secretary)
    assert letter_of(hold).state is LetterState.DELIVERED


def leaves(cast: Cast, login_name: str) -> None:
    """All offices of somebody end."""
    with transaction():
        for grant in cast.person(login_name).grants:
            grant.until, grant.ended_at = clock.today() - timedelta(days=1), clock.now()


def test_without_a_teacher_the_secretary_decides(cast: Cast, ask: Ask) -> None:
    hold = ask()
    leaves(cast, "teacher_bj")
    secretary = cast.actor("secretary_bj")

    assert [waiting.id for waiting in hold_queries.waiting_for(secretary)] == [hold.id]
    assert queue.count(secretary) == 1
    item = queue.show("hold", hold.id, {}, by=secretary)
    assert [action.name for action in item.actions] == ["send_back", "release"]
    for other in ("secretary_ht", "county_bj", "teacher_bj"):
        assert hold_queries.waiting_for(cast.actor(other)) == []
    holding.release(hold, by=secretary)
    assert letter_of(hold).state is LetterState.DELIVERED


def test_what_a_teacher_lets_lie_goes_to_the_secretary_by_itself(cast: Cast, ask: Ask) -> None:
    hold = ask()
    jobs.run(JOB)
    session().expire_all()
    assert hold.with_whom is Addressee.TEACHER

    with transaction():
        hold.asked_at -= timedelta(days=4)
    for _turn in range(2):
        jobs.run(JOB)
    session().expire_all()

    assert hold.with_whom is Addressee.SCHOOL_SECRETARY
    assert [(entry.move, entry.actor_kind) for entry in trail.of(hold)][1:] == [
        ("hand on", "system")
    ]
    assert [waiting.id for waiting in hold_queries.waiting_for(cast.actor("secretary_bj"))] == [
        hold.id
    ]


def test_nothing_is_handed_on_to_an_empty_office(cast: Cast, ask: Ask) -> None:
    hold = ask()
    leaves(cast, "secretary_bj")

    with pytest.raises(IllegalMove):
        holding.hand_on(hold, by=cast.actor("teacher_bj"))

    with transaction():
        hold.asked_at -= timedelta(days=4)
    jobs.run(JOB)
    session().expire_all()
    assert hold.with_whom is Addressee.TEACHER


def test_it_follows_its_author_into_another_class(cast: Cast, ask: Ask) -> None:
    hold = ask()
    accounts.grant(cast.person("editor"), Role.TEACHER, cast.unit("bj-class-2"))
    pupils.move(
        cast.person("xiaohe"),
        cast.unit("bj-class-2").id,
        day=clock.today(),
        by=cast.actor("secretary_bj"),
    )

    jobs.run(JOB)
    session().expire_all()

    assert hold_queries.waiting_for(cast.actor("teacher_bj")) == []
    with pytest.raises(NotPermitted):
        holding.release(hold, by=cast.actor("teacher_bj"))
    assert trail.of(hold)[-1].move == "hold followed"
    holding.release(hold, by=cast.actor("editor"))


def test_what_is_in_the_way_of_a_release_is_said_as_it_is(cast: Cast, ask: Ask) -> None:
    hold = ask()
    teacher = cast.actor("teacher_bj")
    consent.withdraw(cast.person("xiaohe"), by=teacher)

    with pytest.raises(NotPermitted, match="不参加通信了"):
        queue.decide("hold", hold.id, "release", {}, by=teacher)

    consent.record_many([cast.person("xiaohe").id], by=access.SYSTEM)
    pausing = blocking.pause(cast.pair(), by=cast.actor("xiaohe"))
    with pytest.raises(Invalid, match="先停着"):
        queue.decide("hold", hold.id, "release", {}, by=teacher)
    blocking.lift(pausing, by=cast.actor("xiaohe"))
    twinning.close(cast.pair(), reason="moved away", by=teacher)
    with pytest.raises(NotPermitted, match="已经结束了"):
        queue.decide("hold", hold.id, "release", {}, by=teacher)
    assert letter_of(hold).is_draft
    assert hold.state is HoldState.ASKED


def test_whoever_reads_the_copy_is_noted_once_and_its_author_sees_it(
    cast: Cast, ask: Ask, as_: SignedIn
) -> None:
    hold = ask()
    teacher, author = as_("teacher_bj"), as_("xiaohe")
    assert "你请老师放行、老师看过的" not in author.get("/letters/readers").text

    for _turn in range(2):
        assert "13800138000" in teacher.get(f"/queue/hold/{hold.id}").text

    assert [(entry.move, entry.actor_id) for entry in trail.of(hold)][1:] == [
        ("read asked", cast.person("teacher_bj").id)
    ]
    page = author.get("/letters/readers").text
    assert "你请老师放行、老师看过的" in page
    assert f'href="/letters/{hold.item_id}"' in page
    assert "小禾的第一封信" not in as_("xiaomai").get("/letters/readers").text
    letters.discard(letter_of(hold), by=cast.actor("xiaohe"))
    gone = author.get("/letters/readers").text
    assert "班主任" in gone
    assert f'href="/letters/{hold.item_id}"' not in gone


def test_what_was_sent_back_is_read_by_whoever_did_until_the_next_is_decided_or_sent(
    cast: Cast, ask: Ask, as_: SignedIn
) -> None:
    first = ask()
    teacher = as_("teacher_bj")
    holding.hand_on(first, by=cast.actor("teacher_bj"))
    holding.send_back(first, words="改一改。", by=cast.actor("secretary_bj"))

    other = teacher.get(f"/queue/hold/{first.id}")
    assert other.status_code == 200
    assert "13800138000" not in other.text
    assert "书记已经把这一件退回去改了。" in other.text
    assert [entry.move for entry in trail.of(first)][-1] == "send back"
    assert "13800138000" in as_("secretary_bj").get(f"/queue/hold/{first.id}").text
    second = ask(body="我的号是13800138001。")
    beside = teacher.get(f"/queue/hold/{second.id}").text
    assert "13800138001" in beside
    assert "13800138000" not in beside
    assert access.may(cast.actor("secretary_bj"), Permission.Hold.READ, first)
    holding.send_back(second, words="再改一改。", by=cast.actor("teacher_bj"))
    assert not access.may(cast.actor("secretary_bj"), Permission.Hold.READ, first)
    assert access.may(cast.actor("teacher_bj"), Permission.Hold.READ, second)
    letters.send(
        cast.pair(),
        key="key-of-what-waits",
        body="都不写了。",
        envelope=Envelope.SEALED,
        revision=99,
        by=cast.actor("xiaohe"),
    )
    assert not access.may(cast.actor("teacher_bj"), Permission.Hold.READ, second)
    assert "13800138001" not in teacher.get(f"/queue/hold/{second.id}").text
