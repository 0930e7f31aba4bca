"""Taking consent back reaches pages that are open: their sockets close, and no new one is let in."""

# The fixtures of a real server come by name; pytest hands them over by the same name.
# ruff: noqa: F401, F811

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.consent import links, services
from penpal.consent.events import ConsentWithdrawn
from penpal.consent.models import Purpose, Refusal
from penpal.kernel import events, live
from penpal.kernel.db import transaction
from penpal.kernel.errors import Invalid
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.consent.asking import answer, number_of
from tests.kernel.test_sockets import (
    Open,
    app,
    open_,
    port,
    served,
    sockets,
    token_of,
)


@pytest.fixture(autouse=True)
def agreed_again(cast: Cast) -> None:
    """The server of this module keeps its database: each test begins with consent on file."""
    with transaction() as current:
        # No paper of today overturns the no of a test before.
        current.execute(sa.delete(Refusal))
    services.record_signatures([cast.person("xiaohe")], by=cast.actor("teacher_bj"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was announced, beside those who hear it anyway."""
    heard: list[object] = []
    listening = [*events._subscribers[ConsentWithdrawn], heard.append]
    monkeypatch.setitem(events._subscribers, ConsentWithdrawn, listening)
    return heard


def test_the_open_page_of_a_child_who_stops_falls_silent(
    as_: SignedIn, cast: Cast, open_: Open
) -> None:
    browser, other = as_("xiaohe"), as_("xiaomai")
    mine, hers = open_(browser), open_(other)
    mine.join(token_of(browser))
    hers.join(token_of(other))

    browser.post("/account/withdrawal")
    live.tell(cast.person("xiaohe").id, "letter.arrived", {"number": 7})

    assert mine.overheard() == ["chat.out", "out", "closed"]
    assert hers.wire.receive(timeout=0.3) is None
    assert browser.get("/letters").location == "/welcome"


def test_a_page_that_was_open_lets_no_new_socket_in(as_: SignedIn, cast: Cast, open_: Open) -> None:
    browser = as_("xiaohe")
    token = token_of(browser)
    services.withdraw(cast.person("xiaohe"), by=cast.actor("teacher_bj"))

    assert str(open_(browser).join(token)).startswith("44")


def test_a_guardians_no_closes_them_too(
    as_: SignedIn, cast: Cast, open_: Open, settings: object
) -> None:
    browser = as_("xiaohe")
    page = open_(browser)
    page.join(token_of(browser))
    link = links.make(
        cast.person("xiaohe"),
        [Purpose.TAKING_PART],
        settings=settings,  # type: ignore[arg-type]
        by=cast.actor("teacher_bj"),
    )
    code = links.code_of(link, settings=settings)  # type: ignore[arg-type]

    answer(as_("editor"), code, number_of(cast, "xiaohe"), {"taking_part": "no"})

    assert page.heard("chat.out")["words"]
    assert page.is_closed()


def test_another_purpose_leaves_the_page_open_and_is_announced(
    as_: SignedIn, cast: Cast, open_: Open, told: list[object]
) -> None:
    browser = as_("xiaohe")
    services.agree(purpose=Purpose.VIDEO, by=cast.actor("xiaohe"))
    page = open_(browser)
    page.join(token_of(browser))

    services.withdraw(cast.person("xiaohe"), purpose=Purpose.VIDEO, by=cast.actor("xiaohe"))

    assert told == [ConsentWithdrawn(cast.person("xiaohe").id, "video")]
    assert page.wire.receive(timeout=0.3) is None


def test_nothing_is_announced_of_what_was_rolled_back(cast: Cast, told: list[object]) -> None:
    def withdraw_and_fail() -> None:
        with transaction():
            services.withdraw(cast.person("xiaohe"), by=cast.actor("xiaohe"))
            raise Invalid

    with pytest.raises(Invalid):
        withdraw_and_fail()

    assert told == []
    assert cast.actor("xiaohe").takes_part
