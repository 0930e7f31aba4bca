"""The class as its teacher sees it: who took part in which week, who waits, of whom nothing was heard."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.desk import class_overview
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.safeguarding import blocking
from penpal.twinning import participation
from penpal.twinning.participation import Kind
from penpal.twinning.reminding import Reminder
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange, send


def paired_ago(cast: Cast, days: int) -> None:
    with transaction():
        cast.pair().since = clock.today() - timedelta(days=days)


def cells(page: str, name: str) -> list[str]:
    """What a screen reader says of each week of one student."""
    row = page.split(f"<bdi>{name}</bdi>")[1].split("</tr>")[0]
    return [
        cell.split("</span>")[0].strip() for cell in row.split('<span class="visually-hidden">')[1:]
    ]


def test_a_week_says_what_there_was_and_nothing_of_what_stood_in_it(
    as_: SignedIn, cast: Cast
) -> None:
    first, second = exchange(cast, 2)
    with transaction():
        first.delivered_at = clock.now() - timedelta(days=14)
    class_ = cast.unit("bj-class")

    page = as_("teacher_bj").get(f"/classes/{class_.id}").text

    said = cells(page, "小禾")
    assert len(said) == participation.WEEKS
    assert said[-3] == "写了信"
    assert set(said) == {"写了信", "没有"}
    assert "小林" not in page.split('id="together"')[1].split("</section>")[0]
    assert "来往里的一封信" not in page
    assert second.recipient_id == cast.person("xiaohe").id


def test_the_school_reads_numbers_and_no_names(as_: SignedIn, cast: Cast) -> None:
    send(cast)
    class_, school = cast.unit("bj-class"), cast.unit("bj-school")
    secretary = as_("secretary_bj")

    page = secretary.get(f"/schools/{school.id}").text

    assert "八周里写过信" in page
    assert "小禾" not in page
    assert 'class="heat"' not in secretary.get(f"/classes/{class_.id}").text
    assert class_overview.numbers([class_.id])[class_.id].letter == 1
    assert participation.by_week(class_.id).keys() == {cast.person("xiaohe").id}


def test_a_kind_word_reaches_who_was_silent_and_goes_when_they_did_something(
    as_: SignedIn, cast: Cast
) -> None:
    paired_ago(cast, 30)
    class_ = cast.unit("ht-class")
    teacher, address = as_("teacher_ht"), f"/classes/{class_.id}"

    before = teacher.get(address).text
    answer = teacher.post(f"{address}/kind-words", data={"person": cast.person("xiaomai").id})
    after = teacher.get(address).text

    assert "小麦" in before.split('id="silent"')[1].split("</section>")[0]
    assert answer.status_code == 302
    assert "提醒过" in after.split('id="silent"')[1]
    assert "来和小禾说说话" in as_("xiaomai").get("/").text
    assert "说说话" not in as_("xiaohe").get("/").text
    moves = [entry.move for entry in trail.of(cast.person("xiaomai"))]
    assert moves.count("reminded of the partner") == 1
    send(cast, "xiaomai")
    assert "来和小禾说说话" not in as_("xiaomai").get("/").text
    assert 'id="silent"' not in teacher.get(address).text


def test_one_reminder_a_week_whatever_it_is_about(as_: SignedIn, cast: Cast) -> None:
    paired_ago(cast, 30)
    class_, who = cast.unit("ht-class"), cast.person("xiaomai").id
    first = class_overview.remind(class_, who, by=cast.actor("teacher_ht"))
    letter = send(cast)
    with transaction():
        letter.delivered_at = clock.now() - timedelta(days=20)

    owed = as_("teacher_ht").post(
        f"/classes/{class_.id}/reminders",
        data={"person": who, "pair": cast.pair().id},
        follow_redirects=True,
    )
    with pytest.raises(Invalid, match="这一周提醒过了"):
        class_overview.remind(class_, who, by=cast.actor("teacher_ht"))

    assert "这一周提醒过了" in owed.text
    assert session().query(Reminder).count() == 1
    with transaction():
        first.at = clock.now() - timedelta(days=7, minutes=1)
    class_overview.remind(class_, who, by=cast.actor("teacher_ht"))
    assert session().query(Reminder).count() == 2


def test_only_the_class_teacher_and_only_of_who_was_silent(cast: Cast) -> None:
    class_, who = cast.unit("ht-class"), cast.person("xiaomai").id
    with pytest.raises(Invalid, match="现在不用提醒"):
        class_overview.remind(class_, who, by=cast.actor("teacher_ht"))
    paired_ago(cast, 30)

    for stranger in ("teacher_bj", "secretary_ht", "xiaomai", "county_bj"):
        with pytest.raises(NotPermitted):
            class_overview.remind(class_, who, by=cast.actor(stranger))
    with pytest.raises(NotFound):
        class_overview.remind(class_, cast.person("xiaohe").id, by=cast.actor("teacher_ht"))
    blocking.pause(cast.pair(), by=cast.actor("xiaohe"))

    with pytest.raises(Invalid, match="现在不用提醒"):
        class_overview.remind(class_, who, by=cast.actor("teacher_ht"))
    assert class_overview.numbers([class_.id])[class_.id].silent == 0


def test_who_waits_for_a_reply_and_who_for_a_partner(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)
    with transaction():
        letter.delivered_at = clock.now() - timedelta(days=20)

    page = as_("teacher_bj").get(f"/classes/{cast.unit('bj-class').id}").text

    assert "小禾" in page.split("在等回信的")[1].split("</section>")[0]
    assert "小林" in page.split("在等伙伴的")[1].split("</section>")[0]
    assert [kind.value for kind in Kind] == ["letter", "book", "thing"]
