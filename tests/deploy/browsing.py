"""Two real browsers in one room of the grown form, and what may go wrong around them."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests import cast
from tests.browser import pages, talking
from tests.deploy.services import Site
from tests.servers import Restarted

Breaks = tuple[Callable[[], None], Callable[[], None]]
"""How something breaks, and how it is mended."""


@contextmanager
def two(browser: Browser, site: Site) -> Iterator[tuple[Page, Page]]:
    """小禾 on a phone and 小麦 at a computer, both in the room."""
    with (
        pages.open_context(browser, site, talking.SMALL) as phone,
        pages.open_context(browser, site, pages.DESKTOP) as desk,
    ):
        rooms = phone.new_page(), desk.new_page()
        for page, who in zip(rooms, ("xiaohe", "xiaomai"), strict=True):
            pages.sign_in(page, who, cast.PASSWORD)
            page.goto("/chat")
        talking.together(*rooms)
        yield rooms


def faults(site: Site, postgres: Restarted, redis: Restarted) -> dict[str, Breaks]:
    """What dies at once, by name: every part that two who talk could miss, and the line itself."""

    def crash(server: Restarted, how: signal.Signals) -> Breaks:
        return (lambda: server.stop(how)), server.start

    sockets = [unit for unit in site.units if "sockets" in unit.name]
    return {
        "line": (site.kill_nginx, site.start_nginx),
        "sockets 1": (lambda: site.kill(sockets[0]), lambda: site.start(sockets[0])),
        "sockets 2": (lambda: site.kill(sockets[1]), lambda: site.start(sockets[1])),
        "PostgreSQL": crash(postgres, signal.SIGQUIT),
        "Redis": crash(redis, signal.SIGKILL),
    }


def talk_through(rooms: tuple[Page, Page], deaths: list[Breaks], chance: random.Random) -> None:
    """Both say something before, while and after each death; in the end both show the same, each word once.

    Whoever finds the line dead keeps the word on the device, and sends it by itself later.
    """
    said: dict[Page, list[str]] = {page: [] for page in rooms}
    names = dict(zip(rooms, ("小禾", "小麦"), strict=True))

    def say(page: Page, when: str) -> None:
        # Words alone: numbers would be taken for one that is told in pieces.
        drawn = "".join(chance.choices("春夏秋冬山水风花雪月", k=8))
        said[page].append(f"{names[page]}{when}说{drawn}")
        talking.say(page, said[page][-1])

    for break_it, mend in deaths:
        for page in rooms:
            say(page, "先")
        break_it()
        for page in rooms:
            say(page, "断了还")
        time.sleep(chance.uniform(0, 0.5))
        mend()
        for page in rooms:
            say(page, "又")
        for page, other in (rooms, rooms[::-1]):
            expect(talking.line(other, said[page][-1])).to_be_visible()
            expect(talking.waiting(page)).to_have_count(0)

    words = sorted(word for mine in said.values() for word in mine)

    def shown(page: Page) -> list[str]:
        return [text for text in talking.texts(page) if text in words]

    # A line can come before the answer that holds those before it.
    for page in rooms:
        pages.until(page, lambda page=page: sorted(shown(page)) == words, "one was lost or doubled")
    assert shown(rooms[0]) == shown(rooms[1]), "the two see different things, or in another order"
    for page in rooms:
        own = [text for text in shown(page) if text.startswith(names[page])]
        assert own == said[page], "what one of them said stands in another order"
