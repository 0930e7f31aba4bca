"""The desk as editors see it: pieces under pen names, narrowed and searched, one of them in hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from penpal.accounts.models import Person, SignIn
from penpal.kernel import access, clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import NotPermitted
from penpal.publishing.editing import pool, queries, services, shelving
from penpal.publishing.editing.models import PieceVersion, Shortlist
from penpal.publishing.pieces.models import (
    Submission,
    SubmissionAnswer,
    SubmissionLink,
    SubmissionParty,
)
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.reviews.models import Recusal, Remark, ReviewStation
from tests.cast import PASSWORD, Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted
from tests.publishing.editing import bench


def page(as_: SignedIn, path: str, who: str = "editor") -> str:
    answer = as_(who).get(path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)


def test_an_editor_never_meets_a_child(cast: Cast, as_: SignedIn) -> None:
    piece = bench.letter(cast)
    bench.offered(cast, piece)
    answered = bench.both_letters(cast)
    editor = cast.actor("editor")
    children = {person.id for person in session().query(Person).filter_by(kind="student")}

    for model in (SubmissionParty, SubmissionAnswer, SubmissionLink, ReviewStation, Recusal):
        assert session().scalars(access.visible(model, editor)).all() == []
    seen = set(session().scalars(access.visible(Person, editor).with_only_columns(Person.id)))
    assert seen.isdisjoint(children)
    for one in (piece, answered):
        for path in ("", "?view=clean", "?view=beside", "/versions"):
            shown = page(as_, f"/desk/{one.id}{path}")
            words = shown.replace("小麦：", "").replace("小禾：", "")
            for told in ("小禾", "小麦", "槐树中学", "白杨中学", "xiaohe", "xiaomai", "初二(3)"):
                assert told not in words, (path, told)
    for path in ("", "/history", "/consents", "/answer", "/withdraw", "/questions"):
        answer = as_("editor").get(f"/publishing/{piece.id}{path}")
        assert answer.status_code != 200, path
    shown = page(as_, f"/desk/{piece.id}")
    assert "青核桃" in shown
    assert "银杏" in shown


def test_the_desk_is_the_editors_alone(cast: Cast, as_: SignedIn) -> None:
    piece = bench.letter(cast)
    for who in ("teacher_ht", "secretary_ht", "county_bj", "xiaomai", "xiaohe"):
        for path in ("/desk", f"/desk/{piece.id}", f"/desk/{piece.id}/versions", "/desk/lists"):
            assert as_(who).get(path).status_code == 403, (who, path)

    with transaction() as current:
        current.execute(
            sa.update(Submission).where(Submission.id == piece.id).values(state=S.WITH_SECRETARY)
        )

    assert as_("editor").get(f"/desk/{piece.id}").status_code == 404
    assert piece.title not in page(as_, "/desk")


def test_the_pool_is_narrowed_and_searched(cast: Cast) -> None:
    editor = cast.actor("editor")
    old, long, both = (
        bench.letter(cast, title="核桃"),
        bench.letter(cast, title="渠", body="银杏：\n" + "水" * 400),
        bench.both_letters(cast),
    )
    with transaction() as current:
        current.execute(
            sa.update(Submission)
            .where(Submission.id == old.id)
            .values(moved_at=clock.now() - timedelta(days=8), theme="home")
        )

    def found(**typed: str) -> set[int]:
        return set(pool.ids(pool.filters(typed), editor))

    assert pool.ids(pool.filters({}), editor)[0] == old.id
    assert found(kind="letters") == {both.id}
    assert found(length="middle") == {long.id}
    assert found(theme="home") == {old.id}
    assert found(waited="7") == {old.id}
    assert found(q="银杏叶") == {old.id}
    assert found(q="渠") == {long.id}
    assert found(tab="ready") == found(printed="yes") == set()
    assert found(kind="sonnet", waited="x", region="") == {old.id, long.id, both.id}


def test_a_region_is_no_finer_than_what_is_printed(cast: Cast) -> None:
    editor, piece = cast.actor("editor"), bench.letter(cast)
    offered = dict(pool.regions(editor))

    def found(region: int) -> list[int]:
        return pool.ids(pool.filters({"region": str(region)}), editor)

    assert cast.unit("ht-school").id not in offered
    assert found(cast.unit("ht-school").id) == found(cast.unit("ht-class").id) == []
    assert [found(region) for region in offered] == [[piece.id]]


def test_a_page_of_the_pool_costs_the_same_for_few_and_for_many(cast: Cast, as_: SignedIn) -> None:
    first = bench.letters(cast, 2)[0]
    address, client = f"/desk/{first.id}", as_("editor")
    client.get(address)
    with counted() as few:
        client.get(address)
    bench.letters(cast, 60, title="再来")

    with counted() as many:
        shown = client.get(address)

    assert len(many) <= len(few), "\n\n".join(many)
    assert shown.text.count('class="pi') >= pool.PAGE


def test_an_editor_takes_writes_and_asks_by_plain_forms(cast: Cast, as_: SignedIn) -> None:
    piece = bench.letter(cast)
    part = piece.current_parts()[0]
    client, number = as_("editor"), piece.id
    assert 'name="title"' not in page(as_, f"/desk/{number}?view=write")

    client.post(f"/desk/{number}/place")
    form = page(as_, f"/desk/{number}?view=write")
    saved = client.post(
        f"/desk/{number}/version",
        data={"title": "天黑", f"body-{part.id}": bench.shorter(part.body), "saved": "0"},
    )
    late = client.post(
        f"/desk/{number}/version",
        data={"title": "太阳", f"body-{part.id}": part.body, "saved": "0"},
    )
    offered = client.post(f"/desk/{number}/offer")
    again = client.post(f"/desk/{number}/offer")

    assert 'name="title"' in form
    assert saved.status_code == offered.status_code == 302
    assert late.status_code == 409
    assert "太阳" in late.text
    assert "天黑" in late.text
    assert again.status_code == 409
    session().expire_all()
    assert session().get_one(Submission, number).state is S.WITH_AUTHOR


def test_an_author_answers_on_their_page(cast: Cast, as_: SignedIn) -> None:
    piece = bench.letter(cast)
    version = bench.offered(cast, piece)
    path, asked = f"/publishing/changes/{version.id}", queries.changes_of(version)
    for stranger in ("xiaohe", "teacher_ht", "editor"):
        assert as_(stranger).get(path).status_code in (403, 404), stranger
    client = as_("xiaomai")

    shown = client.get(path).text
    half = client.post(path, data={f"verdict-{asked[0].id}": "accepted", "action": "finish"})
    kept = client.post(
        path,
        data={
            f"verdict-{asked[0].id}": "rejected",
            f"words-{asked[0].id}": "这是我奶奶的话",
            "action": "keep",
        },
    )
    unsent = page(as_, f"/desk/{piece.id}")
    done = client.post(path, data={f"words-{asked[0].id}": "这是我奶奶的话", "action": "all"})

    assert "<del>" in shown
    assert half.status_code == 422
    assert kept.status_code == done.status_code == 302
    session().expire_all()
    assert session().get_one(Submission, piece.id).state is S.READY
    assert "这是我奶奶的话" not in unsent
    assert "这是我奶奶的话" in page(as_, f"/desk/{piece.id}")


def test_a_version_that_nobody_offered_is_not_there_for_its_author(
    cast: Cast, as_: SignedIn
) -> None:
    piece = bench.letter(cast)
    draft = services.save(piece, bench.typed(piece, bench.shorter), by=cast.actor("editor"))

    assert as_("xiaomai").get(f"/publishing/changes/{draft.id}").status_code == 404


def test_an_editor_asks_at_a_place_and_its_author_answers(cast: Cast, as_: SignedIn) -> None:
    piece, number = bench.letter(cast), 0
    part = piece.current_parts()[0].id
    client, number = as_("editor"), piece.id
    wrong = client.post(
        f"/desk/{number}/remarks", data={"part": part, "quote": "没有这话", "remark": "？"}
    )
    phone = client.post(
        f"/desk/{number}/remarks", data={"part": part, "remark": "加我微信 wxid_abc12345"}
    )
    client.post(
        f"/desk/{number}/remarks", data={"part": part, "quote": "银杏叶", "remark": "哪天的事？"}
    )
    remark = session().query(Remark).one()

    assert wrong.status_code == phone.status_code == 422
    assert as_("xiaohe").get(f"/publishing/{number}/questions").status_code == 404
    author = as_("xiaomai")
    assert "哪天的事？" in author.get(f"/publishing/{number}/questions").text
    refused = author.post(f"/publishing/questions/{remark.id}", data={"answer": "打 13812345678"})
    author.post(f"/publishing/questions/{remark.id}", data={"answer": "十一月三日"})
    assert refused.status_code == 422
    assert "十一月三日" in page(as_, f"/desk/{number}")
    client.post(f"/desk/remarks/{remark.id}/settlement")
    session().expire_all()
    assert remark.settled_at is not None


def test_lists_and_notes_are_shared_by_editors(cast: Cast, as_: SignedIn) -> None:
    one, other = bench.letters(cast, 2)
    client = as_("editor")
    client.post("/desk/lists/several", data={"item": [one.id, other.id], "name": "元旦那一期"})
    shelf = session().query(Shortlist).one()
    client.post(f"/desk/{one.id}/lists", data={"off": shelf.id})
    client.post(f"/desk/{one.id}/notes", data={"note": "图要再看"})
    bench.second_editor(cast)

    assert "图要再看" in page(as_, f"/desk/{one.id}", "editor2")
    assert pool.ids(pool.filters({"list": str(shelf.id)}), cast.actor("editor2")) == [other.id]
    assert "图要再看" not in as_("xiaomai").get(f"/publishing/{one.id}").text
    with pytest.raises(NotPermitted):
        shelving.note(one, "我也看看", by=cast.actor("teacher_ht"))
    client.post(f"/desk/lists/{shelf.id}/removal")
    assert session().query(Shortlist).all() == []
    assert session().query(Submission).count() == 2


def test_two_versions_are_compared(cast: Cast, as_: SignedIn) -> None:
    piece = bench.letter(cast)
    services.save(piece, bench.typed(piece, bench.shorter), by=cast.actor("editor"))

    shown = page(as_, f"/desk/{piece.id}/versions?a=0&b=1")

    assert "<del>你好！</del>" in shown
    assert session().query(PieceVersion).count() == 2
    assert page(as_, f"/desk/{piece.id}/versions?a=1&b=1").count("<del>") == 0


def test_taking_down_asks_once_more_who_it_is(cast: Cast, as_: SignedIn) -> None:
    piece = bench.printed(cast)
    client = as_("editor")
    with transaction() as current:
        current.execute(sa.update(SignIn).values(confirmed_at=clock.now() - timedelta(hours=1)))

    asked = client.post(f"/desk/{piece.id}/removal", data={"words": "认得出学校"})

    assert "认得出学校" in asked.text
    session().expire_all()
    assert session().get_one(Submission, piece.id).state is S.PUBLISHED
    client.post(f"/desk/{piece.id}/removal", data={"words": "认得出学校", "confirmation": PASSWORD})
    assert trail.of(piece)[-1].reason == "认得出学校"
