"""What children leave open lies where open letters do: read along by their own teacher, never a task."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.activities import recording
from penpal.activities.states import Seal
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove
from penpal.reading import queries as books
from penpal.reading import reflections
from penpal.reading.note_models import Envelope, ReadingNote
from penpal.safeguarding import queue
from tests.activities import doing
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted
from tests.reading import sharing


def left_open(cast: Cast) -> dict[str, int]:
    """A note, a reflection and a record of 小禾's, and one sealed of each kind."""
    book, he = sharing.agreed(cast), cast.actor("xiaohe")
    note = sharing.noted(cast, book, "xiaohe", 2, "他留开的一条。", Envelope.OPEN)
    sharing.noted(cast, book, "xiaohe", 3, "密封的一条。")
    sharing.noted(cast, book, "xiaomai", 1, "她留开的一条。", Envelope.OPEN)
    reflections.finish(book, body="他的心得。", envelope=Envelope.OPEN, by=he)
    reflections.finish(book, body="她的心得。", envelope=Envelope.SEALED, by=cast.actor("xiaomai"))
    thing = doing.agreed(cast)
    record = doing.finish(cast, thing, "xiaohe", text="他做的。", seal=Seal.OPEN)
    doing.finish(cast, thing, "xiaomai", text="她做的。")
    own = books.reflections_of(book)[he.person_id or 0]
    return {"reading_note": note.id, "reflection": own.id, "activity_record": record.id}


def rows(cast: Cast, who: str) -> set[str]:
    return {row.key for row in queue.rows(cast.actor(who)) if row.tab is queue.ALONG}


def test_a_teacher_reads_along_what_is_open_and_its_author_sees_it(
    cast: Cast, as_: SignedIn
) -> None:
    made = left_open(cast)
    keys = {f"{kind}:{number}" for kind, number in made.items()}
    words = {
        "reading_note": "他留开的一条。",
        "reflection": "他的心得。",
        "activity_record": "他做的。",
    }
    teacher, he = as_("teacher_bj"), as_("xiaohe")

    assert rows(cast, "teacher_bj") == keys
    assert queue.count(cast.actor("teacher_bj")) == 3
    assert "老师读过的" not in he.get("/letters/readers").text
    for kind, number in made.items():
        page = teacher.get(f"/queue/{kind}/{number}").text
        assert words[kind] in page
        assert "不用放行" in page
        assert "密封的一条" not in page
        assert as_("teacher_ht").get(f"/queue/{kind}/{number}").status_code in (403, 404)
        assert as_("secretary_bj").get(f"/queue/{kind}/{number}").status_code in (403, 404)
        assert he.get(f"/queue/{kind}/{number}").status_code == 403
    told = he.get("/letters/readers").text.split('id="left-open"')[1].split("</section>")[0]
    assert "小禾在《昆虫记》里写的一条" in told
    assert "小禾读《昆虫记》的心得" in told
    assert "小禾记下的“同一刻的天空”" in told
    assert rows(cast, "secretary_bj") == set()
    assert len(rows(cast, "teacher_ht")) == 1


def test_what_was_read_is_put_away_once_and_waits_no_longer_than_a_month(
    cast: Cast, as_: SignedIn
) -> None:
    made = left_open(cast)
    teacher = as_("teacher_bj")

    for kind, number in made.items():
        done = teacher.post(f"/queue/{kind}/{number}/decision", data={"action": "put_away"})
        assert done.status_code == 302
        with pytest.raises(IllegalMove):
            queue.decide(kind, number, "put_away", {}, by=cast.actor("teacher_bj"))
        assert "已经收起来了" in teacher.get(f"/queue/{kind}/{number}").text

    note = session().get_one(ReadingNote, made["reading_note"])
    assert "put note away" in [entry.move for entry in trail.of(note)]
    assert rows(cast, "teacher_bj") == set()
    assert len(rows(cast, "teacher_ht")) == 1
    with transaction():
        for one in session().query(ReadingNote):
            one.written_at = clock.now() - timedelta(days=31)
    assert rows(cast, "teacher_ht") == set()


def test_what_is_closed_again_is_gone_from_the_queue(cast: Cast, as_: SignedIn) -> None:
    made = left_open(cast)
    record = session().get_one(recording.ActivityRecord, made["activity_record"])

    recording.reseal(record, seal=Seal.SEALED, by=cast.actor("xiaohe"))

    assert f"activity_record:{record.id}" not in rows(cast, "teacher_bj")
    assert as_("teacher_bj").get(f"/queue/activity_record/{record.id}").status_code == 404


def test_the_list_costs_the_same_for_many(cast: Cast, as_: SignedIn) -> None:
    left_open(cast)
    teacher = as_("teacher_bj")
    teacher.get("/queue?list=1")
    with counted() as few:
        teacher.get("/queue?list=1")
    book = sharing.agreed(cast, title="又一本")
    for number in range(6):
        sharing.noted(cast, book, "xiaohe", 1, f"第{number}条。", Envelope.OPEN)
    with counted() as many:
        teacher.get("/queue?list=1")

    assert len(many) == len(few), "\n\n".join(many)
