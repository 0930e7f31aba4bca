"""A notice is left with what it tells of, renewed for the same thing, and read in the reader's language."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.notices import queries, services
from penpal.notices.models import Notice
from tests.cast import Cast
from tests.conftest import SignedIn


def notices_of(cast: Cast, who: str) -> list[Notice]:
    session().expire_all()
    statement = sa.select(Notice).where(Notice.person_id == cast.person(who).id)
    return list(session().scalars(statement.order_by(Notice.id)))


def write(cast: Cast, body: str = "你好，小麦。", key: str = "a-letter-key") -> int:
    letter = letters.send(
        cast.pair(), key=key, body=body, envelope=Envelope.SEALED, by=cast.actor("xiaohe")
    )
    return letter.id


def test_a_letter_leaves_word_with_a_name_and_not_a_word_of_it(cast: Cast, as_: SignedIn) -> None:
    reader = as_("xiaomai")
    number = write(cast)

    page = reader.get("/notices").get_data(as_text=True)
    english = reader.get("/notices", headers={"Cookie": "penpal_lang=en"})

    assert "小禾的信到了" in page
    assert f'href="/letters/{number}?notice=' in page
    assert "你好" not in page + repr([each.params for each in notices_of(cast, "xiaomai")])
    assert english.status_code in (200, 302)
    assert "小禾的信到了" not in as_("xiaohe").get("/notices").get_data(as_text=True)


def test_what_is_rolled_back_was_never_told(cast: Cast) -> None:
    before = len(notices_of(cast, "xiaomai"))

    def told_and_undone() -> None:
        with transaction():
            services.send([cast.person("xiaomai").id], "letter", about=("letter", 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        told_and_undone()

    assert len(notices_of(cast, "xiaomai")) == before
    with pytest.raises(RuntimeError, match="transaction"):
        services.send([cast.person("xiaomai").id], "letter", about=("letter", 1))
    with pytest.raises(LookupError), transaction():
        services.send([cast.person("xiaomai").id], "nothing", about=("letter", 1))


def test_the_same_thing_again_renews_its_notice(cast: Cast) -> None:
    mai = cast.person("xiaomai").id
    with transaction():
        services.send([mai], "letter", about=("letter", 7), params={"name": "小禾"})
    first = notices_of(cast, "xiaomai")[-1]
    number, at = first.id, first.at
    services.see(first.id, by=cast.actor("xiaomai"))
    assert notices_of(cast, "xiaomai")[-1].seen_at is not None

    with transaction():
        services.send([mai], "letter", about=("letter", 7), params={"name": "禾" * 200})

    again = notices_of(cast, "xiaomai")[-1]
    assert (again.id, again.seen_at) == (number, None)
    assert again.at > at
    assert again.params == {"name": "禾" * 80}
    assert cast.actor("xiaomai").unseen == queries.unseen_of(mai)


def test_pages_go_on_where_they_ended_though_a_notice_was_renewed(cast: Cast) -> None:
    mai = cast.person("xiaomai").id
    for number in range(1, 8):
        with transaction():
            services.send([mai], "letter", about=("letter", number), params={"name": "小禾"})

    first = queries.page(mai, topic=None, size=3)
    with transaction():
        services.send([mai], "letter", about=("letter", 1), params={"name": "小禾"})
    second = queries.page(mai, topic=None, before=first.older, size=3)

    assert [row.about_id for row in first.rows] == [7, 6, 5]
    assert [row.about_id for row in second.rows] == [4, 3, 2]
    for nonsense in ("x", "1-", "-", "9" * 30 + "-1", "²-1", "1-2-3"):
        assert queries.page(mai, topic=None, before=nonsense).rows


def test_the_bell_counts_without_a_query_and_a_visit_is_seeing(cast: Cast, as_: SignedIn) -> None:
    reader = as_("xiaomai")
    reader.get("/")
    number = write(cast)

    at_home = reader.get("/letters").get_data(as_text=True)
    kept = reader.get(f"/letters/{number}", headers={"Penpal-Keeping": "1"})
    assert kept.status_code == 200
    before = cast.actor("xiaomai").unseen
    there = reader.get(f"/letters/{number}").get_data(as_text=True)

    assert "消息，1 条新的" in at_home
    assert before == 1
    assert "条新的" not in there.split("<main")[0].split("data-bell-label")[1][:40]
    assert cast.actor("xiaomai").unseen == 0


def test_one_or_all_are_put_aside_by_their_own_person_alone(cast: Cast, as_: SignedIn) -> None:
    mai = cast.person("xiaomai").id
    with transaction():
        for number in (1, 2, 3):
            services.send([mai], "letter", about=("letter", number), params={"name": "小禾"})
    newest = notices_of(cast, "xiaomai")[-1].id
    stranger, reader = as_("xiaohe"), as_("xiaomai")

    refused = [
        stranger.post(f"/notices/{newest}/seen").status_code,
        stranger.post("/notices/seen", data={"newest": newest}).status_code,
        stranger.get(f"/notices/{newest}/line").status_code,
    ]
    reader.post(f"/notices/{newest}/seen")
    one = queries.unseen_of(mai)
    reader.post("/notices/seen", data={"newest": newest})

    assert refused == [404, 404, 404]
    assert (one, queries.unseen_of(mai)) == (2, 0)
    assert reader.get(f"/notices/{newest}/line").get_json()["words"] == "小禾的信到了。"
    assert reader.post("/notices/seen", data={"newest": "x"}).status_code == 404


def test_seen_ones_are_forgotten_after_a_term(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    mai = cast.person("xiaomai").id
    with transaction():
        services.send([mai], "letter", about=("letter", 1), params={"name": "小禾"})
        services.send([mai], "letter", about=("letter", 2), params={"name": "小禾"})
    services.see(notices_of(cast, "xiaomai")[-1].id, by=cast.actor("xiaomai"))
    session().execute(sa.delete(Notice).where(Notice.kind != "letter"))
    session().commit()
    later = clock.now() + services.SEEN_KEPT * 1.1
    monkeypatch.setattr(clock, "now", lambda: later)

    gone, again = services.forget(), services.forget()

    assert (gone, again) == (1, 0)
    assert [each.about_id for each in notices_of(cast, "xiaomai")] == [1]
