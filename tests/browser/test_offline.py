"""Without a line: reading what was kept, writing, sending later; and nothing left when somebody goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser import pages
from tests.browser.client import Client
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

ENDED = "UPDATE sign_in SET ended_at = '2026-01-01 00:00:00' WHERE ended_at IS NULL"
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
    _until(page, lambda: "/letters/new" in _pages(page))
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


@pytest.fixture(autouse=True)
def tidy(server: Server) -> Iterator[None]:
    """What these children write is taken away again: other tests share the server."""
    first = server.rows("SELECT max(id) FROM letter")[0][0]
    yield
    server.write("UPDATE letter SET beside_id = NULL WHERE id > ?", first)
    server.write("DELETE FROM letter WHERE id > ?", first)


def test_letters_and_the_mailbox_can_be_read_without_a_line(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        _until(page, lambda: len([path for path in _pages(page) if path[9:].isdigit()]) >= 5)
        context.set_offline(True)

        page.goto("/letters")
        expect(page.locator(".device__kept")).to_contain_text("留在这台设备上的")
        page.goto(next(path for path in _pages(page) if path[9:].isdigit()))
        expect(page.locator("article.letter")).to_be_visible()
        unopened = server.rows(
            "SELECT letter.id FROM letter JOIN person ON person.id = recipient_id "
            "WHERE login_name = 'xiaohe' AND state = 'delivered'"
        )
        for (number,) in unopened:
            assert f"/letters/{number}" not in _pages(page)
        page.goto("/profile")
        expect(page.locator("h1")).to_have_text("网络断了")
        page.locator(".away__letters a").last.click()
        expect(page.locator("article.letter")).to_be_visible()


def test_words_typed_without_a_line_outlive_the_page_and_reach_the_server_once(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        context.set_offline(True)
        page.locator("#body").press_sequentially("坐在车上写的。")
        page.clock.fast_forward(2_000)
        expect(page.locator("[data-composer-status]")).to_contain_text("存在这台设备上了")
        page.close(run_before_unload=False)

        later = context.new_page()
        later.goto("/letters/new")
        expect(later.locator("#body")).to_have_value("坐在车上写的。")
        context.set_offline(False)
        later.evaluate("window.dispatchEvent(new Event('online'))")

        expect(later.locator("[data-composer-status]")).to_contain_text("已存好")
        assert _bodies(server, "坐在车上写的。") == [("draft",)]


def test_two_letters_begun_from_the_same_kept_sheet_are_two(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        context.set_offline(True)
        for words in ("第一张离线的纸。", "第二张离线的纸。"):
            page.goto("/letters/new?another=1")
            page.locator("#body").fill(words)
            page.clock.fast_forward(2_000)
            expect(page.locator("[data-composer-status]")).to_contain_text("存在这台设备上了")
        page.goto("/")
        expect(page.locator(".waiting")).to_have_count(2)
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")

        expect(page.locator(".waiting")).to_have_count(0)
        for words in ("第一张离线的纸。", "第二张离线的纸。"):
            assert _bodies(server, words) == [("draft",)]


def test_a_letter_is_held_shown_taken_back_and_sent_once(browser: Browser, server: Server) -> None:
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        context.set_offline(True)
        page.locator("#body").fill("等有网再走的信。")
        page.get_by_role("button", name="寄出", exact=True).click()

        expect(page.locator(".waiting")).to_contain_text("等有网就寄")
        expect(page.locator("#body")).not_to_be_editable()
        page.get_by_role("button", name="先不寄").click()
        expect(page.locator("#body")).to_be_editable()
        page.locator("#body").fill("等有网再走的信，改过。")
        page.get_by_role("button", name="寄出", exact=True).click()
        for address in ("/", "/letters"):
            page.goto(address)
            expect(page.locator(".waiting")).to_contain_text("等有网再走的信，改过。")
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")

        expect(page.locator(".waiting")).to_have_count(0)
        page.goto("/letters")
        assert _bodies(server, "等有网再走的信%") == [("delivered",)]


def test_a_session_that_ended_meanwhile_asks_to_sign_in_and_goes_on(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        context.set_offline(True)
        page.locator("#body").fill("两个星期以后才到的信。")
        page.get_by_role("button", name="寄出", exact=True).click()
        expect(page.locator(".waiting")).to_be_visible()
        server.write(ENDED)
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator("[data-device-signin]")).to_be_visible()
        assert _bodies(server, "两个星期以后才到的信。") == []

        other = context.new_page()
        other.goto("/sign-in")
        _until(other, lambda: not _pages(other))
        pages.sign_in(other, "xiaohe")

        _until(page, lambda: _bodies(server, "两个星期以后才到的信。") == [("delivered",)])


def test_nobody_sends_or_sees_what_somebody_else_wrote(browser: Browser, server: Server) -> None:
    with device(browser, server) as (context, page):
        mine = page.locator("meta[name=person]").get_attribute("content")
        page.goto("/letters/new?another=1")
        context.set_offline(True)
        page.locator("#body").fill("小禾自己的话。")
        page.get_by_role("button", name="寄出", exact=True).click()
        expect(page.locator(".waiting")).to_be_visible()
        server.write(RAN_OUT)
        context.set_offline(False)
        page.close(run_before_unload=False)

        other = context.new_page()
        other.goto("/sign-in?next=/offline")
        assert f"pages-{mine}" in _kept(other)
        _enter(other, "xiaomai")
        # Nobody's page: it was the door that took the kept ones away, before a page of hers came.
        assert f"pages-{mine}" not in _kept(other)
        other.goto("/letters")
        other.clock.fast_forward(70_000)

        expect(other.locator(".waiting")).to_have_count(0)
        assert _bodies(server, "小禾自己的话。") == []
        other.locator("summary.tool--me").click()
        other.get_by_role("button", name="退出", exact=True).click()
        other.clock.fast_forward(5_000)
        expect(other.locator("dialog")).to_contain_text("有 1 封信只在这台设备上")


def test_what_another_device_wrote_stands_beside_and_both_stay(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        page.locator("#body").fill("小麦：今天下雪了。")
        page.clock.fast_forward(2_000)
        expect(page.locator("[data-composer-status]")).to_contain_text("已存好")
        context.set_offline(True)
        page.locator("#body").fill("小麦：今天下雪了，我在家里接着写。")
        page.clock.fast_forward(2_000)
        expect(page.locator("[data-composer-status]")).to_contain_text("这台设备")
        elsewhere = Client(server)
        elsewhere.sign_in("xiaohe")
        number = server.rows("SELECT max(id) FROM letter")[0][0]
        fields = elsewhere.form(f"/letters/{number}/edit")
        words = {
            "body": "小麦：今天下雪了，我在机房接着写。",
            "envelope": "sealed",
            "action": "save",
        }
        assert elsewhere.post("/letters", fields | words).status == 302
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")

        page.get_by_role("link", name="放在一起看").click()
        expect(page.locator(".beside ins")).to_contain_text("家里")
        expect(page.locator(".beside del")).to_contain_text("机房")
        page.get_by_role("button", name="两份都留着").click()
        expect(page.locator("#body")).to_have_value("小麦：今天下雪了，我在家里接着写。")
        assert len(_bodies(server, "小麦：今天下雪了，我在%接着写。")) == 2


def test_signing_out_asks_about_unsent_words_and_then_leaves_nothing(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        context.set_offline(True)
        page.locator("#body").fill("只在这台设备上的话。")
        page.get_by_role("button", name="寄出", exact=True).click()
        expect(page.locator(".waiting")).to_be_visible()
        page.goto("/")

        page.locator("summary.tool--me").click()
        page.get_by_role("button", name="退出", exact=True).click()
        page.clock.fast_forward(5_000)
        expect(page.locator("dialog")).to_contain_text("有 1 封信只在这台设备上")
        page.locator("dialog").get_by_role("button", name="先不退出").click()
        expect(page.locator(".waiting")).to_be_visible()
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator(".waiting")).to_have_count(0)
        page.goto("/letters")
        page.locator("summary.tool--me").click()
        page.get_by_role("button", name="退出", exact=True).click()

        page.wait_for_url("**/sign-in")
        _until(page, lambda: page.evaluate(LEFT) == NOTHING)


def test_a_shared_computer_keeps_nothing_and_forgets_what_others_left(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        page.locator("#body").fill("自己手机上的话。")
        page.clock.fast_forward(2_000)
        expect(page.locator("[data-composer-status]")).to_contain_text("已存好")
        server.write(RAN_OUT)
        page.goto("/sign-in")
        _enter(page, "xiaomai", shared=True)

        _until(page, lambda: page.evaluate(LEFT) == NOTHING)
        page.goto("/letters/new?another=1")
        page.locator("#body").fill("机房里的话。")
        page.clock.fast_forward(2_000)
        expect(page.locator("[data-composer-status]")).to_contain_text("已存好")
        context.set_offline(True)
        page.locator("#body").fill("机房里的话，断网了。")
        page.get_by_role("button", name="寄出", exact=True).click()
        expect(page.locator("[data-composer-status]")).to_contain_text("还没寄出")
        expect(page.locator("#body")).to_be_editable()
        assert page.evaluate(LEFT) == NOTHING


def test_a_shared_sign_in_keeps_what_somebody_else_has_not_sent_and_asks_before_it_goes(
    browser: Browser, server: Server
) -> None:
    with computer(browser, server) as page:
        page.context.set_offline(True)
        page.locator("#body").fill("小禾还没寄到的信。")
        page.get_by_role("button", name="寄出", exact=True).click()
        expect(page.locator(".waiting")).to_be_visible()
        server.write(RAN_OUT)
        page.context.set_offline(False)
        page.goto("/sign-in")
        _enter(page, "xiaomai", shared=True)
        page.wait_for_timeout(300)

        page.locator("summary.tool--me").click()
        page.get_by_role("button", name="退出", exact=True).click()
        expect(page.locator("dialog")).to_contain_text("有 1 封信只在这台设备上")
        server.write(RAN_OUT)
        page.goto("/sign-in")
        _enter(page, "xiaohe")

        _until(page, lambda: _bodies(server, "小禾还没寄到的信。") == [("delivered",)])


def test_words_that_were_refused_while_sending_become_a_draft_and_no_second_letter(
    browser: Browser, server: Server
) -> None:
    with computer(browser, server) as page:
        elsewhere = Client(server)
        elsewhere.sign_in("xiaohe")
        sheet = elsewhere.form("/letters/new?another=1")
        key = page.locator("[name=key]").get_attribute("value") or ""
        sent = sheet | {"key": key, "body": "机房里寄出的信。", "action": "send"}
        held: list[Route] = []
        page.route("**/letters/drafts/*", lambda route: held.append(route))
        page.locator("#body").fill("手机上写的另一封。")
        _until(page, lambda: bool(held))
        assert elsewhere.post("/letters", sent).status == 302
        page.get_by_role("button", name="寄出", exact=True).click()
        held[0].continue_()
        page.unroute_all()

        expect(page.locator("#body")).to_be_editable()
        _until(page, lambda: _bodies(server, "手机上写的另一封。") == [("draft",)])
        assert _bodies(server, "机房里寄出的信。") == [("delivered",)]


def test_a_letter_that_the_server_stumbles_over_does_not_hold_up_the_others(
    browser: Browser, server: Server
) -> None:
    with computer(browser, server) as page:
        page.route("**/letters/drafts/*", lambda route: route.abort())
        # The last one begun is brought first.
        for words in ("走得通的一封。", "走不通的一封。"):
            page.goto("/letters/new?another=1")
            page.locator("#body").fill(words)
            page.clock.fast_forward(2_000)
            expect(page.locator("[data-composer-status]")).to_contain_text("存在这台设备上")
        page.goto("/")
        expect(page.locator(".waiting")).to_have_count(2)
        page.route("**/letters/drafts/*", _stumbles)
        page.evaluate("window.dispatchEvent(new Event('online'))")

        _until(page, lambda: _bodies(server, "走得通的一封。") == [("draft",)])
        assert _bodies(server, "走不通的一封。") == []
        expect(page.locator(".waiting")).to_have_count(1)


def test_without_locks_nothing_lies_on_the_device(browser: Browser, server: Server) -> None:
    with computer(browser, server, "delete Navigator.prototype.locks") as page:
        page.context.set_offline(True)
        page.locator("#body").fill("只在这一页上的话。")
        page.clock.fast_forward(2_000)

        expect(page.locator("[data-composer-status]")).to_contain_text("网络断了，信还在")
        assert page.evaluate(LEFT)["stores"] == []


def test_a_worker_that_was_told_to_forget_keeps_nothing_that_comes_later(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (_context, page):
        page.evaluate(
            "navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ say: 'forget' }))"
        )
        page.evaluate(
            "caches.keys().then((names) => Promise.all(names.map((n) => caches.delete(n))))"
        )
        page.goto("/letters")
        page.wait_for_timeout(300)

        assert _kept(page) == {}


def _stumbles(route: Route) -> None:
    if "走不通" in (route.request.post_data or ""):
        route.fulfill(status=500, body="")
    else:
        route.continue_()


def _enter(page: Page, who: str, *, shared: bool = False) -> None:
    """Through the door on which the page already is."""
    page.locator("#login").fill(who)
    page.locator("#password").fill(PASSWORD)
    if shared:
        page.get_by_label("这是大家一起用的电脑").check()
    page.get_by_role("button", name="进入", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _kept(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.evaluate(ALL_KEPT)
    return found


def _pages(page: Page) -> list[str]:
    return [
        path for name, paths in _kept(page).items() if name.startswith("pages-") for path in paths
    ]


def _bodies(server: Server, like: str) -> list[tuple[object, ...]]:
    return server.rows("SELECT state FROM letter WHERE body LIKE ?", like)


def _until(page: Page, holds: Callable[[], bool], seconds: int = 60) -> None:
    for _ in range(seconds * 10):
        if holds():
            return
        page.clock.fast_forward(3_000)
        page.wait_for_timeout(100)
    raise AssertionError(f"not within {seconds} seconds")
