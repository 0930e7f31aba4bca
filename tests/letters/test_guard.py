"""A machine checks before sending, on the author's side: mend it, or ask a teacher to release it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.letters import guarding, releasing, services
from penpal.letters.models import Envelope, Letter
from penpal.letters.paper import FIRST_SHEET
from penpal.letters.states import LetterState
from penpal.safeguarding import hold_queries, holding
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.models import Report
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import BODY, KEY, composed, save, send

NUMBER = "13812345678"
RISKY = f"小麦：\n\n😀我妈妈的手机是 {NUMBER}，你打给我吧。\n\n小禾"
SAD = "小麦：\n\n这几天我真的不想活了。\n\n小禾"
JSON = {"Accept": "application/json"}


def post(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post("/letters", data=composed(action="send", body=RISKY) | changes)


def letters() -> list[Letter]:
    return session().query(Letter).order_by(Letter.id).all()


def ask(cast: Cast, who: str = "xiaohe", *, body: str = RISKY, words: str = "") -> Hold:
    return releasing.ask(
        cast.pair(),
        key=KEY,
        body=body,
        envelope=Envelope.SEALED,
        revision=0,
        stationery=FIRST_SHEET,
        words=words,
        by=cast.actor(who),
    )


def test_what_endangers_a_child_is_not_sent_and_no_word_is_lost(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    refused = post(xiaohe)
    again = xiaohe.get("/letters/new")

    assert refused.status_code == 422
    assert "像是手机号" in refused.text
    assert f"<mark>{NUMBER}</mark>" in refused.text
    assert "看错了，或者想留着" in refused.text
    (draft,) = letters()
    assert (draft.state, draft.body) == (LetterState.DRAFT, RISKY)
    assert "像是手机号" in xiaohe.get(again.location).text
    assert NUMBER not in as_("xiaomai").get("/letters").text
    answer = xiaohe.post("/letters", data=composed(action="send", body=RISKY), headers=JSON)
    assert answer.status_code == 422
    assert "先看一看" in answer.json["fields"]["body"]
    with pytest.raises(guarding.Screened):
        send(cast, body=RISKY)
    with pytest.raises(NotPermitted):
        send(cast, "xiaolin", body=RISKY)


def test_each_finding_is_taken_out_by_a_button_of_its_own(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")
    post(xiaohe)

    mended = post(xiaohe, take_out=NUMBER, revision="1")
    nothing = post(xiaohe, take_out="槐树", body=BODY, key="another-key-here")
    sent = post(xiaohe, body=letters()[0].body, revision="2")

    assert mended.status_code == nothing.status_code == 302
    assert letters()[1].body == BODY
    assert sent.status_code == 302
    assert letters()[0].state is LetterState.DELIVERED
    assert letters()[0].body == RISKY.replace(NUMBER, "")


def test_an_author_asks_a_teacher_and_the_letter_waits_unseen(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    asked = post(xiaohe, action="ask", asking="这是图书馆的号码。")
    page = xiaohe.get(asked.location).text
    again = post(xiaohe, revision="1")

    hold = hold_queries.running("letter", letters()[0].id)
    assert hold is not None
    assert (hold.text, hold.words) == (RISKY, "这是图书馆的号码。")
    assert hold.findings[0][0] == "phone_mobile"
    assert "这封信在等老师放行" in page
    assert "在等老师放行" in xiaohe.get("/letters").text
    assert "在等老师放行" in xiaohe.get("/").text
    assert again.status_code == 422
    assert "不用再寄一次" in again.text
    assert letters()[0].is_sealed
    for stranger in ("xiaomai", "xiaolin"):
        seen = as_(stranger)
        assert "老师放行" not in seen.get("/letters").text
        assert seen.get(f"/letters/{letters()[0].id}").status_code == 404
        assert seen.post(f"/letters/{letters()[0].id}/asking/withdrawal").status_code in (403, 404)
    assert [entry.move for entry in trail.of(hold)] == ["ask for release"]


def test_what_a_teacher_releases_is_delivered_open_and_says_so(as_: SignedIn, cast: Cast) -> None:
    hold = ask(cast)

    holding.release(hold, by=cast.actor("teacher_bj"))

    letter = letters()[0]
    assert (letter.state, letter.envelope) == (LetterState.DELIVERED, Envelope.OPEN)
    assert "老师放行了，信已经送到" in as_("xiaohe").get(f"/letters/{letter.id}").text
    assert "老师放行的明信片" in as_("xiaohe").get("/letters").text
    assert "老师放行" not in as_("xiaomai").get("/letters").text
    assert "你打给我吧" in as_("teacher_bj").get(f"/letters/{letter.id}").text
    # The page that asked may not have heard of it, and sends what it knows once more.
    assert send(cast, body=RISKY).id == letter.id
    with pytest.raises(IllegalMove):
        releasing.take_back(letter, by=cast.actor("xiaohe"))


def test_other_words_take_the_request_back_and_say_so(as_: SignedIn, cast: Cast) -> None:
    hold = ask(cast)
    xiaohe = as_("xiaohe")
    address = f"/letters/drafts/{KEY}"

    same = xiaohe.put(address, data=composed(body=RISKY, revision="1", paper="grid"))
    other = xiaohe.put(address, data=composed(body=RISKY + "！", revision="2"))

    assert (same.json["taken_back"], other.json["taken_back"]) == (False, True)
    assert session().get_one(Hold, hold.id).state is HoldState.WITHDRAWN
    second = ask(cast, body=RISKY + "！")
    assert xiaohe.post(f"/letters/{letters()[0].id}/asking/withdrawal").status_code == 302
    assert session().get_one(Hold, second.id).state is HoldState.WITHDRAWN
    assert xiaohe.post(f"/letters/{letters()[0].id}/asking/withdrawal").status_code == 409
    third = ask(cast, body=RISKY + "！")
    services.discard(letters()[0], by=cast.actor("xiaohe"))
    assert session().get_one(Hold, third.id).state is HoldState.WITHDRAWN
    with pytest.raises(NotPermitted):
        holding.release(third, by=cast.actor("teacher_bj"))


def test_a_mended_letter_goes_at_once_though_the_other_words_waited(cast: Cast) -> None:
    hold = ask(cast)

    letter = send(cast)

    assert (letter.state, letter.envelope) == (LetterState.DELIVERED, Envelope.SEALED)
    assert session().get_one(Hold, hold.id).state is HoldState.WITHDRAWN


def test_a_letter_that_came_back_shows_what_the_teacher_wrote(as_: SignedIn, cast: Cast) -> None:
    hold = ask(cast)
    holding.send_back(hold, words="把号码拿掉就好。", by=cast.actor("teacher_bj"))

    page = as_("xiaohe").get(f"/letters/{hold.item_id}/edit").text

    assert "老师写了一句话，改一改就能寄出" in page
    assert "把号码拿掉就好。" in page
    assert "老师写了一句话" in as_("xiaohe").get("/letters").text


def test_nobody_asks_for_what_needs_no_release_or_is_not_theirs(as_: SignedIn, cast: Cast) -> None:
    nothing = post(as_("xiaohe"), action="ask", body=BODY)

    assert nothing.status_code == 422
    assert "直接寄出就行" in nothing.text
    for stranger in ("xiaolin", "teacher_bj"):
        with pytest.raises(NotPermitted):
            ask(cast, stranger)
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    with pytest.raises(NotPermitted):
        ask(cast)
    assert letters() == []


def test_self_harm_words_never_block_show_help_and_tell_of_a_worry_without_quoting(
    as_: SignedIn, cast: Cast
) -> None:
    xiaohe = as_("xiaohe")
    save(cast, body=SAD)

    writing = xiaohe.get(f"/letters/{letters()[0].id}/edit").text
    sent = post(xiaohe, body=SAD, revision="1")
    after = xiaohe.get(sent.location).text

    assert sent.status_code == 302
    for page in (writing, after):
        help_ = page.split("data-found-help")[1][:12]
        assert "hidden" not in help_
        assert "12356" in page
        assert "010-82951332" in page
    assert "信里的话不会转给老师" in after
    assert letters()[0].is_sealed
    (worry,) = session().query(Report).all()
    assert worry.reporter_id == cast.person("xiaohe").id
    assert "不想活" not in "".join([worry.words, worry.about_label, worry.words_html])
    assert "010-82951332" not in as_("xiaomai").get("/help").text


def test_the_guard_answers_while_one_writes_and_keeps_nothing(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    said = xiaohe.post("/screening", data={"text": RISKY, "context": "letter"})
    harmless = xiaohe.post("/screening", data={"text": BODY, "context": "nothing known"})

    (note,) = said.json["notes"]
    assert RISKY[note["start"] : note["end"]] == note["quote"]
    assert NUMBER in note["quote"]
    assert note["names"] == ["像是手机号"]
    assert harmless.json == {"notes": []}
    assert xiaohe.post("/screening", data={"text": "字" * 20_001}).status_code == 422
    for stranger in ("xiaoman", "teacher_bj"):
        refused = as_(stranger).post("/screening", data={"text": RISKY})
        assert refused.status_code in (302, 403)
        assert "notes" not in refused.text
    assert letters() == []
