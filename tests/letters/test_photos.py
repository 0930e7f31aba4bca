"""Photos in letters: kept with the draft, sent once with the words, seen by whoever reads the letter."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from werkzeug.test import TestResponse

from penpal.kernel import access
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotPermitted
from penpal.letters import enclosing, queries, releasing, services
from penpal.letters.models import Envelope, Letter
from penpal.media import services as media
from penpal.media.models import Photo
from penpal.media.services import Chosen
from penpal.safeguarding import hold_queries
from penpal.safeguarding.models import Report, ReportKind
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted
from tests.letters.writing import BODY, KEY, composed

PHONE = "我妈妈的手机是 13800001111"


def drawn(colour: str = "#805020", size: tuple[int, int] = (60, 40)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    return made.getvalue()


def keep(cast: Cast, key: str = "photo-one", who: str = "xiaohe", colour: str = "#805020") -> Photo:
    return media.keep(drawn(colour), key=key, by=cast.actor(who))


def save(cast: Cast, *photos: Chosen, **how: object) -> services.Saved:
    words = {"key": KEY, "body": BODY, "envelope": Envelope.SEALED, "revision": 0} | how
    return services.save_draft(cast.pair(), photos=photos, by=cast.actor("xiaohe"), **words)  # type: ignore[arg-type]


def send(cast: Cast, *photos: Chosen, **how: object) -> Letter:
    words = {"key": KEY, "body": BODY, "envelope": Envelope.SEALED} | how
    return services.send(cast.pair(), photos=photos, by=cast.actor("xiaohe"), **words)  # type: ignore[arg-type]


def addresses(page: str) -> list[str]:
    return re.findall(r"/photos/[\w.-]+", page)


def shown(letter: Letter) -> list[tuple[int, str]]:
    return [(picture.id, picture.description) for picture in enclosing.of(letter)]


def test_a_form_without_scripts_brings_photos_and_the_partner_sees_them(
    as_: SignedIn, cast: Cast
) -> None:
    xiaohe, xiaomai = as_("xiaohe"), as_("xiaomai")
    files = [(io.BytesIO(drawn("#802020")), "a.jpg"), (io.BytesIO(drawn("#208020")), "b.jpg")]
    fresh = composed(photos="shown", action="save")

    kept = xiaohe.post("/letters", data=fresh | {"photo": files})
    page = xiaohe.get(kept.location).text
    first, second = re.findall(r'name="photo_id" value="(\d+)"', page)
    sent = xiaohe.post(
        "/letters",
        data=composed(photos="shown", action="send", revision="2")
        | {"photo_id": [second, first], f"photo_description_{second}": " 院子里的葡萄 "},
    )
    closed = xiaomai.get(sent.location).text
    xiaomai.post(f"{sent.location}/opening")
    opened = xiaomai.get(sent.location).text

    letter = session().get_one(Letter, int(sent.location.rsplit("/", 1)[1]))
    assert shown(letter) == [(int(second), "院子里的葡萄"), (int(first), "")]
    assert not addresses(closed)
    assert "随信附了 2 张照片" in opened
    assert 'alt="院子里的葡萄"' in opened
    assert 'alt="小禾的照片，第 2 张"' in opened
    answer = xiaomai.get(addresses(opened)[0])
    assert answer.status_code == 200
    assert str(answer.mimetype).startswith("image/")
    assert as_("xiaolin").get(addresses(opened)[0]).status_code == 404
    assert "2 张照片" in xiaomai.get("/letters").text


def test_an_envelope_that_is_still_closed_shows_its_photos_to_nobody_else(cast: Cast) -> None:
    photo = keep(cast)
    letter = send(cast, Chosen(photo.id, "核桃"))
    seen_by = {
        who: session().scalar(access.visible(Photo, cast.actor(who)).where(Photo.id == photo.id))
        for who in ("xiaohe", "xiaomai", "xiaolin", "teacher_bj", "teacher_ht", "secretary_bj")
    }

    services.open_(letter, by=cast.actor("xiaomai"))

    assert [who for who, seen in seen_by.items() if seen] == ["xiaohe"]
    of_partner = access.visible(Photo, cast.actor("xiaomai")).where(Photo.id == photo.id)
    assert session().scalar(of_partner) is not None


def test_a_postcard_shows_its_photos_to_the_teacher_who_may_read_along(
    as_: SignedIn, cast: Cast
) -> None:
    letter = send(cast, Chosen(keep(cast).id, "核桃"), envelope=Envelope.OPEN)

    page = as_("teacher_bj").get(f"/letters/{letter.id}").text
    in_queue = as_("teacher_bj").get(f"/queue/postcard/{letter.id}").text

    assert 'alt="核桃"' in page
    assert 'alt="核桃"' in in_queue
    assert as_("teacher_bj").get(addresses(page)[0]).status_code == 200
    assert as_("teacher_ht").get(addresses(page)[0]).status_code == 404


def test_a_draft_keeps_its_photos_and_gives_them_up(as_: SignedIn, cast: Cast) -> None:
    one, two = keep(cast), keep(cast, "photo-two")

    letter = save(cast, Chosen(one.id, PHONE), Chosen(two.id, "")).letter
    with_words_only = services.save_draft(
        cast.pair(), key=KEY, body=BODY + "。", envelope=Envelope.SEALED, revision=2,
        by=cast.actor("xiaohe"),
    )  # fmt: skip
    listed = queries.mailbox(cast.pair(), cast.actor("xiaohe")).rows[0]
    page = as_("xiaohe").get(f"/letters/{letter.id}/edit").text

    # A draft keeps what was typed, whatever it is; a form that does not ask for photos leaves them.
    assert shown(with_words_only.letter) == [(one.id, PHONE), (two.id, "")]
    assert listed.photos == 2
    assert PHONE in page
    save(cast, Chosen(two.id, ""), revision=3, body=BODY)
    assert shown(letter) == [(two.id, "")]
    assert session().get_one(Photo, one.id).is_loose
    services.discard(letter, by=cast.actor("xiaohe"))
    assert session().get_one(Photo, two.id).is_loose


def test_nobody_encloses_the_photo_of_somebody_else(as_: SignedIn, cast: Cast) -> None:
    theirs = keep(cast, who="xiaomai")

    with pytest.raises(Invalid):
        save(cast, Chosen(theirs.id, ""))
    answer = as_("xiaohe").post(
        "/letters", data=composed(photos="shown", photo_id=str(theirs.id), action="send")
    )

    assert answer.status_code == 422
    assert "老槐树" in answer.text
    assert addresses(answer.text) == []
    assert session().get_one(Photo, theirs.id).is_loose
    with pytest.raises(NotPermitted):
        media.keep(drawn(), key="photo-of-staff", by=cast.actor("editor"))


def test_a_letter_is_sent_once_with_its_photos(cast: Cast) -> None:
    one, two = keep(cast), keep(cast, "photo-two")
    letter = send(cast, Chosen(one.id, " 核桃 "))

    again = send(cast, Chosen(one.id, "核桃"))

    assert again.id == letter.id
    for other in ((), (Chosen(one.id, "别的"),), (Chosen(one.id, "核桃"), Chosen(two.id, ""))):
        with pytest.raises(Conflict):
            send(cast, *other)
        with pytest.raises(Conflict):
            save(cast, *other)
    assert shown(letter) == [(one.id, "核桃")]


def test_what_endangers_is_found_in_what_is_said_of_a_photo(as_: SignedIn, cast: Cast) -> None:
    photo = keep(cast)
    xiaohe = as_("xiaohe")
    fields = {"photos": "shown", "photo_id": str(photo.id)}

    refused = xiaohe.post(
        "/letters",
        data=composed(action="send", **fields, **{f"photo_description_{photo.id}": PHONE}),
    )
    in_json = xiaohe.post(
        "/letters",
        data=composed(action="send", **fields, **{f"photo_description_{photo.id}": PHONE}),
        headers={"Accept": "application/json"},
    )
    despair = composed(
        action="send", **fields, **{f"photo_description_{photo.id}": "这是我，我不想活了"}
    )
    sent = xiaohe.post("/letters", data=despair)

    assert refused.status_code == in_json.status_code == 422
    assert f'id="photo-{photo.id}-error"' in refused.text
    assert PHONE in refused.text
    assert f"photo_description_{photo.id}" in told(in_json)["fields"]
    # Words of despair are never in the way: help is shown, and the school hears of a worry.
    assert sent.status_code == 302
    assert "help=1" in sent.location
    assert [report.kind for report in session().scalars(sa.select(Report))] == [ReportKind.WORRY]


def test_two_drafts_of_one_letter_keep_both_their_photos(as_: SignedIn, cast: Cast) -> None:
    one, two = keep(cast), keep(cast, "photo-two")
    first = save(cast, Chosen(one.id, "核桃")).letter
    save(cast, Chosen(one.id, "核桃"), Chosen(two.id, ""), body=BODY + "别处写的。", revision=1)

    forked = save(cast, Chosen(one.id, "我的核桃"), body=BODY + "这里写的。", revision=1)
    again = save(cast, Chosen(one.id, "我的核桃"), body=BODY + "这里写的。", revision=1)
    page = as_("xiaohe").get(f"/letters/{forked.letter.id}/beside").text

    assert forked.forked
    assert again.letter.id == forked.letter.id
    assert shown(first) == [(one.id, "核桃"), (two.id, "")]
    ((doubled, words),) = shown(forked.letter)
    assert (doubled != one.id, words) == (True, "我的核桃")
    assert session().get_one(Photo, doubled).digest == one.digest
    assert page.count('class="print"') == 3
    services.choose(
        forked.letter,
        over=first,
        seen={each.id: each.revision for each in (forked.letter, first)},
        by=cast.actor("xiaohe"),
    )
    assert shown(forked.letter) == [(doubled, "我的核桃")]


def test_other_photos_with_the_same_words_are_another_draft(cast: Cast) -> None:
    one, two = keep(cast), keep(cast, "photo-two")
    first = save(cast, Chosen(one.id, "")).letter
    save(cast, Chosen(one.id, "在别处写了说明"), revision=1)

    forked = save(cast, Chosen(two.id, ""), revision=1)
    sent = send(cast, Chosen(two.id, ""), revision=1)

    assert forked.forked
    # What was written elsewhere is set aside with its photos, under a key of its own.
    assert sent.id == first.id
    assert [words for _id, words in shown(sent)] == [""]
    aside = session().scalars(sa.select(Letter).where(Letter.key != KEY)).all()
    assert [words for each in aside for _id, words in shown(each)] == ["在别处写了说明"]


def test_other_photos_take_a_request_for_release_back(as_: SignedIn, cast: Cast) -> None:
    one, two = keep(cast), keep(cast, "photo-two")
    asked: dict[str, Any] = {"key": KEY, "body": f"{BODY}\n{PHONE}", "envelope": Envelope.SEALED}
    hold = releasing.ask(
        cast.pair(), **asked, revision=0, photos=[Chosen(one.id, "核桃")], by=cast.actor("xiaohe")
    )
    teacher = as_("teacher_bj")

    page = teacher.get(f"/queue/hold/{hold.id}").text
    seen = teacher.get(addresses(page)[0]).status_code
    saved = save(cast, Chosen(two.id, "换了"), **asked | {"revision": 2})

    assert 'alt="核桃"' in page
    assert seen == 200
    assert saved.taken_back
    assert hold_queries.running("letter", saved.letter.id) is None
    assert teacher.get(addresses(page)[0]).status_code == 404


def test_paper_has_the_photos_too(as_: SignedIn, cast: Cast) -> None:
    other = keep(cast, "photo-two", colour="#204080")
    photos = [Chosen(keep(cast).id, "一盘核桃"), Chosen(other.id, "")]
    letter = send(cast, *photos)
    xiaohe = as_("xiaohe")

    page = xiaohe.get(f"/letters/{letter.id}/print").text
    all_ = xiaohe.get("/letters/print").text
    columns = xiaohe.get(f"/letters/{letter.id}/print?way=columns").text
    made = {
        way: PdfReader(io.BytesIO(xiaohe.get(f"/letters/{letter.id}/print.pdf?way={way}").data))
        for way in ("rows", "columns")
    }

    for drawn_page in (page, all_, columns):
        assert drawn_page.count('class="print"') == 2
        assert 'loading="lazy"' not in drawn_page
    for reader in made.values():
        assert sum(len(sheet.images) for sheet in reader.pages) == 2
        assert "一盘核桃" in "".join(sheet.extract_text() for sheet in reader.pages)


def test_the_mailbox_asks_no_more_for_letters_with_photos(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")
    xiaohe.get("/letters")
    with counted() as without:
        xiaohe.get("/letters")
    for number in range(3):
        send(cast, Chosen(keep(cast, f"photo-{number}-x").id, ""), key=f"key-number-{number}")

    with counted() as asked:
        page = xiaohe.get("/letters").text

    assert page.count("1 张照片") == 3
    assert len(asked) == len(without)


def told(answer: TestResponse) -> Any:
    return answer.get_json()


def upload(client: FlaskClient, key: str, content: bytes) -> TestResponse:
    return client.post("/photos", data={"key": key, "photo": (io.BytesIO(content), "a.jpg")})


def test_what_the_composer_sends_in_the_background_is_one_photo(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    first, second = (upload(xiaohe, "made-by-the-page", drawn()) for _turn in range(2))
    saved = xiaohe.put(
        f"/letters/drafts/{KEY}",
        data=composed(photos="shown", photo_id=str(told(first)["id"])),
    )

    assert told(first)["id"] == told(second)["id"]
    assert saved.status_code == 200
    letter = queries.of_key(cast.person("xiaohe").id, KEY)
    assert letter is not None
    assert shown(letter) == [(told(first)["id"], "")]
