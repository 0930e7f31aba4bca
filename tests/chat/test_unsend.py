"""Taking a line back: two minutes, before nobody afterwards, as evidence for a term, then erased."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.chat import erasing, queries, services
from penpal.chat.states import LineState
from penpal.kernel import clock, trail
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.safeguarding import evidence, items
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee
from tests.cast import Cast
from tests.chat.talking import line, open_rooms, say, sequences
from tests.conftest import SignedIn
from tests.safeguarding.opening import REASON, TOLD


@pytest.fixture(autouse=True)
def opened(cast: Cast) -> None:
    open_rooms(cast)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    moment = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_line_is_taken_back_and_its_words_are_before_nobody(cast: Cast, as_: SignedIn) -> None:
    said = say(cast, "说错了的一句").line
    say(cast, "回答它", "xiaomai", quotes=said.id)

    services.unsend(line(said.id), by=cast.actor("xiaohe"))
    services.unsend(line(said.id), by=cast.actor("xiaohe"))

    gone = line(said.id)
    assert (gone.state, gone.body, gone.sequence) == (LineState.UNSENT, "说错了的一句", 1)
    assert [(entry.move, entry.actor_id) for entry in trail.of(gone)] == [
        ("unsend", cast.person("xiaohe").id)
    ]
    rows = queries.newest(cast.pair()).lines
    assert [(row.is_unsent, row.body) for row in rows] == [(True, ""), (False, "回答它")]
    assert rows[1].quote is not None
    assert (rows[1].quote.text, rows[1].quote.is_unsent) == ("", True)
    for who in ("xiaohe", "xiaomai"):
        assert "说错了的一句" not in as_(who).get(f"/chat/{cast.pair().id}").text
    assert sequences(cast) == [1, 2]


def test_only_its_author_and_only_for_two_minutes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = say(cast, "已经读到的一句").line

    for who in ("xiaomai", "xiaolin", "teacher_bj"):
        with pytest.raises(NotPermitted):
            services.unsend(line(said.id), by=cast.actor(who))
    later(monkeypatch, timedelta(minutes=2, seconds=1))
    with pytest.raises(IllegalMove, match="超过两分钟"):
        services.unsend(line(said.id), by=cast.actor("xiaohe"))

    assert line(said.id).state is LineState.SENT


def test_what_was_unsent_can_be_told_of_with_what_stood_around_it(
    cast: Cast, as_: SignedIn
) -> None:
    say(cast, "前面的一句")
    said = say(cast, "撤回的那句", "xiaomai").line
    say(cast, "后面的一句")
    services.unsend(line(said.id), by=cast.actor("xiaomai"))

    about = items.resolve(f"chat_line:{said.id}", cast.actor("xiaohe"))
    assert about is not None
    report = reports.tell(
        key="key-of-a-report",
        words="",
        addressee=Addressee.TEACHER,
        about=about,
        by=cast.actor("xiaohe"),
    )

    frozen = evidence.of(report)
    assert frozen is not None
    content = evidence.content(frozen, title="")
    assert content.text == "撤回的那句"
    around = str(content.context["around"])
    assert "小禾：前面的一句" in around
    assert "▸" in around.splitlines()[1]
    assert "撤回的那句" in around.splitlines()[1]
    teacher = as_("teacher_bj")
    opened = teacher.post(
        f"/reports/{report.id}/opening", data={"reason": REASON, "told": TOLD, "days": "3"}
    )
    read = teacher.get(f"{opened.location}/words").text
    assert "撤回的那句" in read
    assert "小禾：前面的一句" in read
    assert items.resolve(f"chat_line:{said.id}", cast.actor("xiaolin")) is None
    assert items.resolve(f"chat_line:{said.id}", cast.actor("teacher_bj")) is None


def test_after_the_term_its_words_are_erased_and_the_evidence_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = say(cast, "撤回很久的话").line
    kept = say(cast, "一直在的话").line
    services.unsend(line(said.id), by=cast.actor("xiaohe"))
    assert erasing.erase() == 0

    later(monkeypatch, evidence.term() + timedelta(days=1))

    assert erasing.erase() == 1
    assert erasing.erase() == 0
    gone = line(said.id)
    assert (gone.body, gone.body_html, gone.folded, gone.sequence) == ("", "", "", 1)
    assert gone.erased_at is not None
    assert line(kept.id).body == "一直在的话"
    assert items.resolve(f"chat_line:{said.id}", cast.actor("xiaomai")) is None
    assert [entry.move for entry in trail.of(gone)] == ["unsend", "erased words"]
