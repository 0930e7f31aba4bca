"""What open pages are told: a number, to those who want it and do not rest; and who else is at a board."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from penpal.kernel import looking
from penpal.kernel.db import session, transaction
from penpal.notices import queries, services
from penpal.notices.kinds import Topic
from penpal.places import rest
from penpal.places.hours_models import SchoolHours
from penpal.twinning import looking as boards
from penpal.twinning import services as twinning
from tests import servers
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.notices.test_send import write
from tests.notices.test_told import told
from tests.safeguarding.test_queue_looking import Socket

Open = Callable[[str], Socket]


@pytest.fixture
def open_(app: Flask, as_: SignedIn) -> Iterator[Open]:
    opened: list[Socket] = []

    def connect(who: str) -> Socket:
        opened.append(Socket(app, as_, who))
        return opened[-1]

    yield connect
    for socket in opened:
        socket.close()


def heard(socket: Socket, beginning: str = "") -> list[tuple[str, object]]:
    return [
        (said["name"], said["args"][0])
        for said in socket.client.get_received()
        if said["name"].startswith(beginning)
    ]


def test_an_open_page_is_told_the_number_of_a_notice_and_no_word(cast: Cast, open_: Open) -> None:
    reader, author, other = open_("xiaomai"), open_("xiaohe"), open_("xiaoduo")

    write(cast)

    newest = queries.newest_unseen(cast.person("xiaomai").id)[0].id
    assert heard(reader) == [("notice", {"id": newest})]
    assert heard(author) == heard(other) == []


def test_nothing_is_said_of_what_somebody_wants_to_hear_nothing_of(
    cast: Cast, open_: Open, as_: SignedIn
) -> None:
    reader = open_("xiaomai")
    services.choose([Topic.READING], by=cast.actor("xiaomai"))

    write(cast)

    assert heard(reader) == []
    assert queries.unseen_of(cast.person("xiaomai").id) == 1
    assert "小禾的信到了" in as_("xiaomai").get("/notices").get_data(as_text=True)


def test_children_hear_nothing_in_quiet_hours_and_their_teachers_do(
    cast: Cast, open_: Open
) -> None:
    with transaction():
        for school in ("bj-school", "ht-school"):
            kept = SchoolHours(school_id=cast.unit(school).id, quiet_from=0, quiet_until=1439)
            session().add(kept)
    rest.forget()
    child, teacher = open_("xiaohe"), open_("teacher_bj")

    with transaction():
        services.send(
            [cast.person("xiaohe").id], "letter", about=("letter", 1), params={"name": "小麦"}
        )
    told(cast)

    assert heard(child) == []
    assert [name for name, _told in heard(teacher)] == ["notice"]
    assert queries.unseen_of(cast.person("xiaohe").id) == 1


def test_two_at_a_board_see_each_other_and_strangers_see_nobody(
    cast: Cast, open_: Open, as_: SignedIn
) -> None:
    board = cast.unit("bj-class").id
    teacher, secretary, other_side = (
        open_(who) for who in ("teacher_bj", "secretary_bj", "teacher_ht")
    )
    for stranger in ("teacher_tj", "teacher_ht", "xiaohe", "county_bj"):
        open_(stranger).emit("board.look", {"board": board})
    assert boards.others(board, cast.actor("secretary_bj")) == []

    teacher.emit("board.look", {"board": board})
    for nonsense in (None, 7, {"board": "7"}, {"board": -1}, {"board": 2**40}, {}):
        teacher.emit("board.look", nonsense)
    page = as_("secretary_bj").get(f"/classes/{board}/pairs").get_data(as_text=True)
    seen = heard(secretary, "board.")
    teacher.emit("board.left", {"board": board})

    assert seen == [
        ("board.look", {"board": board, "person": cast.person("teacher_bj").id, "name": "班主任"})
    ]
    assert "班主任也在看这一页" in page
    assert [name for name, _told in heard(secretary, "board.")] == ["board.left"]
    assert heard(other_side, "board.") == []
    assert boards.others(board, cast.actor("secretary_bj")) == []


def test_boards_that_are_open_hear_that_two_were_tied(cast: Cast, open_: Open) -> None:
    here, there = cast.unit("bj-class-2").id, cast.unit("ht-class").id
    secretary, other_side, elsewhere = (
        open_(who) for who in ("secretary_bj", "teacher_ht", "teacher_tj")
    )
    secretary.emit("board.look", {"board": here})
    other_side.emit("board.look", {"board": there})
    heard(secretary), heard(other_side)

    pair = twinning.tie(
        cast.class_twinning(),
        supported=cast.person("xiaoduo"),
        supporting=cast.person("xiaolin"),
        by=cast.actor("teacher_bj"),
    )
    twinning.close(pair, reason="搬家", by=cast.actor("teacher_bj"))

    assert heard(secretary, "board.") == [("board.changed", {"board": here})] * 2
    assert heard(other_side, "board.") == [("board.changed", {"board": there})] * 2
    assert heard(elsewhere, "board.") == []
    for who, board in (("secretary_bj", here), ("teacher_ht", there)):
        looking.left(boards.thing(board), cast.person(who).id)


@pytest.mark.redis
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_processes_that_share_redis_know_who_is_there(app: Flask) -> None:
    with servers.redis() as url:
        one, two = looking._Shared(url), looking._Shared(url)

        one.note("board:1", 7, "班主任")
        two.note("board:1", 8, "书记")
        both = two.seen("board:1")
        two.left("board:1", 7)

        assert {person: name for person, (name, _at) in both.items()} == {7: "班主任", 8: "书记"}
        assert set(one.seen("board:1")) == {8}
        assert one.seen("board:2") == {}
    one.note("board:1", 7, "班主任")
    assert one.seen("board:1") == {}
