"""The queue of staff: what waits for whom, decided once, several at once, by forms alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.sql import visitors

from penpal.kernel import access, clock, trail
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, NotFound, NotPermitted
from penpal.letters import along
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.places.models import Unit
from penpal.safeguarding import holding, items, queue
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.queue import Action, Item, Row, Source, Tab
from penpal.screening.findings import Finding, Kind
from tests.cast import Cast
from tests.conftest import SignedIn

BODY = "小麦：\n\n这道题的答案是13800138000，你算算对不对。"
FOUND = (Finding(Kind.PHONE_MOBILE, 12, 23),)
Ask = Callable[..., Hold]


@pytest.fixture
def ask(cast: Cast) -> Ask:
    """A draft of 小禾's that waits for her teacher."""

    def asked(key: str = "key-of-the-first", body: str = BODY, words: str = "是数学题。") -> Hold:
        author = cast.actor("xiaohe")
        draft = letters.save_draft(
            cast.pair(), key=key, body=body, envelope=Envelope.OPEN, revision=9, by=author
        ).letter
        content = items.read("letter", draft.id)
        assert content is not None
        return holding.ask(content, FOUND, words=words, by=author)

    return asked


@pytest.fixture
def postcard(cast: Cast) -> Letter:
    return letters.send(
        cast.pair(),
        key="key-of-a-postcard",
        body="小麦：\n\n今天操场上落了一只喜鹊。",
        envelope=Envelope.OPEN,
        by=cast.actor("xiaohe"),
    )


def keys(actor: Actor) -> list[str]:
    return [row.key for row in queue.rows(actor)]


def page(browser: FlaskClient, address: str = "/queue") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_each_sees_what_waits_for_them_and_the_rest_have_no_queue(
    cast: Cast, ask: Ask, postcard: Letter, as_: SignedIn
) -> None:
    hold = ask()

    assert keys(cast.actor("teacher_bj")) == [f"hold:{hold.id}", f"postcard:{postcard.id}"]
    assert queue.count(cast.actor("teacher_bj")) == 2
    for other in ("teacher_ht", "teacher_tj", "secretary_bj", "secretary_ht"):
        assert keys(cast.actor(other)) == []
        assert queue.count(cast.actor(other)) == 0
        assert as_(other).get(f"/queue/hold/{hold.id}").status_code == 404
        assert as_(other).get(f"/queue/postcard/{postcard.id}").status_code == 404
        assert "都看完了。" in page(as_(other))
    # Above the school pieces are looked at, and nothing of children who ask.
    assert keys(cast.actor("county_bj")) == []
    assert as_("county_bj").get(f"/queue/hold/{hold.id}").status_code == 404
    for nobody in ("xiaohe", "editor"):
        assert as_(nobody).get("/queue").status_code == 403
        with pytest.raises(NotPermitted):
            queue.rows(cast.actor(nobody))
        assert queue.count(cast.actor(nobody)) == 0
    with pytest.raises(NotFound):
        queue.show("hold", hold.id, {}, by=cast.actor("teacher_tj"))


def test_what_was_found_is_marked_in_its_place_and_said_beside_it(ask: Ask, as_: SignedIn) -> None:
    hold = ask(body=BODY + "\n<b>粗</b>")

    shown = page(as_("teacher_bj"))

    assert '<mark>13800138000</mark><sup class="mark-n">1</sup>' in shown
    assert "&lt;b&gt;粗&lt;/b&gt;" in shown
    assert "像是手机号" in shown
    assert "是数学题。" in shown
    assert f'action="/queue/hold/{hold.id}/decision"' in shown


def test_released_it_is_on_its_way_and_the_next_comes_by_itself(
    cast: Cast, ask: Ask, as_: SignedIn
) -> None:
    first, second = ask(), ask(key="key-of-the-second")
    teacher = as_("teacher_bj")

    answer = teacher.post(
        f"/queue/hold/{first.id}/decision", data={"action": "release", "words": "算得对。"}
    )

    assert (answer.status_code, answer.location) == (302, f"/queue/hold/{second.id}#item")
    assert "算得对。" in as_("xiaohe").get(f"/letters/{first.item_id}").text
    assert "算得对。" not in as_("xiaomai").get(f"/letters/{first.item_id}").text
    assert "放行了，小禾的信已经寄到。" in page(teacher, answer.location or "")
    assert access.load(Hold, SYSTEM, first.id).state is HoldState.RELEASED
    assert [entry.move for entry in trail.of(first)] == ["ask for release", "release"]
    assert keys(cast.actor("teacher_bj")) == [f"hold:{second.id}"]


def test_nothing_is_decided_twice_and_the_later_reads_who_was_faster(
    cast: Cast, ask: Ask, as_: SignedIn
) -> None:
    hold = ask()
    holding.hand_on(hold, by=cast.actor("teacher_bj"))
    as_("secretary_bj").post(f"/queue/hold/{hold.id}/decision", data={"action": "release"})

    late = as_("teacher_bj").post(
        f"/queue/hold/{hold.id}/decision", data={"action": "send_back", "words": "改一改。"}
    )

    assert late.status_code == 409
    assert "书记已经放行了这一件。" in late.get_data(as_text=True)
    assert 'id="decision"' not in late.get_data(as_text=True)
    with pytest.raises(IllegalMove):
        queue.decide("hold", hold.id, "release", {}, by=cast.actor("secretary_bj"))
    for stranger in ("teacher_ht", "teacher_tj"):
        answer = as_(stranger).post(f"/queue/hold/{hold.id}/decision", data={"action": "release"})
        assert answer.status_code == 404
    assert [entry.move for entry in trail.of(hold)] == ["ask for release", "hand on", "release"]


def test_sending_back_takes_a_word_and_two_drafts_are_compared(ask: Ask, as_: SignedIn) -> None:
    first = ask()
    teacher = as_("teacher_bj")
    address = f"/queue/hold/{first.id}/decision"

    wordless = teacher.post(address, data={"action": "send_back", "words": " "})
    inserted = teacher.post(address, data={"phrase": "把号码拿掉。", "words": "写得好，"})
    sent_back = teacher.post(address, data={"action": "send_back", "words": "把号码拿掉再寄。"})

    assert wordless.status_code == 422
    assert "写一句：要改哪里，为什么。" in wordless.get_data(as_text=True)
    assert "写得好， 把号码拿掉。" in inserted.get_data(as_text=True)
    assert sent_back.location == "/queue#item"
    again = ask(body="小麦：\n\n这道题的答案我不写了，你算算。")
    beside = page(teacher, f"/queue/hold/{again.id}")
    assert "<del>" in beside
    assert "<ins>" in beside
    assert "把号码拿掉再寄。" in beside
    merged = page(teacher, f"/queue/hold/{again.id}?view=merged")
    assert "两稿合在一起" in merged
    assert "<del>" not in page(teacher, f"/queue/hold/{again.id}?view=new")
    assert "改过再来 <b>1</b>" in beside
    assert "上一稿里有，这一稿去掉了" in beside


def test_handed_on_it_leaves_the_teachers_queue_for_the_secretarys(
    cast: Cast, ask: Ask, as_: SignedIn
) -> None:
    hold = ask()

    as_("teacher_bj").post(f"/queue/hold/{hold.id}/decision", data={"action": "hand_on"})

    assert keys(cast.actor("teacher_bj")) == []
    assert keys(cast.actor("secretary_bj")) == [f"hold:{hold.id}"]
    assert 'value="hand_on"' not in page(as_("secretary_bj"))


def test_what_its_author_took_back_is_gone_from_the_queue(
    cast: Cast, ask: Ask, as_: SignedIn
) -> None:
    hold = ask()
    holding.withdraw(hold, by=cast.actor("xiaohe"))

    answer = as_("teacher_bj").post(f"/queue/hold/{hold.id}/decision", data={"action": "release"})

    assert answer.status_code == 404
    assert keys(cast.actor("teacher_bj")) == []
    assert access.load(Letter, SYSTEM, hold.item_id).is_draft


def test_a_postcard_is_read_along_on_record_and_put_away(
    cast: Cast, postcard: Letter, as_: SignedIn
) -> None:
    teacher = as_("teacher_bj")

    shown = page(teacher)
    teacher.get("/queue?list=1")
    teacher.get(f"/queue/postcard/{postcard.id}")
    answer = teacher.post(f"/queue/postcard/{postcard.id}/decision", data={"action": "put_away"})
    twice = teacher.post(f"/queue/postcard/{postcard.id}/decision", data={"action": "put_away"})

    assert "喜鹊" in shown
    assert "不用放行" in shown
    assert 'value="release"' not in shown
    assert (answer.status_code, twice.status_code) == (302, 409)
    assert [entry.move for entry in trail.of(postcard)] == ["send", "read along", "put away"]
    assert keys(cast.actor("teacher_bj")) == []


def test_the_list_alone_reads_nothing_along(postcard: Letter, as_: SignedIn) -> None:
    shown = page(as_("teacher_bj"), "/queue?list=1")

    assert "小禾的第一封信" in shown
    assert "喜鹊" not in shown
    assert [entry.move for entry in trail.of(postcard)] == ["send"]


def test_several_are_decided_each_by_itself_after_a_page_that_says_what_happens(
    cast: Cast, ask: Ask, postcard: Letter, as_: SignedIn
) -> None:
    holds = [ask(key=f"key-of-number-{number}") for number in range(3)]
    teacher = as_("teacher_bj")
    chosen = [f"hold:{hold.id}" for hold in holds] + [f"postcard:{postcard.id}", "hold:99"]

    asked = teacher.post("/queue/several", data={"item": chosen}).get_data(as_text=True)
    assert [access.load(Hold, SYSTEM, hold.id).state for hold in holds] == [HoldState.ASKED] * 3
    holding.withdraw(holds[1], by=cast.actor("xiaohe"))
    done = teacher.post("/queue/several/decisions", data={"item": chosen}, follow_redirects=True)

    assert "一起办选中的 4 件？" in asked
    assert "标出来的字也一起寄出。" in asked
    assert asked.count("<mark") == 3
    assert "办好了 3 件。" in done.get_data(as_text=True)
    states = [access.load(Hold, SYSTEM, hold.id).state for hold in holds]
    assert states == [HoldState.RELEASED, HoldState.WITHDRAWN, HoldState.RELEASED]
    assert keys(cast.actor("teacher_bj")) == []
    empty = teacher.post("/queue/several", data={}, follow_redirects=True)
    assert "还没有选。" in empty.get_data(as_text=True)


def test_of_several_what_cannot_be_done_is_told_and_hinders_nothing(cast: Cast, ask: Ask) -> None:
    first, second = ask(), ask(key="key-of-the-second")
    rows = queue.rows(cast.actor("teacher_bj"))
    holding.hand_on(first, by=cast.actor("teacher_bj"))
    holding.release(first, by=cast.actor("secretary_bj"))

    outcome = queue.decide_several(rows, by=cast.actor("teacher_bj"))

    assert outcome.done == 1
    assert [(row.id, str(why)) for row, why in outcome.left] == [
        (first.id, "书记已经放行了这一件。")
    ]
    assert access.load(Hold, SYSTEM, second.id).state is HoldState.RELEASED


def test_sentences_are_ones_own_in_ones_own_order(ask: Ask, as_: SignedIn) -> None:
    hold = ask()
    teacher, other = as_("teacher_bj"), as_("teacher_ht")

    assert "先回答一下对方信里的问题。" in page(teacher)
    for words in ("第一句。", "第二句。", "第三句。", " "):
        answer = teacher.post("/queue/phrases", data={"phrase": words, "back": f"hold:{hold.id}"})
        assert answer.location == f"/queue/hold/{hold.id}#item"
    assert teacher.post("/queue/phrases/3/place").status_code == 302
    assert teacher.post("/queue/phrases/1/removal").status_code == 302

    shown = page(teacher)
    assert "先回答一下对方信里的问题。" not in shown
    assert "第一句。" not in shown
    assert shown.index("第三句。") < shown.index("第二句。")
    for way in ("place", "removal"):
        assert other.post(f"/queue/phrases/2/{way}").status_code == 404


def test_single_keys_are_switched_off_for_a_device(ask: Ask, as_: SignedIn) -> None:
    ask()
    teacher = as_("teacher_bj")

    assert 'data-keys="on"' in page(teacher)
    teacher.post("/queue/keys", data={"keys": "off"})

    assert 'data-keys="off"' in page(teacher)


def test_a_kind_joins_by_registering_alone(cast: Cast, as_: SignedIn) -> None:
    tab = Tab("clouds", "云", 9)
    done: list[int] = []

    def waiting(_actor: Actor) -> sa.Select[Unit]:
        return sa.select(Unit).where(Unit.code == "bj-class")

    def row(number: int) -> Row:
        return Row("cloud", number, "小禾", "一朵云", "初二(3)班", clock.now(), tab, "sun")

    def show(number: int, _by: Actor, _how: object) -> Item:
        if number != 7:
            raise NotFound
        return Item(
            row(number), "queue/_nothing.html", actions=[Action("see", "看见了", "A", "check")]
        )

    def decide(number: int, _action: str, _fields: object, _by: Actor) -> str:
        done.append(number)
        return "看见了一朵云。"

    queue.register(
        "cloud",
        Source(
            tabs=(tab,),
            waiting=waiting,
            rows=lambda _actor: [] if done else [row(7)],
            show=show,
            path=lambda _number, _by: cast.unit("bj-class").path,
            decide=decide,
        ),
    )
    teacher = as_("teacher_bj")
    try:
        assert keys(cast.actor("teacher_bj")) == ["cloud:7"]
        assert queue.count(cast.actor("teacher_bj")) == 1
        assert "一朵云" in page(teacher)
        assert teacher.get("/queue/cloud/8").status_code == 404
        answer = teacher.post("/queue/cloud/7/decision", data={"action": "see"})
        assert "看见了一朵云。" in page(teacher, answer.location or "")
        assert done == [7]
    finally:
        queue.forget("cloud")
    assert teacher.get("/queue/cloud/7").status_code == 404


def test_the_list_and_the_count_cost_the_same_for_many(cast: Cast, ask: Ask, as_: SignedIn) -> None:
    from tests.house.conftest import counted

    teacher = as_("teacher_bj")
    ask()
    # The first look at a copy is noted.
    teacher.get("/queue")
    with counted() as few:
        teacher.get("/queue")
    for number in range(6):
        ask(key=f"key-of-another-{number}")
    with counted() as many:
        teacher.get("/queue")

    assert len(many) == len(few), "\n\n".join(many)
    assert session().scalar(sa.select(sa.func.count(Hold.id))) == 7


def test_the_kept_count_asks_of_the_present_and_of_who_holds_an_office_now(
    cast: Cast, postcard: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = cast.actor("teacher_bj")
    queue._counting.cache_clear()
    assert queue.count(teacher) == 1
    kept = queue._counting.cache_info().misses

    again = queue.count(replace(teacher, session_id=7, waiting=3))
    elsewhere = queue.count(replace(teacher, grants=cast.actor("teacher_ht").grants))
    later = clock.now() + along.WAITS + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert (again, elsewhere) == (1, 0)
    assert queue.count(teacher) == 0
    assert queue._counting.cache_info().misses == kept + 1


def test_no_kind_writes_the_moment_into_its_question(cast: Cast) -> None:
    """The statement of what waits is kept for days."""
    for kind, source in queue._sources.items():
        for part in visitors.iterate(source.waiting(cast.actor("secretary_bj"))):
            assert not isinstance(getattr(part, "value", None), date), f"{kind}: {part}"
