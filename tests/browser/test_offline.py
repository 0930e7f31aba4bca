"""Without a line: reading what was kept, writing, and sending once it is back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser import pages
from tests.browser.client import Client
from tests.browser.devices import bodies, computer, device, kept_pages, until
from tests.browser.server import Server

pytestmark = pytest.mark.usefixtures("letters_taken_away")

ENDED = "UPDATE sign_in SET ended_at = '2026-01-01 00:00:00' WHERE ended_at IS NULL"


def test_letters_and_the_mailbox_can_be_read_without_a_line(
    browser: Browser, server: Server
) -> None:
    with device(browser, server) as (context, page):
        until(page, lambda: len([path for path in kept_pages(page) if path[9:].isdigit()]) >= 5)
        context.set_offline(True)

        page.goto("/letters")
        expect(page.locator(".device__kept")).to_contain_text("留在这台设备上的")
        page.goto(next(path for path in kept_pages(page) if path[9:].isdigit()))
        expect(page.locator("article.letter")).to_be_visible()
        unopened = server.rows(
            "SELECT letter.id FROM letter JOIN person ON person.id = recipient_id "
            "WHERE login_name = 'xiaohe' AND state = 'delivered'"
        )
        for (number,) in unopened:
            assert f"/letters/{number}" not in kept_pages(page)
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
        assert bodies(server, "坐在车上写的。") == [("draft",)]


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
            assert bodies(server, words) == [("draft",)]


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
        assert bodies(server, "等有网再走的信%") == [("delivered",)]


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
        assert bodies(server, "两个星期以后才到的信。") == []

        other = context.new_page()
        other.goto("/sign-in")
        until(other, lambda: not kept_pages(other))
        pages.sign_in(other, "xiaohe")

        until(page, lambda: bodies(server, "两个星期以后才到的信。") == [("delivered",)])


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
        assert len(bodies(server, "小麦：今天下雪了，我在%接着写。")) == 2


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
        until(page, lambda: bool(held))
        assert elsewhere.post("/letters", sent).status == 302
        page.get_by_role("button", name="寄出", exact=True).click()
        held[0].continue_()
        page.unroute_all()

        expect(page.locator("#body")).to_be_editable()
        until(page, lambda: bodies(server, "手机上写的另一封。") == [("draft",)])
        assert bodies(server, "机房里寄出的信。") == [("delivered",)]


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

        until(page, lambda: bodies(server, "走得通的一封。") == [("draft",)])
        assert bodies(server, "走不通的一封。") == []
        expect(page.locator(".waiting")).to_have_count(1)


def _stumbles(route: Route) -> None:
    if "走不通" in (route.request.post_data or ""):
        route.fulfill(status=500, body="")
    else:
        route.continue_()
