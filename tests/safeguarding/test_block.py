"""A pause: it stops contact at once and both ways, and does not say who asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from penpal.kernel import access, clock, events, trail
from penpal.kernel.access import visible
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import NotPermitted
from penpal.letters import participation
from penpal.letters.models import Envelope, Letter
from penpal.permissions import Permission
from penpal.safeguarding import block_queries, blocking, holding, items
from penpal.safeguarding.block_models import Block, BlockNote
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.events import LettersPaused, LettersResumed
from penpal.safeguarding.hold_states import HoldState
from penpal.screening.findings import Finding, Kind
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import BODY, composed, save, send
from tests.safeguarding.telling import post, reports

SAID = "写给这位伙伴的信先停一停，你的老师知道。"
OWN = "这是你请求的"


def pauses() -> list[Block]:
    return list(session().scalars(sa.select(Block).order_by(Block.id)))


def address(cast: Cast, end: str = "") -> str:
    return f"/pairs/{cast.pair().id}/pause{end}"


def test_a_block_stops_contact_at_once_in_both_directions(as_: SignedIn, cast: Cast) -> None:
    """DOMAIN, 'Help is near': a block stops contact at once; what they wrote is kept."""
    told: list[object] = []
    events.subscribe(LettersPaused, told.append)
    xiaohe, xiaomai = as_("xiaohe"), as_("xiaomai")
    earlier = send(cast, key="key-of-an-earlier-one")

    page = xiaohe.get(address(cast)).text
    done = xiaohe.post(address(cast))
    again = xiaohe.post(address(cast))

    assert "不会知道是谁请求的" in page
    assert (done.status_code, again.status_code) == (302, 302)
    [block] = pauses()
    assert told == [LettersPaused(cast.pair().id)]
    assert [(entry.move, entry.actor_id) for entry in trail.of(block)] == [
        ("pause letters", cast.person("xiaohe").id)
    ]
    for browser, who in ((xiaohe, "xiaohe"), (xiaomai, "xiaomai")):
        kept = browser.post(
            "/letters", data=composed(key=f"key-while-paused-{who}"), follow_redirects=True
        )
        assert SAID in kept.text
        assert "老槐树" in kept.text
        refused = browser.post(
            "/letters",
            data=composed(key=f"key-from-a-device-{who}"),
            headers={"Accept": "application/json"},
        )
        # 422: a device keeps the letter as a draft and shows the words (static/js/lib/outbox.js).
        assert (refused.status_code, refused.json["error"][:8]) == (422, SAID[:8])
        with pytest.raises(Paused):
            send(cast, who, key=f"key-of-the-verb-{who}")
        saved = save(cast, who, key=f"key-of-a-draft-{who}")
        assert saved.letter.is_draft
    assert not access.may(cast.actor("xiaohe"), Permission.Letter.SEND, saved.letter)
    assert "拆信" in xiaomai.get(f"/letters/{earlier.id}").text
    delivered = sa.select(sa.func.count()).where(Letter.delivered_at.is_not(None))
    assert session().scalar(delivered) == 1


def test_the_blocked_child_is_not_told_who_asked_and_both_read_the_same(
    as_: SignedIn, cast: Cast
) -> None:
    draft = save(cast, "xiaomai").letter
    blocking.pause(cast.pair(), by=cast.actor("xiaohe"))
    xiaohe, xiaomai = as_("xiaohe"), as_("xiaomai")

    for page in ("/", "/letters", "/letters/new?another=1"):
        own, other = xiaohe.get(page).text, xiaomai.get(page).text
        assert SAID in own
        assert SAID in other
        assert OWN in own
        assert OWN not in other
        assert address(cast, "/end") not in other
    sheet = xiaomai.get(f"/letters/{draft.id}/edit").text
    assert BODY.splitlines()[0] in sheet
    assert 'value="send"' not in sheet
    assert 'value="save"' in sheet
    assert xiaomai.post(address(cast, "/end")).status_code == 404
    assert session().scalars(visible(Block, cast.actor("xiaomai"))).all() == []
    for who in ("teacher_bj", "teacher_ht", "secretary_ht"):
        assert session().scalars(visible(Block, cast.actor(who))).all() == []


def test_only_whoever_asked_lifts_it_and_the_other_s_goes_on(as_: SignedIn, cast: Cast) -> None:
    for who in ("xiaohe", "xiaomai"):
        blocking.pause(cast.pair(), by=cast.actor(who))
    heard: list[object] = []
    events.subscribe(LettersResumed, heard.append)
    own, other = pauses()
    for who in ("xiaomai", "xiaolin", "teacher_bj", "secretary_bj"):
        with pytest.raises(NotPermitted):
            blocking.lift(own, by=cast.actor(who))

    xiaohe = as_("xiaohe")
    xiaohe.post(address(cast, "/end"))
    assert "什么时候能再寄，老师会告诉你" in xiaohe.get("/").text
    with pytest.raises(Paused):
        send(cast)
    as_("xiaomai").post(address(cast, "/end"))

    assert own.lifted_at is not None
    assert other.lifted_at is not None
    assert heard == [LettersResumed(cast.pair().id)]
    assert [entry.move for entry in trail.of(own)] == ["pause letters", "resume letters"]
    assert not block_queries.is_paused(cast.pair().id)
    assert send(cast).delivered_at is not None
    assert as_("xiaohe").post(address(cast, "/end")).status_code == 404


def test_nobody_outside_the_pair_pauses_it_and_a_closed_one_needs_none(
    as_: SignedIn, cast: Cast
) -> None:
    for who, status in (
        ("xiaolin", 404),
        ("xiaoyuan", 404),
        ("teacher_bj", 403),
        ("secretary_ht", 403),
        ("editor", 403),
    ):
        assert as_(who).post(address(cast)).status_code == status, who
        with pytest.raises(NotPermitted):
            blocking.pause(cast.pair(), by=cast.actor(who))
    twinning.close(cast.pair(), reason="搬走了", by=cast.actor("teacher_bj"))

    refused = as_("xiaohe").post(address(cast))

    assert refused.status_code == 403
    assert pauses() == []


def test_the_teachers_of_both_are_told_and_only_the_asker_s_own_learns_who(
    as_: SignedIn, cast: Cast
) -> None:
    blocking.pause(cast.pair(), by=cast.actor("xiaohe"))
    own, other = as_("teacher_bj"), as_("teacher_ht")

    assert "小禾（初二(3)班）请求和小麦的信先停一停" in own.get("/reports").text
    page = other.get("/reports").text
    assert "小麦（八年级(2)班）和小禾的信先停一停" in page
    assert "请求和" not in page
    assert "先停一停" in as_("secretary_ht").get("/reports").text
    for who in ("teacher_tj", "county_bj"):
        assert "先停一停" not in as_(who).get("/reports").text
    notes = {note.class_id: note.id for note in session().scalars(sa.select(BlockNote))}
    note = notes[cast.unit("bj-class").id]
    assert other.post(f"/pause-notes/{note}/seen").status_code == 404
    assert own.post(f"/pause-notes/{note}/seen").status_code == 302
    assert "先停一停" not in own.get("/reports").text
    assert "先停一停" in other.get("/reports").text
    seen = session().get_one(BlockNote, note)
    assert seen.seen_by_id == cast.person("teacher_bj").id
    assert [entry.move for entry in trail.of(seen)] == ["noted pause"]


def test_a_report_can_pause_letters_in_the_same_breath(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast, "xiaomai")
    xiaohe = as_("xiaohe")
    about = f"letter:{letter.id}"

    offered = xiaohe.get(f"/tell?about={about}").text
    post(xiaohe, words="", about=about, pauses="1", shown="1")

    assert 'name="pauses"' in offered
    assert [block.asked_by_id for block in pauses()] == [cast.person("xiaohe").id]
    assert reports()[0].shown
    assert 'name="pauses"' not in xiaohe.get(f"/tell?about={about}").text
    assert 'name="pauses"' not in xiaohe.get("/tell").text


def test_the_same_child_asks_once_at_a_time(cast: Cast) -> None:
    block = blocking.pause(cast.pair(), by=cast.actor("xiaohe"))

    with pytest.raises(IntegrityError), transaction() as current:
        current.add(Block(pair_id=block.pair_id, asked_by_id=block.asked_by_id))


def test_what_waits_for_release_is_not_released_meanwhile_and_goes_on_waiting(cast: Cast) -> None:
    draft = save(cast, envelope=Envelope.OPEN).letter
    content = items.read("letter", draft.id)
    assert content is not None
    found = (Finding(Kind.PHONE_MOBILE, 0, 2),)
    hold = holding.ask(content, found, by=cast.actor("xiaohe"))
    block = blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    with pytest.raises(Paused, match="现在放行不了"):
        holding.release(hold, by=cast.actor("teacher_bj"))

    assert hold.state is HoldState.ASKED
    assert draft.is_draft
    blocking.lift(block, by=cast.actor("xiaomai"))
    holding.release(hold, by=cast.actor("teacher_bj"))
    assert draft.delivered_at is not None


def test_nobody_owes_a_reply_while_letters_have_stopped(cast: Cast) -> None:
    letter = send(cast)
    with transaction():
        letter.delivered_at = clock.now() - timedelta(days=30)
    class_ = cast.unit("ht-class")
    assert [row.person_id for row in participation.owing(class_)] == [cast.person("xiaomai").id]

    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    assert participation.owing(class_) == []
