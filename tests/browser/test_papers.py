"""The papers in a browser: nothing moves where nothing should, and marks stand where they belong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser.server import Server

PARAGRAPH = (
    "我最近在读《城南旧事》，里面的英子真有意思。老师说：“好书要慢慢读。”2026年ok——我记住了！"
)
LONG = "小麦：\n\n" + "\n\n".join([PARAGRAPH * 3] * 12)
# Where each character of the text stands: the left edge of its square, and its line.
PLACES = """() => {
  const places = [];
  const body = document.querySelector(".letter__body");
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.data.length; at += 1) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      places.push([node.data[at], box.left, Math.round((box.top + box.bottom) / 2)]);
    }
  }
  return places;
}"""
AT_TOP = """() => {
  const area = document.querySelector("#body");
  const box = area.getBoundingClientRect();
  return document.caretPositionFromPoint(box.left + box.width / 2, 120)?.offset;
}"""


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = pages.open_context(browser, server)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    yield page
    context.close()


def test_a_change_of_paper_moves_nothing_and_squares_keep_the_line_in_view(page: Page) -> None:
    page.goto("/letters/new?another=1")
    area = page.locator("#body")
    area.fill(LONG)
    area.evaluate("area => area.setSelectionRange(700, 700)")
    page.evaluate("scrollTo(0, 1400)")
    before = page.evaluate("[scrollY, document.querySelector('#body').offsetHeight]")
    for paper in ("red", "plain", "green"):
        _choose(page, paper)
        assert page.evaluate("[scrollY, document.querySelector('#body').offsetHeight]") == before
    top = page.evaluate(AT_TOP)

    _choose(page, "grid")

    assert abs(page.evaluate(AT_TOP) - top) < 40
    assert area.evaluate("area => area.selectionStart") == 700
    expect(page.locator("#sheet")).to_have_attribute("data-paper", "grid")


def test_in_squares_marks_stand_by_the_rules_and_the_text_is_copied_whole(page: Page) -> None:
    page.goto("/letters/new?another=1")
    page.locator("#paper-grid").check()
    page.locator("#body").fill(LONG)
    page.locator("button[value=send]").click()
    page.wait_for_url(lambda url: url.rsplit("/", 1)[-1].isdigit())

    for width in (360, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        lines: dict[int, list[tuple[str, float]]] = {}
        for character, left, middle in page.evaluate(PLACES):
            lines.setdefault(round(middle / 12), []).append((character, left))
        starts = {line[0][0] for line in lines.values()}
        ends = {line[-1][0] for line in lines.values()}
        assert not starts & set("。，、；：？！）》”")
        assert not ends & set("（《“")
        paragraph = page.locator(".letter__body p").nth(1)
        assert (
            paragraph.evaluate("p => getSelection().selectAllChildren(p) ?? `${getSelection()}`")
            == PARAGRAPH * 3
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_reader_may_choose_another_paper_on_this_device_alone(page: Page) -> None:
    page.goto("/letters")
    page.locator(".mail--a a, .mail--b a").first.click()
    sheet = page.locator(".letter")
    written = sheet.get_attribute("data-paper")
    other = "plain" if written != "plain" else "red"

    page.locator("#reading-paper").select_option(other)
    page.locator("#reading-hand").select_option("song")
    page.reload()

    expect(sheet).to_have_attribute("data-paper", other)
    expect(sheet).to_have_attribute("data-hand", "song")

    page.locator("#reading-paper").select_option("")

    expect(sheet).to_have_attribute("data-paper", str(written))


def _choose(page: Page, paper: str) -> None:
    """As the keyboard does: a click would first scroll to the choice."""
    page.locator(f"#paper-{paper}").evaluate(
        "input => { input.checked = true; input.dispatchEvent(new Event('change', { bubbles: true })); }"
    )
