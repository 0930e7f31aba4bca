"""The guard as a child meets it: underlined in place, taken out in one tap, or released by a teacher."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser.server import Server
from tests.browser.test_axe import COLOURS, faults

NARROW = (360, 740)
NUMBER = "13812345678"
RISKY = f"小麦：\n😀我妈妈的手机是{NUMBER}，你打给我。"

UNDERLINED = "els => els.map((mark) => mark.textContent)"
SAME_PLACE = """() => {
  const box = (name) => {
    const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join();
  };
  return box("textarea.letter__ta") === box(".letter__mirror");
}"""


@pytest.fixture(autouse=True)
def tidy(server: Server) -> Iterator[None]:
    """What is written here is taken away again: other tests share the server."""
    first = server.rows("SELECT max(id) FROM letter")[0][0]
    report = server.rows("SELECT coalesce(max(id), 0) FROM report")[0][0]
    yield
    server.write("DELETE FROM hold WHERE kind = 'letter' AND item_id > ?", first)
    server.write("DELETE FROM letter WHERE id > ?", first)
    server.write("DELETE FROM report WHERE id > ?", report)


def sheet(page: Page) -> None:
    pages.sign_in(page, "xiaohe")
    page.goto("/letters/new?another=1")


def states(server: Server) -> list[tuple[object, ...]]:
    return server.rows("SELECT state, envelope, body FROM letter ORDER BY id DESC LIMIT 1")


def test_words_are_underlined_taken_out_in_one_tap_and_the_letter_goes(
    browser: Browser, server: Server
) -> None:
    for size, paper in ((NARROW, "grid"), (pages.DESKTOP, "green")):
        context = pages.open_context(browser, server, size)
        page = context.new_page()
        sheet(page)
        page.locator(f"#paper-{paper}").check()

        page.locator("#body").fill(RISKY)
        expect(page.locator(".found__i")).to_contain_text("像是手机号")
        assert page.locator(".letter__mirror mark").evaluate_all(UNDERLINED) == [NUMBER]
        assert page.evaluate(SAME_PLACE)
        expect(page.locator(".found__copy")).to_be_hidden()
        page.get_by_role("button", name="寄出", exact=True).click()
        expect(page.locator("[data-composer-status]")).to_contain_text("先看一看")
        expect(page.locator("#found-title")).to_be_focused()
        page.locator(".found__i").get_by_role("button", name="拿掉这几个字").click()
        expect(page.locator(".found")).to_be_hidden()
        page.get_by_role("button", name="放回去").click()
        expect(page.locator(".found__i")).to_have_count(1)
        page.locator(".found__i").get_by_role("button", name="拿掉这几个字").click()
        page.get_by_role("button", name="寄出", exact=True).click()

        page.wait_for_url(lambda url: url.rsplit("/", 1)[1].isdigit())
        assert states(server) == [("delivered", "sealed", RISKY.replace(NUMBER, ""))]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()


def test_a_teacher_is_asked_in_two_taps_and_words_of_despair_show_help_at_once(
    browser: Browser, server: Server
) -> None:
    context = pages.open_context(browser, server, NARROW)
    page = context.new_page()
    sheet(page)

    page.locator("#body").fill(f"{RISKY}\n有时候我不想活了。")
    expect(page.locator(".help")).to_contain_text("12356")
    page.get_by_text("看错了，或者想留着").click()
    expect(page.locator(".found__ask")).to_contain_text("会读这封信")
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": NARROW[0], "height": whole})
    page.evaluate(AXE_SCRIPT)
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLOURS) == []
    page.locator(".found__ask button").click()
    expect(page.get_by_text("这封信在等老师放行")).to_be_visible()
    expect(page.get_by_role("button", name="寄出", exact=True)).to_be_hidden()
    assert states(server)[0][0] == "draft"
    page.locator("#body").press_sequentially("再")
    expect(page.locator("[data-composer-taken-back]")).to_be_visible()
    expect(page.get_by_role("button", name="寄出", exact=True)).to_be_visible()

    assert server.rows("SELECT state FROM hold ORDER BY id DESC LIMIT 1") == [("withdrawn",)]
    context.close()


def test_without_a_script_every_finding_has_its_button_and_a_teacher_releases(
    browser: Browser, server: Server
) -> None:
    context = pages.open_context(browser, server, NARROW, java_script_enabled=False)
    page = context.new_page()
    sheet(page)

    page.locator("#body").fill(RISKY)
    page.get_by_role("button", name="寄出", exact=True).click()
    expect(page.locator(".found__copy mark")).to_have_text(NUMBER)
    page.locator(".found__i button").click()
    expect(page.locator("#body")).to_have_value(RISKY.replace(NUMBER, ""))
    page.locator("#body").fill(RISKY)
    page.get_by_role("button", name="寄出", exact=True).click()
    page.locator(".found__ask summary").click()
    page.locator(".found__ask button").click()
    expect(page.get_by_text("这封信在等老师放行")).to_be_visible()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert server.rows("SELECT state FROM hold ORDER BY id DESC LIMIT 1") == [("asked",)]
    context.close()
