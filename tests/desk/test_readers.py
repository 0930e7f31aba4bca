"""'Who has read my letters': postcards read along, letters printed, sealed letters opened; nobody else's."""

from __future__ import annotations

import pytest

from penpal.letters import printing
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters import writing
from tests.safeguarding.opening import TOLD, agreed, asked

PAGE = "/letters/readers"


def test_a_student_sees_everybody_who_read_their_letters(as_: SignedIn, cast: Cast) -> None:
    assert "没有人打开过" in as_("xiaohe").get(PAGE).text
    postcard = writing.send(cast, key="key-of-a-postcard", envelope=Envelope.OPEN)
    letters.read_along(postcard, by=cast.actor("teacher_bj"))
    printing.begin_paper(cast.person("xiaomai"), by=cast.actor("teacher_ht"))
    paper = writing.send(cast, key="key-of-a-letter-on-paper")
    printing.let_print(paper, by=cast.actor("xiaohe"))
    class_ = cast.unit("ht-class")
    printing.take(class_, [paper.id], by=cast.actor("teacher_ht"))
    agreed(cast, asked(cast, writing.send(cast, key="key-of-a-sealed-letter")))

    for child in ("xiaohe", "xiaomai"):
        page = as_(child).get(PAGE).text
        assert page.index(TOLD) < page.index("老师一起读的明信片") < page.index("老师印出来的信")
        assert [page.count(f"小禾的第{number}封信") for number in "一二三"] == [1, 1, 1]
    for stranger in ("xiaolin", "xiaoduo", "xiaoyuan", "xiaoman"):
        assert "小禾的第" not in as_(stranger).get(PAGE).text


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj", "county_bj", "editor"])
def test_the_list_is_the_childs_own(as_: SignedIn, who: str) -> None:
    assert as_(who).get(PAGE).status_code == 403


def test_the_way_there_is_in_the_mailbox_and_on_the_account_page(as_: SignedIn, cast: Cast) -> None:
    writing.send(cast)
    child = as_("xiaohe")

    assert PAGE in child.get("/letters").text
    assert PAGE in child.get("/account").text


def test_a_request_waits_on_the_page_of_reports_and_is_counted(as_: SignedIn, cast: Cast) -> None:
    opening = asked(cast, writing.send(cast))

    page = as_("secretary_ht").get("/reports").text

    assert f"/openings/{opening.id}" in page
    assert "请求打开密封的信，等人答应" in page
    assert f"/openings/{opening.id}" not in as_("secretary_bj").get("/reports").text
