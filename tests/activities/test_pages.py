"""The pages of doing one thing together, as browsers without scripts use them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from penpal.activities import queries, recording, services
from penpal.activities.models import Activity
from penpal.activities.states import ActivityState, IdeaKind, Seal
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.safeguarding import services as reports
from penpal.safeguarding.evidence_models import Evidence
from penpal.safeguarding.models import Addressee
from tests.activities.doing import agreed, done, finish, propose
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted

DAY = (clock.today() + timedelta(days=9)).isoformat()
PROPOSAL = {
    "key": "key-from-the-page",
    "idea": "drawing",
    "title": "窗外",
    "plan": "画从座位望出去的样子。",
    "do_by": DAY,
}


def newest() -> Activity:
    return session().query(Activity).order_by(Activity.id.desc()).limit(1).one()


def post(browser: FlaskClient, address: str, **fields: object) -> str:
    """Send a form and read the page that it leads to."""
    answer = browser.post(address, data=fields, follow_redirects=True)
    assert answer.status_code == 200, (address, answer.status, answer.text[:400])
    return answer.text


def photo() -> tuple[BytesIO, str]:
    kept = BytesIO()
    Image.new("RGB", (640, 480), "#22304d").save(kept, "JPEG")
    return BytesIO(kept.getvalue()), "sky.jpg"


def test_two_do_a_thing_together_from_the_first_word_to_the_end(cast: Cast, as_: SignedIn) -> None:
    he, mai = as_("xiaohe"), as_("xiaomai")

    assert "告诉小麦了" in post(he, "/together", **PROPOSAL)
    here = f"/together/{newest().id}"
    changed = PROPOSAL | {"title": "下雨的窗外", "version": "1"}
    assert "下雨的窗外" in post(mai, f"{here}/wording", **changed)
    assert mai.post(f"{here}/nod", data={"version": "2"}).status_code == 403
    assert he.post(f"{here}/nod", data={"version": "1"}).status_code == 409
    assert "等雨停" in post(mai, f"{here}/words", key="key-of-a-word", words="要不要等雨停？")
    assert "约好了" in post(he, f"{here}/nod", version="2")
    kept = post(
        he, f"{here}/record", action="save", text="写了一半", revision="0", photos="shown",
        photo=photo(),
    )  # fmt: skip
    assert "写了一半" in kept
    assert 'name="photo_id"' in kept
    assert "写了一半" not in mai.get(here).text
    finished = {"action": "finish", "text": "雨停了，窗上还有水珠。", "revision": "9"}
    assert "雨停了" in post(he, f"{here}/record", **finished)
    waiting = mai.get(here).text
    assert "小禾做完了。等你也做完" in waiting
    assert "雨停了" not in waiting
    both = post(mai, f"{here}/record", action="finish", text="我这边出太阳了。", gave="想晒被子")
    assert "雨停了" in both
    assert "想晒被子" in he.get(here).text
    assert "<img" in both.split("dip__photo")[1]
    post(he, f"{here}/showing", to="classes")
    assert "小禾选了这个" in mai.get(here).text
    post(mai, f"{here}/showing", to="classes")

    assert newest().state is ActivityState.SHARED
    shown = as_("teacher_ht").get(here).text
    assert "雨停了" in shown
    assert "班主任看过你这一份" in he.get(here).text
    assert "要不要等雨停" not in shown
    for who in ("xiaolin", "xiaoyuan", "teacher_tj", "secretary_bj", "editor"):
        assert as_(who).get(here).status_code in (403, 404), who


def test_what_is_to_be_mended_is_said_and_nothing_typed_is_lost(cast: Cast, as_: SignedIn) -> None:
    he = as_("xiaohe")
    number = "加我微信 abc12345"

    refused = he.post("/together", data=PROPOSAL | {"plan": number, "do_by": ""})
    activity = agreed(cast)
    record = he.post(
        f"/together/{activity.id}/record",
        data={"action": "finish", "text": number, "gave": "很多", "seal": "open"},
    )
    line = he.post(f"/together/{activity.id}/words", data={"key": "a-word-key", "words": number})

    for answer in (refused, record, line):
        assert answer.status_code == 422
        assert "abc12345" in answer.text
        assert "微信" in answer.text
    assert "窗外" in refused.text
    assert "很多" in record.text


def test_whoever_sounds_desperate_is_shown_where_help_is_and_the_record_is_kept(
    cast: Cast, as_: SignedIn
) -> None:
    activity = agreed(cast)

    answer = as_("xiaohe").post(
        f"/together/{activity.id}/record", data={"action": "finish", "text": "我不想活了"}
    )

    assert answer.location == "/help"
    assert queries.records_of(activity, cast.actor("xiaohe"))


def test_a_teacher_finds_what_students_let_them_see_and_their_themes(
    cast: Cast, as_: SignedIn
) -> None:
    open_ = agreed(cast)
    finish(cast, open_, seal=Seal.OPEN)
    done(cast, key="key-of-a-sealed-one")
    class_id = cast.unit("bj-class").id
    post(as_("xiaohe"), "/together/themes", key="key-of-theme", idea="essay", title="老槐树")
    page = f"/classes/{class_id}/together"

    listed = as_("teacher_bj").get(page).text
    theme = listed.split('id="theme-')[1].split('"')[0]

    assert listed.count(f'href="/together/{open_.id}"') == 1
    assert listed.count('href="/together/') == 1
    assert as_("teacher_bj").post(f"/themes/{theme}/removal").status_code == 422
    assert "开放给两所学校了" in post(as_("teacher_bj"), f"/themes/{theme}/opening")
    assert "北京的一位同学" in as_("xiaomai").get("/together/others").text
    for who in ("teacher_ht", "secretary_bj", "xiaohe"):
        assert as_(who).get(page).status_code in (403, 404), who


def test_what_others_do_is_told_in_numbers_without_names(cast: Cast, as_: SignedIn) -> None:
    agreed(cast, idea=IdeaKind.RADIO, title="一首没人听过的歌")
    propose(cast, key="not-agreed-yet", idea=IdeaKind.CLUB)

    page = as_("xiaolin").get("/together/others").text

    assert "给学校广播站写一篇稿" in page
    assert "不到 5 对小伙伴" in page
    assert "参加一个社团" not in page
    for name in ("一首没人听过的歌", "小禾", "小麦"):
        assert name not in page


@pytest.mark.parametrize("kind", ["activity", "activity_word", "activity_record"])
def test_what_hurts_is_told_in_two_taps_and_frozen(cast: Cast, as_: SignedIn, kind: str) -> None:
    activity = agreed(cast)
    word = services.talk(activity, key="a-word-key", words="你真慢", by=cast.actor("xiaomai"))
    record = finish(cast, activity, "xiaomai")
    unshared = as_("xiaohe").get(f"/tell?about=activity_record:{record.id}").text
    recording.share(record, by=cast.actor("xiaomai"))
    number = {"activity": activity.id, "activity_word": word.id, "activity_record": record.id}[kind]

    asked = as_("xiaohe").get(f"/tell?about={kind}:{number}").text
    report = reports.tell(
        key="told-of-a-thing",
        words="",
        addressee=Addressee.TEACHER,
        about=(kind, number, "小麦的一句话"),
        by=cast.actor("xiaohe"),
    )

    assert "小麦" not in unshared
    assert "小麦" in asked
    frozen = session().query(Evidence).one()
    assert frozen.report_id == report.id
    assert frozen.is_sealed


@pytest.mark.parametrize("address", ["/together", "/together/others"])
def test_lists_take_a_constant_number_of_queries(cast: Cast, as_: SignedIn, address: str) -> None:
    browser = as_("xiaohe")
    done(cast, key="first-of-them")
    propose(cast, key="waiting-first")
    browser.get(address)
    with counted() as few:
        assert browser.get(address).status_code == 200

    for number in range(6):
        done(cast, key=f"more-of-them-{number}")
    with counted() as many:
        assert browser.get(address).status_code == 200

    assert len(many) == len(few) <= 5


def test_a_page_that_was_gone_back_to_takes_no_new_words_behind_its_old_key(
    cast: Cast, as_: SignedIn
) -> None:
    he = as_("xiaohe")
    post(he, "/together", **PROPOSAL)
    here = f"/together/{newest().id}"
    post(he, f"{here}/words", key="key-of-a-word", words="要不要等雨停？")
    theme = {"key": "key-of-a-theme", "idea": "essay", "title": "我的窗外", "words": "写写看"}
    post(he, "/together/themes", **theme)

    again = (
        he.post("/together", data=PROPOSAL | {"title": "屋檐", "plan": "后来想到的计划"}),
        he.post(f"{here}/words", data={"key": "key-of-a-word", "words": "后来想到的话"}),
        he.post("/together/themes", data=theme | {"words": "后来想到的题目"}),
    )

    for answer, words in zip(again, ("计划", "话", "题目"), strict=True):
        assert answer.status_code == 409
        assert f"后来想到的{words}" in answer.text
    assert 'value="key-from-the-page"' not in again[0].text
    assert 'value="key-of-a-theme"' not in again[2].text
    assert "要不要等雨停" in post(he, f"{here}/words", key="key-of-a-word", words="要不要等雨停？")


def test_a_partner_who_leaves_meanwhile_costs_nobody_what_they_wrote(
    cast: Cast, as_: SignedIn
) -> None:
    activity = agreed(cast)
    services.step_out(activity, by=cast.actor("xiaomai"))

    answer = as_("xiaohe").post(
        f"/together/{activity.id}/record", data={"text": "写了很久的一篇", "gave": "很多"}
    )

    assert answer.status_code == 409
    assert "写了很久的一篇" in answer.text
