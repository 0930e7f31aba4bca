"""Two partners in their room, each with a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import pages
from tests.browser.server import Server

SMALL = (360, 640)


@contextmanager
def two(
    browser: Browser, server: Server, at: tuple[str, str] = ("", "")
) -> Iterator[tuple[Page, Page]]:
    """小禾 on a phone and 小麦 at a computer, both in the room. ``at`` names other ways to the server."""
    contexts: list[BrowserContext] = []
    rooms: list[Page] = []
    for who, address, size in zip(("xiaohe", "xiaomai"), at, (SMALL, pages.DESKTOP), strict=True):
        context = pages.open_context(browser, server, size)
        page = context.new_page()
        contexts.append(context)
        rooms.append(page)
        pages.sign_in(page, who)
        page.goto(f"{address}/chat")
    yield rooms[0], rooms[1]
    for context in contexts:
        context.close()


def together(*rooms: Page) -> None:
    """Wait until each is live and knows that the other one is there."""
    for page in rooms:
        expect(page.locator("[data-chat-here]")).to_be_visible()


def say(page: Page, words: str) -> None:
    page.locator("#say").fill(words)
    page.locator("#say").press("Enter")


def line(page: Page, words: str) -> Locator:
    """A line that stands in the room, not one that is still on its way."""
    return page.locator("[data-chat-log] .msg").filter(has_text=words)


def lines(page: Page, words: str) -> Locator:
    """All lines that stand in the room and hold these words."""
    return page.locator('[data-chat-log] [data-part="text"]').filter(has_text=words)


def waiting(page: Page) -> Locator:
    return page.locator("[data-chat-outbox] .msg")


def act(page: Page, words: str, name: str) -> None:
    """Open the menu of a line and choose: two taps."""
    line(page, words).locator("summary").click()
    line(page, words).locator(f'[data-act="{name}"]').click()


def texts(page: Page) -> list[str]:
    return page.locator('[data-chat-log] [data-part="text"]').all_inner_texts()


def kept(server: Server, words: str) -> list[str]:
    """What the server holds of it, in the order of the room."""
    found = server.rows(
        "SELECT body FROM chat_line WHERE body LIKE ? AND state = 'sent' ORDER BY sequence", words
    )
    return [str(body) for (body,) in found]
