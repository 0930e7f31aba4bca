"""No silent pair: a reply that is overdue by the school's term, and one kind reminder a week at most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.letters import participation, reminding
from penpal.letters.models import Letter
from penpal.places.hours_models import SchoolHours
from penpal.twinning.reminding import Reminder
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import send


def waits(letter: Letter, *, days: int) -> None:
    with transaction():
        letter.delivered_at = clock.now() - timedelta(days=days)


def remind(cast: Cast, by: str = "teacher_ht", who: str = "xiaomai") -> Reminder:
    class_ = cast.unit("ht-class")
    return reminding.remind(class_, cast.person(who).id, cast.pair().id, by=cast.actor(by))


def test_a_teacher_reminds_kindly_and_the_child_reads_it_until_they_answer(
    as_: SignedIn, cast: Cast
) -> None:
    waits(send(cast), days=20)
    teacher, class_ = as_("teacher_ht"), cast.unit("ht-class")
    fields = {"person": cast.person("xiaomai").id, "pair": cast.pair().id}

    before = as_("xiaomai").get("/").text
    answer = teacher.post(f"/classes/{class_.id}/reminders", data=fields)
    again = teacher.post(f"/classes/{class_.id}/reminders", data=fields)

    assert "想到什么写什么" not in before
    assert answer.status_code == again.status_code == 302
    assert "提醒过" in teacher.get(f"/classes/{class_.id}").text
    for address in ("/", "/letters"):
        assert "小禾的信等你回，想到什么写什么" in as_("xiaomai").get(address).text
        assert "想到什么写什么" not in as_("xiaohe").get(address).text
    moves = [entry.move for entry in trail.of(cast.person("xiaomai"))]
    assert moves.count("reminded to reply") == 1
    send(cast, "xiaomai", key="key-of-the-answer")
    assert "想到什么写什么" not in as_("xiaomai").get("/").text
    with pytest.raises(NotFound):
        remind(cast)


def test_once_a_week_at_most_and_only_by_the_class_teacher(cast: Cast) -> None:
    letter = send(cast)
    with pytest.raises(NotFound):
        remind(cast)
    waits(letter, days=20)

    for stranger in ("teacher_bj", "secretary_ht", "xiaomai", "county_bj"):
        with pytest.raises(NotPermitted):
            remind(cast, stranger)
    with pytest.raises(NotFound):
        remind(cast, who="xiaohe")
    first = remind(cast)
    with pytest.raises(Invalid, match="这一周提醒过了"):
        remind(cast)
    with transaction():
        first.at = clock.now() - timedelta(days=7, minutes=1)
    remind(cast)

    assert session().query(Reminder).count() == 2


def test_each_school_says_after_how_many_days_a_reply_is_overdue(cast: Cast) -> None:
    waits(send(cast), days=10)
    class_ = cast.unit("ht-class")
    by_default = participation.owed([class_.id])

    with transaction() as current:
        current.add(SchoolHours(school_id=cast.unit("ht-school").id, reply_days=7))

    assert by_default == {}
    assert participation.owed([class_.id, cast.unit("bj-class").id]) == {class_.id: 1}
    assert [one.name for one in participation.owing(class_)] == ["小麦"]
