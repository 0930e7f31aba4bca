"""The phone and the computer of a child without a line: what is kept on them, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import pages
from tests.browser.server import PASSWORD, Server

ALL_KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    kept[name] = (await cache.keys()).map((request) => new URL(request.url).pathname);
  }
  return kept;
}"""

LEFT = """async () => ({
  caches: await caches.keys(),
  stores: (await indexedDB.databases()).map(({ name }) => name),
  choices: Object.keys(localStorage),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""

NOTHING = {"caches": [], "stores": [], "choices": [], "workers": 0}
RAN_OUT = "UPDATE sign_in SET expires_at = '2026-01-01 00:00:00'"


@contextmanager
def device(
    browser: Browser, server: Server, who: str = "xiaohe"
) -> Iterator[tuple[BrowserContext, Page]]:
    """A phone on which somebody is at home, with what they would read already fetched."""
    context = pages.open_context(browser, server)
    context.clock.install()
    page = context.new_page()
    pages.sign_in(page, who)
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.clock.fast_forward(9_000)
    until(page, lambda: "/letters/new" in kept_pages(page))
    yield context, page
    context.close()


@contextmanager
def computer(browser: Browser, server: Server, script: str = "") -> Iterator[Page]:
    """A browser without our worker, at a blank sheet: what the composer does by itself."""
    context = pages.open_context(browser, server, service_workers="block")
    context.clock.install()
    context.add_init_script(script)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    page.goto("/letters/new?another=1")
    yield page
    context.close()


def enter(page: Page, who: str, *, shared: bool = False) -> None:
    """Through the door on which the page already is."""
    page.locator("#login").fill(who)
    page.locator("#password").fill(PASSWORD)
    if shared:
        page.get_by_label("这是大家一起用的电脑").check()
    page.get_by_role("button", name="进入", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def kept(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.evaluate(ALL_KEPT)
    return found


def kept_pages(page: Page) -> list[str]:
    return [
        path for name, paths in kept(page).items() if name.startswith("pages-") for path in paths
    ]


def bodies(server: Server, like: str) -> list[tuple[object, ...]]:
    return server.rows("SELECT state FROM letter WHERE body LIKE ?", like)


def until(page: Page, holds: Callable[[], bool], seconds: int = 60) -> None:
    for _ in range(seconds * 10):
        if holds():
            return
        page.clock.fast_forward(3_000)
        page.wait_for_timeout(100)
    raise AssertionError(f"not within {seconds} seconds")
