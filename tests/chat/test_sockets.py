"""A room over the wire: what two pages say and hear, and when they are shown out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask

from penpal.accounts import disabling, sockets
from penpal.accounts import services as accounts
from penpal.chat import delivery, presence
from penpal.consent import services as consent
from penpal.kernel import clock, live
from penpal.kernel.db import db, session, transaction
from penpal.places import rest
from penpal.places.hours_models import SchoolHours
from penpal.safeguarding import blocking
from penpal.screening import screen
from tests.cast import Cast
from tests.chat import talking
from tests.conftest import SignedIn, Store, _postgres, _sqlite
from tests.wires import Polling, Socket, cookie_of, gone, serving, token_of

_keys = count(1)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, int]]:
    """The application on a port; sockets belong to the process, so it is one of its own."""
    folder = tmp_path_factory.mktemp("room")
    with ExitStack() as stack:
        # Its rules take seconds to be made, which nobody here is to wait for.
        screen.warm_up()
        store = _sqlite(folder) if request.param == "sqlite" else _postgres(folder, stack)
        yield store, stack.enter_context(serving(store.app))


@pytest.fixture
def app(served: tuple[Store, int]) -> Iterator[Flask]:
    store, _port = served
    store.restore()
    with store.app.app_context():
        talking.open_rooms(Cast())
        yield store.app
        gone()
        db.session.remove()


@dataclass
class Page:
    """One person's page in the room."""

    socket: Socket
    pair: int

    def enter(self, after: int = 0) -> dict:  # type: ignore[type-arg]
        return self.socket.ask("chat.enter", pair=self.pair, after=after)

    def say(self, body: str, key: str = "", **more: object) -> dict:  # type: ignore[type-arg]
        key = key or f"test-key-{next(_keys)}"
        return self.socket.ask("chat.say", {"pair": self.pair, "key": key, "body": body} | more)

    def ask(self, event: str, **more: object) -> dict:  # type: ignore[type-arg]
        return self.socket.ask(event, {"pair": self.pair} | more)

    def finds(self, state: str) -> dict:  # type: ignore[type-arg]
        """The room as it is told, once it is told to be so."""
        while (room := self.hears("chat.room"))["state"] != state:
            pass
        return room

    def hears(self, event: str) -> dict:  # type: ignore[type-arg]
        return self.socket.heard(event)


Open = Callable[..., Page]


@pytest.fixture
def open_(served: tuple[Store, int], as_: SignedIn, cast: Cast) -> Iterator[Open]:
    """``open_("xiaohe")`` is a page of hers with a socket; it is closed at the end."""
    pages: list[Page] = []
    pair = cast.pair().id

    def connect(who: str, kind: type[Socket] = Socket) -> Page:
        browser = as_(who)
        pages.append(Page(kind(served[1], cookie_of(browser)), pair))
        assert str(pages[-1].socket.join(token_of(browser))).startswith("40{")
        return pages[-1]

    yield connect
    for page in pages:
        page.socket.close()


@pytest.fixture
def two(open_: Open) -> tuple[Page, Page]:
    """小禾 and 小麦, both in their room."""
    he, mai = open_("xiaohe"), open_("xiaomai")
    he.enter()
    mai.enter()
    return he, mai


def test_what_one_says_is_kept_and_heard_by_the_other(two: tuple[Page, Page], open_: Open) -> None:
    he, mai = two
    stranger = open_("xiaolin")

    said = he.say("今天下雪了！")
    heard = mai.hears("chat.line")

    assert said["ok"]
    assert said["line"]["mine"]
    assert said["line"]["sequence"] == 1
    assert heard["line"]["text"] == "今天下雪了！"
    assert not heard["line"]["mine"]
    assert "key" not in heard["line"]
    assert "chat.line" not in he.socket.overheard()
    assert stranger.socket.overheard() == []
    assert open_("xiaohe").enter()["lines"][0]["text"] == "今天下雪了！"


def test_the_same_key_says_it_once_and_other_words_are_refused(two: tuple[Page, Page]) -> None:
    he, mai = two
    key = "the-same-key"

    first, again = he.say("一次", key), he.say("一次", key)
    other = he.say("两次", key)

    assert first["line"]["id"] == again["line"]["id"]
    assert (other["ok"], other["why"]) == (False, "conflict")
    assert mai.socket.overheard().count("chat.line") == 1


def test_a_page_that_was_away_catches_up_by_number(two: tuple[Page, Page], open_: Open) -> None:
    he, mai = two
    mai.socket.close()
    assert he.hears("chat.here") == {"pair": he.pair, "here": True}
    assert he.hears("chat.here") == {"pair": he.pair, "here": False}
    for words in ("一", "二", "三"):
        he.say(words)

    back = open_("xiaomai").enter(after=1)

    assert [line["text"] for line in back["lines"]] == ["二", "三"]
    assert (back["more"], back["here"], back["room"]["state"]) == (False, True, "open")


def test_what_the_guard_finds_stays_with_its_author(two: tuple[Page, Page]) -> None:
    he, mai = two

    said = he.say("我的微信是 xiaohe2011，加我吧")

    assert (said["ok"], said["why"]) == (False, "screened")
    assert said["findings"]
    assert said["words"]
    assert mai.socket.overheard() == []


def test_who_is_here_and_who_writes_is_for_the_partner_alone(
    open_: Open, as_: SignedIn, cast: Cast
) -> None:
    he, stranger = open_("xiaohe"), open_("xiaolin")
    assert not he.enter()["here"]
    mai = open_("xiaomai")
    assert mai.enter()["here"]
    assert he.hears("chat.here")["here"]

    he.ask("chat.typing", on=True)

    assert mai.hears("chat.typing") == {"pair": mai.pair, "on": True}
    assert stranger.ask("chat.typing", on=True)["why"] == "ended"
    assert stranger.socket.overheard() == []
    presence.seats(he.pair)[0].shows_typing = False
    he.ask("chat.typing", on=True)
    assert mai.socket.overheard() == []


def test_delivered_is_told_and_seen_is_nobody_elses_to_know(two: tuple[Page, Page]) -> None:
    he, mai = two
    he.say("到了吗")

    mai.ask("chat.got", sequence=900)
    mai.ask("chat.seen", sequence=1)
    delivery.store_marks()

    assert he.hears("chat.got") == {"pair": he.pair, "sequence": 1}
    assert he.socket.overheard() == []
    assert he.enter()["got"] == 1


def test_unsending_takes_the_line_from_both_pages(two: tuple[Page, Page]) -> None:
    he, mai = two
    line = he.say("说错了")["line"]["id"]

    not_hers = mai.ask("chat.unsend", line=line)
    gone_ = he.ask("chat.unsend", line=line)

    assert (not_hers["ok"], gone_["ok"]) == (False, True)
    assert mai.hears("chat.unsent")["line"] == line
    assert he.hears("chat.unsent")["sequence"] == 1
    assert mai.enter()["lines"][0]["text"] == ""


def test_a_pause_shows_both_out_and_does_not_say_who_asked(
    two: tuple[Page, Page], cast: Cast
) -> None:
    he, mai = two

    block = blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    told = [page.hears("chat.room") for page in two]
    assert {each["state"] for each in told} == {"paused"}
    assert told[0]["words"] == told[1]["words"]
    assert [page.say("还在吗")["why"] for page in two] == ["paused", "paused"]
    assert he.ask("chat.typing", on=True)["ok"]
    assert mai.socket.overheard() == []
    blocking.lift(block, by=cast.actor("xiaomai"))
    assert he.hears("chat.room")["state"] == "open"
    assert he.enter()["room"]["state"] == "open"
    assert he.say("又见面了")["ok"]


def test_the_hour_ends_by_itself_and_opens_again(
    two: tuple[Page, Page], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    he, mai = two
    now = clock.now()
    here = clock.local(now)
    minute = here.hour * 60 + here.minute
    hours = session().get_one(SchoolHours, cast.unit("bj-school").id)
    with transaction():
        hours.chat = [[kind, 0, minute + 2] for kind, _from, _until in talking.WHOLE_DAYS]
    rest.forget()
    delivery.sweep(he.pair % delivery.ROUND)
    assert set(he.socket.overheard()) <= {"chat.here", "chat.room"}

    delivery.tick()
    while not mai.hears("chat.room")["words"]:
        pass
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=3))
    delivery.tick()

    assert he.finds("closed")["words"]
    assert mai.finds("closed")["opens"]
    assert he.say("晚了")["why"] == "closed"
    read = he.enter()
    assert (read["ok"], read["room"]["state"], read["here"]) == (True, "closed", False)
    monkeypatch.setattr(clock, "now", lambda: now)
    delivery.look_again(he.pair)
    assert he.finds("open")


@pytest.mark.parametrize("way", ["sign out", "consent", "disabled"])
def test_whoever_goes_is_shown_out_at_once(two: tuple[Page, Page], cast: Cast, way: str) -> None:
    he, mai = two

    if way == "sign out":
        accounts.sign_out_everywhere(by=cast.actor("xiaohe"))
    elif way == "consent":
        consent.withdraw(cast.person("xiaohe"), by=cast.actor("xiaohe"))
    else:
        disabling.disable(
            cast.person("xiaohe"), reason="暂时停用一下", by=cast.actor("secretary_bj")
        )

    assert he.hears("chat.out")["words"]
    assert he.socket.is_closed()
    assert not mai.hears("chat.here")["here"]
    assert mai.say("还在吗")["ok"]


def test_what_ended_without_a_word_is_found_at_the_next_event(
    two: tuple[Page, Page], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    he, mai = two
    monkeypatch.setattr(sockets, "FRESH_SECONDS", 0.0)
    with transaction():
        cast.person("xiaohe").disabled_at = clock.now()

    he.socket.write(
        "42" + json.dumps(["chat.say", {"pair": he.pair, "key": "x" * 8, "body": "在"}])
    )

    assert he.hears("chat.out")["words"]
    assert he.socket.is_closed()
    assert set(mai.socket.overheard()) == {"chat.here"}


def test_where_no_websocket_passes_a_page_polls(open_: Open) -> None:
    he, mai = open_("xiaohe", Polling), open_("xiaomai")
    mai.enter()
    he.enter()

    he.say("听得到吗")
    mai.say("听得到")

    assert mai.hears("chat.line")["line"]["text"] == "听得到吗"
    assert he.hears("chat.line")["line"]["text"] == "听得到"
    he.socket.close()
    assert not mai.hears("chat.here")["here"]
    assert len(live.opened_in()) == 1


def test_pages_whose_news_was_lost_are_told_to_ask_for_it(
    two: tuple[Page, Page], open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    he, mai = two
    with monkeypatch.context() as lost:
        lost.setattr(delivery, "_hand_out", lambda *_told: None)
        mai.say("没人听到的一句")
    delivery.catch_up()
    assert he.hears("chat.missed") == {"pair": he.pair}
    assert [line["text"] for line in he.enter()["lines"]] == ["没人听到的一句"]
    delivery.catch_up()
    assert "chat.missed" not in he.socket.overheard()

    with monkeypatch.context() as lost:
        lost.setattr(delivery, "_hand_out", lambda *_told: None)
        mai.say("又一句")
    # Whoever sits down now reads it, and shows that the others have missed something.
    open_("xiaomai").enter()
    assert he.hears("chat.missed") == {"pair": he.pair}
