"""Help is near: a student reports a letter in two taps on a small phone, without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser.client import Client
from tests.browser.devices import device
from tests.browser.server import Server

PHONE = (360, 640)


def _letter(server: Server) -> object:
    """A letter that 小禾 was sent and has opened."""
    return server.rows(
        "SELECT letter.id FROM letter JOIN person ON person.id = recipient_id "
        "WHERE login_name = 'xiaohe' AND letter.state = 'opened' ORDER BY letter.id DESC"
    )[0][0]


def _is_on_the_first_screen(page: Page, name: str) -> bool:
    box = page.get_by_role("button", name=name, exact=True).first.bounding_box()
    return box is not None and box["y"] + box["height"] <= PHONE[1]


def test_a_student_reports_a_letter_in_two_taps_at_360_px_without_javascript(
    browser: Browser, server: Server
) -> None:
    context = pages.open_context(browser, server, PHONE, java_script_enabled=False)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    letter = _letter(server)
    page.goto(f"/letters/{letter}")

    page.get_by_role("link", name="这封信让我不舒服").click()
    # The button is waited for: a page that is on its way has no width yet.
    assert _is_on_the_first_screen(page, "告诉老师")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_role("button", name="告诉老师", exact=True).first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("老师会看到的")
    expect(page.locator(".told-about")).to_contain_text("小麦")
    told = server.rows("SELECT max(id) FROM report")[0][0]
    frozen = server.rows("SELECT item_id FROM evidence WHERE report_id = ?", told)
    assert frozen == [(letter,)]
    context.close()


def test_letters_are_paused_in_two_taps(browser: Browser, server: Server) -> None:
    context = pages.open_context(browser, server, PHONE, java_script_enabled=False)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    page.goto(f"/letters/{_letter(server)}")

    page.get_by_role("link", name="信先停一停").click()
    assert _is_on_the_first_screen(page, "先停一停")
    page.get_by_role("button", name="先停一停", exact=True).click()

    expect(page.get_by_text("写给这位伙伴的信先停一停，你的老师知道。")).to_be_visible()
    page.get_by_role("button", name="收回我的请求").click()
    expect(page.get_by_text("写给这位伙伴的信先停一停，你的老师知道。")).to_have_count(0)
    context.close()


def test_a_letter_that_waited_on_a_device_is_kept_with_the_words_of_the_pause(
    browser: Browser, server: Server
) -> None:
    words = "等有网再走的信，那时已经停了。"
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        context.set_offline(True)
        page.locator("#body").fill(words)
        page.get_by_role("button", name="寄出", exact=True).click()
        expect(page.locator(".waiting")).to_be_visible()
        partner = Client(server)
        partner.sign_in("xiaomai")
        pair = server.rows("SELECT pair_id FROM letter WHERE id = ?", _letter(server))[0][0]
        partner.post(f"/pairs/{pair}/pause", partner.form(f"/pairs/{pair}/pause"))
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")

        expect(page.locator("[data-composer-status]")).to_contain_text("先停一停")
        expect(page.locator("#body")).to_have_value(words)
        expect(page.locator("#body")).to_be_editable()
        assert server.rows("SELECT id FROM letter WHERE body = ? AND state <> 'draft'", words) == []
        # The draft is saved meanwhile, and why it did not go stays in sight.
        pages.until(page, lambda: server.rows("SELECT id FROM letter WHERE body = ?", words))
        expect(page.locator("[data-composer-status]")).to_contain_text("先停一停")
        partner.post(f"/pairs/{pair}/pause/end", partner.form("/"))
