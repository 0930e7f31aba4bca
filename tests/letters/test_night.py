"""Letters that are sent while the partner's school rests: nobody else's until the morning."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.consent import services as consent
from penpal.kernel import access, clock, events, jobs, trail
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, NotFound, NotPermitted
from penpal.letters import along, night, outlines, participation, printing, queries, services
from penpal.letters.events import LetterDelivered
from penpal.letters.models import Envelope, Letter
from penpal.letters.states import LetterState
from penpal.permissions import Permission
from penpal.places import hours, rest
from penpal.places.hours import Plan
from penpal.places.hours_models import SchoolHours
from penpal.places.rest import Rest
from penpal.safeguarding import blocking, holding
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.test_guard import RISKY, ask
from tests.letters.writing import BODY, composed, save, send

BEIJING = ZoneInfo("Asia/Shanghai")
EVENING, MORNING = (23, 23, 10), (24, 6, 30)
SetClock = Callable[[int, int, int], datetime]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Sets the clock to a day of November 2026 and a time in Beijing."""

    def set_clock(day: int, hour: int, minute: int) -> datetime:
        moment = datetime(2026, 11, day, hour, minute, tzinfo=BEIJING)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    return set_clock


@pytest.fixture
def night_falls(at: SetClock, cast: Cast) -> None:
    """Both schools rest from ten until half past six, and it is late."""
    at(23, 12, 0)
    rests(cast, "ht")
    rests(cast, "bj")
    at(*EVENING)


def rests(cast: Cast, side: str, until: int = 6 * 60 + 30) -> None:
    hours.keep_rest(
        cast.unit(f"{side}-school"),
        Rest(quiet_from=22 * 60, quiet_until=until),
        by=cast.actor(f"secretary_{side}"),
    )


def letters() -> list[Letter]:
    session().expire_all()
    return list(session().scalars(sa.select(Letter).order_by(Letter.id)))


def moves(letter: Letter) -> list[tuple[str, str]]:
    return [(entry.move, entry.to_state) for entry in trail.of(letter)]


@pytest.mark.usefixtures("night_falls")
def test_a_letter_sent_at_night_is_its_author_s_alone_until_the_morning(
    as_: SignedIn, cast: Cast, at: SetClock
) -> None:
    xiaohe, xiaomai = as_("xiaohe"), as_("xiaomai")
    before = xiaohe.get("/letters/new").text
    sent = xiaohe.post(
        "/letters", data=composed(action="send", envelope="open"), follow_redirects=True
    ).text
    letter = letters()[0]
    address = f"/letters/{letter.id}"

    assert "现在寄出，明天 6:30 送到" in before
    assert "信在路上，明天 6:30 送到" in sent
    assert "收回来再改" in sent
    assert letter.state is LetterState.POSTED
    assert (letter.number, letter.sequence, letter.delivered_at) == (None, None, None)
    assert letter.deliver_at == datetime(2026, 11, 24, 6, 30, tzinfo=BEIJING)
    assert moves(letter) == [("post", "posted")]
    mailbox = xiaohe.get("/letters").text
    assert "在路上的信" in mailbox
    assert "早上送到" in mailbox
    assert "老槐树" in mailbox
    assert "写给小麦的信在路上，明天 6:30 送到" in xiaohe.get("/").text
    # Sent again it is the same letter; other words under its key are refused.
    assert send(cast, envelope=Envelope.OPEN).id == letter.id
    with pytest.raises(Conflict):
        send(cast, body="别的话", envelope=Envelope.OPEN)
    # Nobody else knows of it, nor counts it.
    assert xiaomai.get(address).status_code == 404
    for act in ("opening", "sending/withdrawal"):
        assert xiaomai.post(f"{address}/{act}").status_code == 404
    for place in ("/", "/letters", "/letters/search?words=老槐树"):
        assert "在路上" not in xiaomai.get(place).text
    assert "在路上的信" in xiaohe.get("/letters/search?words=老槐树&show=mine").text
    for who in ("xiaomai", "teacher_bj", "teacher_ht", "secretary_bj"):
        with pytest.raises(NotFound):
            access.load(Letter, cast.actor(who), letter.id)
    assert along.rows(cast.actor("teacher_bj")) == []
    assert participation.have_written([cast.unit("bj-class").id]) == {}
    assert participation.written([cast.person("xiaomai").id]) == {}
    assert printing.of_pair(cast.pair().id, cast.actor("xiaohe"), [letter.id]) == []
    assert not access.may(cast.actor("xiaohe"), Permission.Letter.PRINT, letter)
    teacher = cast.actor("teacher_bj")
    assert outlines.look(cast.person("xiaohe"), before=None, by=teacher).rows == []
    assert [row.is_draft for row in queries.worth_keeping(cast.actor("xiaohe"), size=9)] == []

    told: list[object] = []
    events.subscribe(LetterDelivered, told.append)
    at(24, 6, 29)
    jobs.run("letters.morning")
    still = letters()[0].state
    morning = at(*MORNING)
    jobs.run("letters.morning")
    jobs.run("letters.morning")

    letter = letters()[0]
    assert still is LetterState.POSTED
    assert letter.state is LetterState.DELIVERED
    assert (letter.number, letter.sequence, letter.delivered_at) == (1, 1, morning)
    assert told == [LetterDelivered(letter.id, cast.person("xiaomai").id, "小禾", 1)]
    assert moves(letter) == [("post", "posted"), ("deliver", "delivered")]
    assert "拆信" in as_("xiaomai").get("/").text
    # It bears the day on which it was written.
    assert "2026年11月23日" in as_("xiaohe").get(address).text


@pytest.mark.usefixtures("night_falls")
def test_until_it_comes_its_author_may_take_it_back(
    as_: SignedIn, cast: Cast, at: SetClock
) -> None:
    revision = save(cast).letter.revision
    letter = send(cast, revision=revision)
    address = f"/letters/{letter.id}/sending/withdrawal"

    with pytest.raises(NotPermitted):
        night.take_back(letter, by=cast.actor("xiaomai"))
    back = as_("xiaohe").post(address, follow_redirects=True).text

    letter = letters()[0]
    assert "信还是草稿" in back
    assert "老槐树" in back
    assert (letter.state, letter.posted_at, letter.deliver_at) == (LetterState.DRAFT, None, None)
    assert moves(letter)[-2:] == [("post", "posted"), ("call back", "draft")]
    assert as_("xiaohe").post(address).status_code in (403, 409)
    # What a device had not heard back of and tries once more is not what its author wants now.
    with pytest.raises(Conflict, match="收回来"):
        send(cast, revision=revision)
    at(*MORNING)
    assert night.deliver_due() == 0
    assert send(cast, revision=letter.revision).state is LetterState.DELIVERED
    assert as_("xiaohe").post(address).status_code in (403, 409)
    with pytest.raises((IllegalMove, NotPermitted)):
        night.take_back(letters()[0], by=cast.actor("xiaohe"))


def test_letters_of_one_night_are_numbered_in_the_order_in_which_they_came(
    cast: Cast, at: SetClock
) -> None:
    at(23, 12, 0)
    send(cast, key="key-of-the-first-one")
    rests(cast, "ht", until=7 * 60)
    rests(cast, "bj", until=6 * 60)
    hours.keep(
        cast.unit("ht-school"), Plan(zone=ZoneInfo("Asia/Urumqi")), by=cast.actor("secretary_ht")
    )
    # 22:00 there is midnight here.
    assert send(cast, "xiaohe", key="key-before-their-night").state is LetterState.DELIVERED
    at(24, 0, 10)
    for who, key in (("xiaohe", "to-the-west-1"), ("xiaomai", "to-the-east"), ("xiaohe", "west-2")):
        send(cast, who, key=f"key-of-{who}-{key}")
    at(24, 0, 40)

    at(24, 6, 0)
    east = night.deliver_due()
    by_day = send(cast, "xiaomai", key="key-sent-in-the-morning")
    at(24, 9, 0)
    west = night.deliver_due()

    assert (east, west) == (1, 2)
    assert by_day.state is LetterState.DELIVERED
    found = sorted(letters(), key=lambda letter: letter.sequence or 0)
    assert [letter.sequence for letter in found] == [1, 2, 3, 4, 5, 6]
    assert [letter.key.removeprefix("key-of-") for letter in found[2:]] == [
        "xiaomai-to-the-east",
        "key-sent-in-the-morning",
        "xiaohe-to-the-west-1",
        "xiaohe-west-2",
    ]
    assert [letter.number for letter in found] == [1, 2, 1, 2, 3, 4]


@pytest.mark.usefixtures("night_falls")
def test_what_was_sent_earlier_comes_earlier_though_the_school_rests_no_more(
    cast: Cast, at: SetClock
) -> None:
    first = send(cast, key="key-of-the-first-one")
    at(24, 6, 30)

    second = send(cast, key="key-of-the-second-one")

    assert [letter.number for letter in letters()] == [1, 2]
    assert (first.id < second.id, letters()[0].state) == (True, LetterState.DELIVERED)
    assert night.deliver_due() == 0


@pytest.mark.usefixtures("night_falls")
def test_a_school_that_changes_its_night_changes_when_letters_come(
    cast: Cast, at: SetClock
) -> None:
    send(cast)

    rests(cast, "ht", until=7 * 60)
    later = letters()[0].deliver_at
    at(24, 6, 30)
    early = night.deliver_due()
    rests(cast, "ht", until=6 * 60)
    due = letters()[0].deliver_at

    assert later == datetime(2026, 11, 24, 7, tzinfo=BEIJING)
    assert (early, due) == (0, datetime(2026, 11, 24, 6, 30, tzinfo=BEIJING))
    assert night.deliver_due() == 1


@pytest.mark.usefixtures("night_falls")
def test_a_promise_that_was_lost_is_made_anew_by_the_job(cast: Cast, at: SetClock) -> None:
    """A crash between the school's change and its echo leaves the old time in the row."""
    send(cast)
    at(*MORNING)
    with transaction():
        session().get_one(SchoolHours, cast.unit("ht-school").id).quiet_until = 7 * 60
    rest.forget()

    early = night.deliver_due()

    assert (early, letters()[0].deliver_at) == (0, datetime(2026, 11, 24, 7, tzinfo=BEIJING))
    at(24, 7, 0)
    assert night.deliver_due() == 1


def _pause(cast: Cast) -> None:
    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))


def _withdraw(cast: Cast) -> None:
    consent.withdraw(cast.person("xiaohe"), by=cast.actor("secretary_bj"))


def _part(cast: Cast) -> None:
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))


@pytest.mark.usefixtures("night_falls")
@pytest.mark.parametrize("stop", [_pause, _part, _withdraw])
def test_what_may_not_come_any_more_is_a_draft_again(
    cast: Cast, at: SetClock, stop: Callable[[Cast], None]
) -> None:
    letter = send(cast)

    stop(cast)
    at(*MORNING)
    delivered = night.deliver_due()

    letter = letters()[0]
    assert delivered == 0
    assert (letter.state, letter.body, letter.deliver_at) == (LetterState.DRAFT, BODY, None)
    assert moves(letter)[-1] == ("bring back", "draft")
    with pytest.raises(NotFound):
        access.load(Letter, cast.actor("xiaomai"), letter.id)


@pytest.mark.usefixtures("night_falls")
def test_what_a_teacher_releases_at_night_comes_in_the_morning_too(
    as_: SignedIn, cast: Cast, at: SetClock
) -> None:
    holding.release(ask(cast), words="写得好。", by=cast.actor("teacher_bj"))
    letter = letters()[0]

    page = as_("xiaohe").get(f"/letters/{letter.id}").text
    seen = session().scalars(access.visible(Letter, cast.actor("teacher_bj"))).all()

    assert (letter.state, letter.envelope) == (LetterState.POSTED, Envelope.OPEN)
    assert moves(letter)[-1] == ("release", "posted")
    assert "老师放行了" in page
    assert "写得好" in page
    assert seen == []
    assert send(cast, body=RISKY).id == letter.id
    # Taken back, what was released is asked for again.
    night.take_back(letter, by=cast.actor("xiaohe"))
    assert services.release_of(letters()[0]) is not None
    assert "老师放行的明信片" not in as_("xiaohe").get("/letters").text
    again = ask(cast)
    holding.release(again, by=cast.actor("teacher_bj"))
    at(*MORNING)
    assert night.deliver_due() == 1
    assert access.load(Letter, cast.actor("teacher_bj"), letter.id).body == RISKY


@pytest.mark.usefixtures("night_falls")
def test_a_reply_on_its_way_is_a_reply(as_: SignedIn, cast: Cast, at: SetClock) -> None:
    at(1, 12, 0)
    got = send(cast, "xiaomai", key="key-of-what-is-answered")
    at(*EVENING)
    owed = participation.owed([cast.unit("bj-class").id])

    services.open_(got, by=cast.actor("xiaohe"))
    send(cast, in_reply_to=got)

    assert owed == {cast.unit("bj-class").id: 1}
    assert participation.owed([cast.unit("bj-class").id]) == {}
    assert "有一封在路上" not in as_("xiaomai").get("/").text
    assert "你的一封在路上" in as_("xiaohe").get("/").text


@pytest.mark.usefixtures("night_falls")
def test_two_jobs_at_once_deliver_each_letter_once(app: Flask, cast: Cast, at: SetClock) -> None:
    for number in range(12):
        who = ("xiaohe", "xiaomai")[number % 2]
        send(cast, who, key=f"key-of-letter-{number:04}", body=f"这是夜里写的第{number}封信。")
    at(*MORNING)
    came: list[int] = []

    def work() -> None:
        with app.app_context():
            came.append(night.deliver_due())
            db.session.remove()

    threads = [threading.Thread(target=work) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(came) == 12
    assert sorted(letter.sequence or 0 for letter in letters()) == list(range(1, 13))
    for letter in letters():
        assert [move for move, _to in moves(letter)].count("deliver") == 1


def test_where_nobody_rests_a_letter_comes_at_once(cast: Cast, at: SetClock) -> None:
    at(*EVENING)

    assert send(cast).state is LetterState.DELIVERED
    assert night.deliver_due() == 0
    with pytest.raises(NotFound):
        access.load(Letter, cast.actor("xiaolin"), letters()[0].id)
