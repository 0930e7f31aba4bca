"""What the guard objects to in a thing done together: asked for, released open, or mended."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.activities import recording, services, word_asking
from penpal.activities.models import Activity, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import ActivityState, Seal
from penpal.activities.typed import Written
from penpal.demo import pictures
from penpal.kernel import clock, trail
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted, Objected
from penpal.media import queries as photos
from penpal.media import services as media
from penpal.media.services import Chosen
from penpal.safeguarding import blocking, holding, items, queue
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from tests.activities.doing import agreed, finish, propose
from tests.cast import Cast
from tests.conftest import SignedIn

NUMBER = "13812345678"
RISKY = f"墙上画着 {NUMBER}，是一道谜。"
KEY = "key-of-the-line"


def ask_for_line(cast: Cast, activity: Activity, *, words: str = RISKY, key: str = KEY) -> Hold:
    return word_asking.ask(activity, key=key, words=words, by=cast.actor("xiaohe"))[0]


def lines() -> list[str]:
    return list(session().scalars(sa.select(ActivityWord.text).order_by(ActivityWord.id)))


def test_a_line_waits_unseen_and_is_said_open_once_it_is_released(
    cast: Cast, as_: SignedIn
) -> None:
    activity = propose(cast)
    he, here = as_("xiaohe"), f"/together/{activity.id}"
    typed = {"key": KEY, "words": RISKY}

    refused = he.post(f"{here}/words", data=typed)
    asked = he.post(f"{here}/words", data=typed | {"action": "ask", "asking": "是谜。"})

    assert refused.status_code == 422
    assert "请老师放行" in refused.text
    assert f'value="{KEY}"' in refused.text
    assert asked.status_code == 302
    (hold,) = session().scalars(sa.select(Hold))
    assert (hold.text, hold.words) == (RISKY, "是谜。")
    assert lines() == []
    assert "在等老师放行" in he.get(here).text
    for who in ("xiaomai", "teacher_ht"):
        assert NUMBER not in as_(who).get(here).text
    for stranger in ("teacher_ht", "secretary_bj", "xiaohe"):
        with pytest.raises(NotPermitted):
            holding.release(hold, by=cast.actor(stranger))
    said = queue.decide(
        "hold", hold.id, "release", {"words": "有意思。"}, by=cast.actor("teacher_bj")
    )

    word = session().scalars(sa.select(ActivityWord)).one()
    assert "放进去了" in str(said)
    assert (word.text, word.is_open) == (RISKY, True)
    assert [entry.move for entry in trail.of(word)] == ["release"]
    content = items.read("activity_word", word.id)
    assert content is not None
    assert not content.is_sealed
    assert "有意思。" in he.get(here).text
    theirs = as_("xiaomai").get(here).text
    assert RISKY in theirs
    assert "老师也可以看" in theirs
    assert "有意思。" not in theirs
    with pytest.raises(IllegalMove):
        ask_for_line(cast, activity)


def test_a_line_that_came_back_is_taken_up_again_with_its_key(cast: Cast, as_: SignedIn) -> None:
    activity = propose(cast)
    hold = ask_for_line(cast, activity)
    holding.send_back(hold, words="数字不说。", by=cast.actor("teacher_bj"))
    he, here = as_("xiaohe"), f"/together/{activity.id}"

    page = he.get(here).text
    mending = he.get(f"{here}?held={hold.item_id}").text
    mended = he.post(f"{here}/words", data={"key": KEY, "words": "墙上画着一道谜。"})

    assert "数字不说。" in page
    assert f'value="{RISKY}"' in mending
    assert f'value="{KEY}"' in mending
    assert mended.status_code == 302
    assert lines() == ["墙上画着一道谜。"]
    assert session().scalars(sa.select(HeldText)).all() == []


def test_what_is_over_or_harmless_is_not_asked_for(cast: Cast) -> None:
    activity = propose(cast)
    with pytest.raises(Invalid, match="没有要放行的"):
        ask_for_line(cast, activity, words="一句好话。")
    for stranger in ("xiaolin", "teacher_bj"):
        with pytest.raises(NotPermitted):
            word_asking.ask(activity, key=KEY, words=RISKY, by=cast.actor(stranger))
    hold = ask_for_line(cast, activity)
    services.withdraw(activity, by=cast.actor("xiaomai"))

    with pytest.raises(IllegalMove):
        holding.release(hold, by=cast.actor("teacher_bj"))
    with pytest.raises(IllegalMove):
        ask_for_line(cast, activity, key="another-key-here")

    assert lines() == []


def test_a_record_waits_as_a_draft_and_is_done_open_when_released(
    cast: Cast, as_: SignedIn
) -> None:
    activity = agreed(cast)
    finish(cast, activity, "xiaomai", text="太阳停在白杨树中间。")
    photo = media.keep(pictures.of("beijing"), key="key-of-photo", by=cast.actor("xiaohe"))
    he, here = as_("xiaohe"), f"/together/{activity.id}"
    typed = {
        "text": "看这张。",
        "photos": "shown",
        "photo_id": str(photo.id),
        f"photo_description_{photo.id}": f"墙上的 {NUMBER}",
        "seal": "sealed",
    }

    refused = he.post(f"{here}/record", data=typed | {"action": "finish"})
    asked = he.post(f"{here}/record", data=typed | {"action": "ask", "asking": "是谜。"})

    assert refused.status_code == 422
    assert "请老师放行" in refused.text
    assert asked.status_code == 302
    (hold,) = session().scalars(sa.select(Hold))
    record = (
        session()
        .scalars(sa.select(ActivityRecord).where(ActivityRecord.author_id == hold.author_id))
        .one()
    )
    assert record.is_draft
    assert NUMBER in hold.text
    assert "在等老师放行" in he.get(f"{here}/record").text
    assert "在等老师放行" in he.get(here).text
    assert "看这张。" not in as_("xiaomai").get(here).text
    assert NUMBER in as_("teacher_bj").get(f"/queue/hold/{hold.id}").text
    holding.release(hold, words="好。", by=cast.actor("teacher_bj"))

    session().refresh(record)
    assert (record.is_draft, record.seal, record.done_on) == (False, Seal.OPEN, clock.today())
    assert [entry.move for entry in trail.of(record)] == ["finish record", "release"]
    assert session().get_one(Activity, activity.id).state is ActivityState.DONE
    assert len(photos.of("activity_record", [record.id])[record.id]) == 1
    assert "老师也可以看" in he.get(here).text
    assert "好。" in he.get(here).text
    assert "看这张。" in as_("xiaomai").get(here).text
    assert "改回只给伙伴看" not in he.get(here).text
    with pytest.raises(IllegalMove):
        recording.reseal(record, seal=Seal.SEALED, by=cast.actor("xiaohe"))


def test_a_record_that_is_changed_takes_its_request_back(cast: Cast) -> None:
    activity = agreed(cast)
    he = cast.actor("xiaohe")
    written = Written(RISKY, "", None, revision=9)
    with pytest.raises(Objected):
        recording.finish(activity, written, by=he)
    with pytest.raises(NotPermitted):
        recording.ask(activity, written, by=cast.actor("xiaolin"))
    with pytest.raises(Invalid, match="没有要放行的"):
        recording.ask(activity, Written("好话。", "", None, revision=9), by=he)

    first, _worries = recording.ask(activity, written, by=he)
    same, _worries = recording.ask(activity, written, by=he)
    photo = media.keep(pictures.of("beijing"), key="key-of-photo", by=he)
    recording.save(
        activity, Written(RISKY, "", None, photos=[Chosen(photo.id, "")], revision=9), by=he
    )
    second, _worries = recording.ask(activity, written, by=he)
    pausing = blocking.pause(cast.pair(), by=cast.actor("xiaomai"))
    with pytest.raises(Invalid, match="先停着"):
        holding.release(second, by=cast.actor("teacher_bj"))
    blocking.lift(pausing, by=cast.actor("xiaomai"))
    recording.finish(activity, Written("是谜。", "", None, revision=9), by=he)

    assert same.id == first.id
    assert (first.state, second.state) == (HoldState.WITHDRAWN, HoldState.WITHDRAWN)
