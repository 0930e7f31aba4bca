"""What a device kept without a line is nobody else's, and nothing of it is left when somebody goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.devices import (
    LEFT,
    NOTHING,
    RAN_OUT,
    bodies,
    computer,
    device,
    enter,
    kept,
    until,
)
from tests.browser.server import Server

pytestmark = pytest.mark.usefixtures("letters_taken_away")


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
        assert f"pages-{mine}" in kept(other)
        enter(other, "xiaomai")
        # Nobody's page: it was the door that took the kept ones away, before a page of hers came.
        assert f"pages-{mine}" not in kept(other)
        other.goto("/letters")
        other.clock.fast_forward(70_000)

        expect(other.locator(".waiting")).to_have_count(0)
        assert bodies(server, "小禾自己的话。") == []
        other.locator("summary.tool--me").click()
        other.get_by_role("button", name="退出", exact=True).click()
        other.clock.fast_forward(5_000)
        expect(other.locator("dialog")).to_contain_text("有 1 封信只在这台设备上")


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
        until(page, lambda: page.evaluate(LEFT) == NOTHING)


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
        enter(page, "xiaomai", shared=True)

        until(page, lambda: page.evaluate(LEFT) == NOTHING)
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
        enter(page, "xiaomai", shared=True)
        page.wait_for_timeout(300)

        page.locator("summary.tool--me").click()
        page.get_by_role("button", name="退出", exact=True).click()
        expect(page.locator("dialog")).to_contain_text("有 1 封信只在这台设备上")
        server.write(RAN_OUT)
        page.goto("/sign-in")
        enter(page, "xiaohe")

        until(page, lambda: bodies(server, "小禾还没寄到的信。") == [("delivered",)])


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

        assert kept(page) == {}
