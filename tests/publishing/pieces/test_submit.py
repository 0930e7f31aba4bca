"""Submitting: a frozen copy by its author's own act, in which no name and no school stands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.consent import queries as consent
from penpal.consent.models import Purpose
from penpal.kernel import access, trail
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotFound, NotPermitted
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.publishing.pieces import clearance, naming, services, sources
from penpal.publishing.pieces.freezing import Copy, kept_words
from penpal.publishing.pieces.models import PieceKind, Submission
from penpal.publishing.pieces.services import About, Own
from penpal.publishing.pieces.states import SubmissionState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.pieces import submitting
from tests.publishing.pieces.submitting import BODY, letter, opened, say_yes, state_of, submit


def test_a_letter_is_frozen_with_pen_names_and_the_partner_is_asked(cast: Cast) -> None:
    found = letter(cast)
    piece = submit(cast, found)

    (part,) = piece.current_parts()
    names = naming.names_of([cast.person("xiaohe").id, cast.person("xiaomai").id])
    assert state_of(piece) is SubmissionState.ASKING
    assert "小禾" not in part.body
    assert "小麦" not in part.body
    assert all(name in part.body for name in names.values())
    assert part.frozen_at is not None
    assert found.body == BODY, "one's own letter stays as it is"
    assert piece.unit_id == cast.unit("bj-school").id
    assert [entry.move for entry in trail.of(piece)] == ["submit"]
    waiting = services.waits_for(piece)
    assert [one.person_id for one in waiting] == [cast.person("xiaomai").id]
    again = submit(cast, found)
    assert again.id == piece.id, "the same key gives the same piece"


def test_nothing_of_it_is_there_for_staff_until_the_partner_agreed(cast: Cast) -> None:
    piece = submit(cast)

    for who in ("teacher_bj", "teacher_ht", "secretary_bj", "county_bj", "editor", "xiaolin"):
        with pytest.raises(NotFound):
            access.load(Submission, cast.actor(who), piece.id)
    say_yes(cast, piece)
    assert access.load(Submission, cast.actor("teacher_bj"), piece.id).station > 0
    with pytest.raises(NotFound):
        access.load(Submission, cast.actor("editor"), piece.id)
    with pytest.raises(NotFound):
        access.load(Submission, cast.actor("teacher_tj"), piece.id)


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "teacher_bj", "editor"])
def test_nobody_submits_what_another_wrote(cast: Cast, who: str) -> None:
    found = letter(cast)

    with pytest.raises(NotFound):
        sources.find(f"letter:{found.id}", by=cast.actor(who))
    source = sources.find(f"letter:{found.id}", by=cast.actor("xiaohe"))
    with pytest.raises(NotPermitted):
        services.draw_names(source, by=cast.actor(who))
    with pytest.raises(NotFound):
        sources.find(f"letter:{found.id}", by=cast.actor("xiaomai"))


def test_names_and_schools_are_found_and_have_to_be_mended(cast: Cast) -> None:
    found = letter(cast, body="小林和我在槐树中学的操场上，想起海河中学的小远。")
    source = sources.find(f"letter:{found.id}", by=cast.actor("xiaohe"))
    services.draw_names(source, by=cast.actor("xiaohe"))

    with pytest.raises(Invalid) as refused:
        submit(cast, found, copy=Copy())

    assert len(refused.value.fields) == 3, "a name of another school is no name here"
    mends = submitting.mended(found.body, cast)
    typed_a_name = dict.fromkeys(mends, "小秋")
    with pytest.raises(Invalid):
        submit(cast, found, copy=Copy(typed_a_name))
    piece = submit(cast, found, copy=Copy(mends))
    assert piece.current_parts()[0].body == ("一位同学和我在我们学校的操场上，想起我们学校的小远。")
    another = letter(cast, key="another-letter-of-it")
    with pytest.raises(Invalid) as refused:
        submit(cast, another, key="another-key-of-it", about=About("小林的故事"))
    assert set(refused.value.fields) == {"title"}


def test_a_word_that_is_also_a_name_stays_by_its_authors_word(cast: Cast) -> None:
    found = letter(cast, body="小林子里有鸟，小禾听见了。")
    own_name = submitting.mended(found.body, cast)
    assert len(own_name) == 2

    piece = submit(cast, found, copy=Copy(own_name, keeps=["小林", "小禾"]))

    body = piece.current_parts()[0].body
    assert body.startswith("小林子里有鸟")
    assert "小禾" not in body, "in a greeting it is a name, whatever is said of it"
    assert kept_words(piece) == ["小林"]


def test_the_partners_name_is_a_word_where_nobody_is_greeted(cast: Cast) -> None:
    found = letter(
        cast,
        body="小麦：\n\n昨天拉了一车小麦去磨坊，磨坊的人说小麦不错。\n\n祝\n一切都好\n\n小禾，和院子里那棵树上的八哥",
    )
    mends = submitting.mended(found.body, cast)

    piece = submit(cast, found, copy=Copy(mends, keeps=["小麦", "小禾"]))

    body = piece.current_parts()[0].body
    assert body.count("小麦") == 2
    assert not body.startswith("小麦")
    assert "小禾" not in body, "nor does anybody sign with it"
    assert kept_words(piece) == ["小麦"]


def test_the_same_letter_is_not_on_its_way_twice(cast: Cast) -> None:
    found = letter(cast)
    submit(cast, found)

    with pytest.raises(Conflict):
        submit(cast, found, key="another-key-of-it")


def test_two_letters_are_frozen_each_by_its_own_author(cast: Cast) -> None:
    mine = opened(letter(cast), cast, "xiaomai")
    theirs = letters.send(
        cast.pair(),
        key="the-answer-of-the-tests",
        body=submitting.ANSWER,
        envelope=Envelope.SEALED,
        in_reply_to=mine,
        by=cast.actor("xiaomai"),
    )
    opened(theirs, cast, "xiaohe")

    piece = submit(cast, mine, kind=PieceKind.LETTERS)

    first, second = piece.current_parts()
    assert (first.source_id, second.source_id) == (mine.id, theirs.id)
    assert (second.frozen_at, second.body) == (None, "")
    say_yes(cast, piece)
    assert second.frozen_at is not None
    assert "白杨" in second.body
    assert "小禾" not in second.body
    assert state_of(piece) is SubmissionState.WITH_TEACHER


def test_the_childs_yes_to_publication_goes_into_the_ledger(cast: Cast, as_: SignedIn) -> None:
    found = letter(cast)
    client = as_("xiaohe")
    page = client.get(f"/publishing/new?from=letter:{found.id}")
    assert "抽好笔名" in page.get_data(as_text=True)
    client.post("/publishing/beginning", data={"from": f"letter:{found.id}"})
    form = {
        "from": f"letter:{found.id}",
        "key": "key-of-the-first-piece",
        "kind": "letter",
        "title": "窗外的槐树",
        **submitting.mended(found.body, cast),
    }

    refused = client.post("/publishing/new", data=form)
    sent = client.post("/publishing/new", data=form | {"ledger": "publication"})

    assert refused.status_code == 422
    assert sent.status_code == 302
    piece = session().scalars(sa.select(Submission)).one()
    lacking = {one.what.value for one in clearance.of(piece).of(cast.person("xiaohe").id)}
    assert lacking == {"piece", "ledger_publication"}, "the guardian's are missing"
    assert not consent.has(cast.person("xiaohe").id, Purpose.PUBLICATION)
    shown = client.get(f"/publishing/{piece.id}").get_data(as_text=True)
    assert "等同学回答" in shown
    assert client.get("/publishing").status_code == 200
    assert as_("xiaolin").get(f"/publishing/{piece.id}").status_code == 404
    asked = as_("xiaomai")
    assert asked.get(f"/publishing/{piece.id}/asking").status_code == 200
    said = asked.post(
        f"/publishing/{piece.id}/answer",
        data={"answer": "yes", "revision": 1, "ledger": "publication"},
    )
    assert said.status_code == 302
    assert state_of(piece) is SubmissionState.WITH_TEACHER


def test_a_no_ends_it_and_the_author_is_told_kindly(cast: Cast) -> None:
    piece = submit(cast)

    services.decline(piece, by=cast.actor("xiaomai"))

    assert state_of(piece) is SubmissionState.WITHDRAWN
    with pytest.raises(NotPermitted):
        services.agree(piece, revision=1, own=Own(), by=cast.actor("xiaomai"))
    again = submit(cast, letter(cast, key="another-letter-of-it"), key="another-key-of-it")
    assert state_of(again) is SubmissionState.ASKING


def test_a_yes_to_another_copy_does_not_count(cast: Cast) -> None:
    piece = submit(cast)

    with pytest.raises(Conflict):
        services.agree(piece, revision=2, own=Own(), by=cast.actor("xiaomai"))
    with pytest.raises(NotPermitted):
        services.agree(piece, revision=1, own=Own(), by=cast.actor("xiaohe"))


def test_pen_names_are_drawn_once_and_hold_while_a_piece_bears_them(cast: Cast) -> None:
    source = sources.find(f"letter:{letter(cast).id}", by=cast.actor("xiaohe"))
    services.draw_names(source, by=cast.actor("xiaohe"))
    first = naming.names_of([cast.person("xiaohe").id])

    second = naming.redraw(by=cast.actor("xiaohe"))

    assert second != first[cast.person("xiaohe").id]
    assert not set("小禾") & set(second)
    submit(cast, session().get(Letter, source.id))
    with pytest.raises(IllegalMove):
        naming.redraw(by=cast.actor("xiaohe"))


def test_a_place_is_no_finer_than_the_county_and_coarser_for_a_single_school(cast: Cast) -> None:
    piece = submit(cast)

    shown = naming.printed_many(piece.parties)

    by_person = {party.person_id: shown[party.id] for party in piece.parties}
    mine = by_person[cast.person("xiaohe").id]
    assert mine.place == cast.unit("beijing").name, "the only school of its county"
    assert mine.grade == "初二"
    assert "小禾" not in mine.name
