"""Taking consent back: it acts at once, nothing is lost, and the record stays."""

from __future__ import annotations

import pytest

from penpal.consent import queries, services
from penpal.kernel import trail
from penpal.kernel.errors import NotPermitted
from tests.cast import Cast
from tests.conftest import SignedIn


def test_a_student_stops_whenever_they_like(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    answer = xiaohe.post("/account/withdrawal", follow_redirects=True)

    assert "撤下了" in answer.text
    assert xiaohe.get("/letters").location == "/welcome"
    person = cast.person("xiaohe")
    assert all(consent.withdrawn_at for consent in queries.of(person.id))
    assert [entry.move for entry in trail.of(person)][-1] == "withdrew consent"


def test_the_teacher_notes_a_guardians_withdrawal(as_: SignedIn, cast: Cast) -> None:
    student_id = cast.person("xiaohe").id
    teacher, xiaohe = as_("teacher_bj"), as_("xiaohe")

    page = teacher.post(f"/students/{student_id}/withdrawal", follow_redirects=True)

    assert "已经撤下" in page.text
    assert "等家长签名" in page.text
    assert xiaohe.get("/").location == "/welcome"


def test_a_new_signature_brings_the_child_back(as_: SignedIn, cast: Cast) -> None:
    xiaohe = cast.person("xiaohe")
    services.withdraw(xiaohe, by=cast.actor("xiaohe"))

    services.record_signatures([xiaohe], by=cast.actor("teacher_bj"))

    assert cast.actor("xiaohe").takes_part
    assert len(queries.of(xiaohe.id)) == 2


@pytest.mark.parametrize("who", ["xiaomai", "xiaolin", "teacher_ht", "county_bj", "editor"])
def test_nobody_else_takes_it_back(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        services.withdraw(cast.person("xiaohe"), by=cast.actor(who))

    assert cast.actor("xiaohe").takes_part


def test_nothing_on_file_leaves_no_trace(cast: Cast) -> None:
    xiaoman = cast.person("xiaoman")

    services.withdraw(xiaoman, by=cast.actor("xiaoman"))

    assert trail.of(xiaoman) == []
