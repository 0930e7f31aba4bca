"""What the guard objects to in a book: its author asks a teacher, it waits unseen, and goes its way open."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from penpal.demo import pictures
from penpal.kernel import access, trail
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotPermitted, Objected
from penpal.media import queries as photos
from penpal.media import services as media
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.reading import note_asking, queries, reflections
from penpal.reading.models import SharedBook
from penpal.reading.note_models import Envelope, ReadingNote, Reflection
from penpal.reading.notes import Written
from penpal.safeguarding import blocking, held_queries, holding, queue
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.models import Report
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.reading.sharing import agreed, fresh, noted, read

NUMBER = "13812345678"
RISKY = f"书里写着一串数，{NUMBER}，像不像一个谜？"


@pytest.fixture
def book(cast: Cast) -> SharedBook:
    return agreed(cast)


def kept_photo(cast: Cast, description: str = "窗外") -> Chosen:
    photo = media.keep(pictures.of("beijing"), key=fresh(), by=cast.actor("xiaohe"))
    return Chosen(photo.id, description)


def ask(
    cast: Cast, book: SharedBook, *, body: str = RISKY, key: str = "key-of-a-note", **more: Any
) -> Hold:
    written = Written(chapter=2, body=body, **more)
    return note_asking.ask(book, written, key=key, words="是书里的谜。", by=cast.actor("xiaohe"))[0]


def held_texts() -> list[HeldText]:
    return list(session().scalars(sa.select(HeldText)))


def test_a_note_waits_outside_of_the_book_and_its_author_sees_how_it_stands(
    cast: Cast, book: SharedBook, as_: SignedIn
) -> None:
    read(cast, book, "xiaomai", 6)
    he, here = as_("xiaohe"), f"/books/{book.id}"
    typed = {"key": fresh(), "kind": "thought", "chapter": "2", "body": RISKY}

    refused = he.post(f"{here}/notes", data=typed)
    asked = he.post(f"{here}/notes", data=typed | {"action": "ask", "asking": "是书里的谜。"})
    again = he.post(f"{here}/notes", data=typed | {"action": "ask"})

    assert refused.status_code == 422
    assert RISKY in refused.text
    assert "请老师放行" in refused.text
    assert asked.status_code == again.status_code == 302
    (hold,) = session().scalars(sa.select(Hold))
    assert (hold.text, hold.words, hold.findings[0][0]) == (RISKY, "是书里的谜。", "phone_mobile")
    page = he.get(here).text
    assert RISKY in page
    assert "在等老师放行" in page
    assert session().scalars(sa.select(ReadingNote)).all() == []
    for who in ("xiaomai", "xiaolin", "teacher_ht", "secretary_bj"):
        stranger = as_(who)
        assert NUMBER not in stranger.get(here).text
        assert NUMBER not in stranger.get("/").text
        assert stranger.post(f"/asking/{hold.id}/withdrawal").status_code in (403, 404)
        assert stranger.post(f"/asking/{hold.id}/removal").status_code in (403, 404)
    assert he.get(f"{here}/notes/new?held={hold.item_id}").text.count(RISKY) == 1
    assert NUMBER not in as_("xiaomai").get(f"{here}/notes/new?held={hold.item_id}").text
    assert [entry.move for entry in trail.of(hold)] == ["ask for release"]


def test_a_released_note_is_in_its_place_open_with_its_photos(
    cast: Cast, book: SharedBook, as_: SignedIn
) -> None:
    photo = kept_photo(cast, "问我要微信号：abc12345")
    hold = ask(cast, book, body="看这张。", photos=[photo])
    teacher = as_("teacher_bj")

    assert "abc12345" in teacher.get(f"/queue/hold/{hold.id}").text
    for stranger in ("teacher_ht", "secretary_bj", "xiaohe", "xiaomai"):
        with pytest.raises(NotPermitted):
            holding.release(hold, by=cast.actor(stranger))
    answer = teacher.post(
        f"/queue/hold/{hold.id}/decision", data={"action": "release", "words": "写得好。"}
    )

    assert answer.status_code == 302
    note = session().scalars(sa.select(ReadingNote)).one()
    assert (note.body, note.place, note.envelope) == ("看这张。", 2, Envelope.OPEN)
    assert [one.id for one in photos.of("reading_note", [note.id])[note.id]] == [photo.photo_id]
    assert held_texts() == []
    session().refresh(hold)
    assert (hold.state, hold.kind, hold.item_id) == (HoldState.RELEASED, "reading_note", note.id)
    assert [(entry.move, entry.actor_kind) for entry in trail.of(note)] == [
        ("write note", "student"),
        ("release", "staff"),
    ]
    page = as_("xiaohe").get(f"/books/{book.id}").text
    assert "你请老师放行的，老师放行了。" in page
    assert "写得好。" in page
    assert "看这张。" not in as_("xiaomai").get(f"/books/{book.id}").text
    read(cast, book, "xiaomai", 2)
    seen = as_("xiaomai").get(f"/books/{book.id}").text
    assert "看这张。" in seen
    assert "老师放行" not in seen
    with pytest.raises(IllegalMove):
        holding.release(hold, by=cast.actor("teacher_bj"))


def test_a_note_that_came_back_is_mended_and_nothing_of_it_is_lost(
    cast: Cast, book: SharedBook, as_: SignedIn
) -> None:
    photo = kept_photo(cast)
    hold = ask(cast, book, photos=[photo])
    holding.send_back(hold, words="那串数拿掉吧。", by=cast.actor("teacher_bj"))
    he, here = as_("xiaohe"), f"/books/{book.id}"

    page = he.get(here).text
    mending = he.get(f"{here}/notes/new?held={hold.item_id}").text
    fields = {"key": "key-of-a-note", "chapter": "2", "photos": "shown"}
    mended = he.post(
        f"{here}/notes", data=fields | {"body": "像一个谜。", "photo_id": photo.photo_id}
    )

    assert "那串数拿掉吧。" in page
    assert "那串数拿掉吧。" in mending
    assert RISKY in mending
    assert f'value="{photo.photo_id}"' in mending
    assert mended.status_code == 302
    note = session().scalars(sa.select(ReadingNote)).one()
    assert (note.body, note.envelope) == ("像一个谜。", Envelope.SEALED)
    assert len(photos.of("reading_note", [note.id])[note.id]) == 1
    assert held_texts() == []
    assert "那串数拿掉吧。" not in he.get(here).text


def test_an_author_takes_a_request_back_and_throws_the_note_away(
    cast: Cast, book: SharedBook, as_: SignedIn
) -> None:
    photo = kept_photo(cast)
    hold = ask(cast, book, photos=[photo])
    he = as_("xiaohe")

    back = he.post(f"/asking/{hold.id}/withdrawal")
    again = he.post(f"/asking/{hold.id}/withdrawal")
    mending = he.get(back.location).text
    gone = he.post(f"/asking/{hold.id}/removal")

    assert (back.status_code, again.status_code, gone.status_code) == (302, 409, 302)
    assert RISKY in mending
    assert held_texts() == []
    assert ask(cast, book, key="key-of-another").item_id != hold.item_id
    assert photos.of(held_queries.KIND, [hold.item_id]) == {}
    assert session().get_one(Hold, hold.id).state is HoldState.WITHDRAWN
    with pytest.raises(NotPermitted):
        holding.release(hold, by=cast.actor("teacher_bj"))


def test_other_words_or_photos_are_another_request(cast: Cast, book: SharedBook) -> None:
    first = ask(cast, book)

    same = ask(cast, book)
    other = ask(cast, book, body=RISKY + "！")
    with_photo = ask(cast, book, body=RISKY + "！", photos=[kept_photo(cast)])

    assert same.id == first.id
    assert [hold.state for hold in (first, other, with_photo)] == [
        HoldState.WITHDRAWN,
        HoldState.WITHDRAWN,
        HoldState.ASKED,
    ]
    assert len(held_texts()) == 1


def test_who_may_not_write_a_note_asks_for_nothing_and_harmless_words_need_no_teacher(
    cast: Cast, book: SharedBook
) -> None:
    for stranger in ("xiaolin", "xiaoman", "teacher_bj"):
        with pytest.raises(NotPermitted):
            note_asking.ask(
                book, Written(chapter=1, body=RISKY), key=fresh(), by=cast.actor(stranger)
            )
    with pytest.raises(Invalid, match="没有要放行的"):
        ask(cast, book, body="一句好话。")
    with pytest.raises(Invalid):
        ask(cast, book, body="")
    known = noted(cast, book, "xiaohe", 1, "一句好话。")
    with pytest.raises(Conflict):
        ask(cast, book, key=known.key)
    with pytest.raises(IllegalMove):
        ask(cast, book, key=known.key, body="一句好话。")
    assert held_texts() == []


def test_words_split_over_two_notes_are_asked_for_as_well(cast: Cast, book: SharedBook) -> None:
    noted(cast, book, "xiaohe", 1, "前半截是 138123")
    with pytest.raises(Objected):
        noted(cast, book, "xiaohe", 1, "后半截是 45678")

    hold = ask(cast, book, body="后半截是 45678")

    holding.release(hold, by=cast.actor("teacher_bj"))
    bodies = session().scalars(sa.select(ReadingNote.body).order_by(ReadingNote.id)).all()
    assert bodies == ["前半截是 138123", "后半截是 45678"]


def test_nothing_is_released_into_a_pause_or_a_pair_that_ended(
    cast: Cast, book: SharedBook
) -> None:
    hold = ask(cast, book)
    teacher = cast.actor("teacher_bj")
    pausing = blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    with pytest.raises(Invalid, match="先停着"):
        queue.decide("hold", hold.id, "release", {}, by=teacher)
    blocking.lift(pausing, by=cast.actor("xiaomai"))
    twinning.close(cast.pair(), reason="moved away", by=teacher)
    with pytest.raises(NotPermitted, match="已经结束了"):
        queue.decide("hold", hold.id, "release", {}, by=teacher)

    assert session().scalars(sa.select(ReadingNote)).all() == []
    assert len(held_texts()) == 1
    assert session().get_one(Hold, hold.id).state is HoldState.ASKED


def test_despair_in_what_waits_tells_of_a_worry_and_shows_help(
    cast: Cast, book: SharedBook, as_: SignedIn
) -> None:
    typed = {"key": fresh(), "chapter": "1", "body": f"{RISKY}我不想活了。", "action": "ask"}

    answer = as_("xiaohe").post(f"/books/{book.id}/notes", data=typed, follow_redirects=True)

    assert "12356" in answer.text
    (worry,) = session().scalars(sa.select(Report))
    assert "不想活" not in worry.words + worry.about_label


def test_a_reflection_waits_as_a_draft_and_is_finished_open_when_released(
    cast: Cast, book: SharedBook, as_: SignedIn
) -> None:
    he, address = as_("xiaohe"), f"/books/{book.id}/reflection"
    refused = he.post(address, data={"action": "finish", "body": RISKY})

    asked = he.post(address, data={"action": "ask", "body": RISKY, "asking": "是谜。"})

    assert refused.status_code == 422
    assert "请老师放行" in refused.text
    assert asked.status_code == 302
    (hold,) = session().scalars(sa.select(Hold))
    own = session().scalars(sa.select(Reflection)).one()
    assert own.is_draft
    assert "在等老师放行" in he.get(address).text
    assert "在等老师放行" in he.get(f"/books/{book.id}").text
    for stranger in ("teacher_ht", "secretary_bj", "xiaomai"):
        with pytest.raises(NotPermitted):
            holding.release(hold, by=cast.actor(stranger))
    holding.release(hold, words="很好。", by=cast.actor("teacher_bj"))

    session().refresh(own)
    assert (own.is_draft, own.envelope, own.body) == (False, Envelope.OPEN, RISKY)
    assert [entry.move for entry in trail.of(own)] == ["finish reflection", "release"]
    page = he.get(f"/books/{book.id}").text
    assert "很好。" in page
    assert "老师也可以看" in page
    assert NUMBER not in as_("xiaomai").get(f"/books/{book.id}").text
    reflections.finish(book, body="我的。", envelope=Envelope.SEALED, by=cast.actor("xiaomai"))
    assert NUMBER in as_("xiaomai").get(f"/books/{book.id}").text


def test_a_reflection_that_is_changed_takes_its_request_back(cast: Cast, book: SharedBook) -> None:
    he = cast.actor("xiaohe")
    hold, _worries = reflections.ask(book, body=RISKY, envelope=Envelope.SEALED, by=he)

    reflections.save(book, body=RISKY, envelope=Envelope.OPEN, by=he)
    still = hold.state
    reflections.save(book, body=RISKY, envelope=Envelope.OPEN, chosen=[kept_photo(cast)], by=he)
    second, _worries = reflections.ask(book, body=RISKY, envelope=Envelope.SEALED, by=he)
    holding.send_back(second, words="数字拿掉。", by=cast.actor("teacher_bj"))
    third, _worries = reflections.ask(book, body=RISKY, envelope=Envelope.SEALED, by=he)
    reflections.finish(book, body="是一个谜。", envelope=Envelope.SEALED, by=he)

    assert still is HoldState.ASKED
    assert [one.state for one in (hold, second, third)] == [
        HoldState.WITHDRAWN,
        HoldState.RETURNED,
        HoldState.WITHDRAWN,
    ]
    own = queries.reflections_of(book)[he.person_id or 0]
    assert (own.is_draft, own.envelope) == (False, Envelope.SEALED)
    with pytest.raises(Invalid, match="没有要放行的"):
        reflections.ask(agreed(cast, title="又一本"), body="好话", envelope=Envelope.SEALED, by=he)
    with pytest.raises(NotPermitted):
        reflections.ask(book, body=RISKY, envelope=Envelope.SEALED, by=cast.actor("xiaolin"))
    assert not access.may(cast.actor("teacher_bj"), Permission.Hold.READ, third)
