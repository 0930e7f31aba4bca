"""Two read one book on two devices: a note held back and then shown, reflections, and a log without a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import pages
from tests.browser.server import Server

STEPS = "SELECT count(*) FROM reading_step"
SECRET = "谁推着它走，它自己吗？"


@contextmanager
def device(browser: Browser, server: Server, who: str) -> Iterator[tuple[BrowserContext, Page]]:
    context = pages.open_context(browser, server)
    page = context.new_page()
    pages.sign_in(page, who)
    yield context, page
    context.close()


def test_two_browsers_read_one_book_and_a_note_is_held_back(
    browser: Browser, server: Server
) -> None:
    with (
        device(browser, server, "xiaohe") as (_his, he),
        device(browser, server, "xiaomai") as (
            _hers,
            mai,
        ),
    ):
        he.goto("/books/new")
        he.get_by_label("书名").fill("西顿动物记")
        he.get_by_label("或者只写一共多少章").fill("4")
        he.get_by_role("button", name=re.compile("提给")).click()
        he.wait_for_url(re.compile(r"/books/\d+"))
        address = re.sub(r"\?.*", "", he.url)
        mai.goto(address)
        mai.get_by_role("button", name="好，一起读").click()
        expect(mai.get_by_text("说好了，一起读。")).to_be_visible()

        mai.get_by_role("link", name="写一句读后").click()
        mai.get_by_label("在哪一章").select_option("2")
        mai.get_by_label("读到这里，你想到了什么").fill(SECRET)
        mai.get_by_role("button", name="记下").click()
        expect(mai.get_by_text(SECRET)).to_be_visible()

        he.goto(address)
        expect(he.get_by_text(re.compile("在第 2 章留了一句话，读到那里就看得到"))).to_be_visible()
        assert SECRET not in he.content()
        for number in ("一", "二"):
            he.get_by_role("button", name=f"我读完第{number}章了").click()
            expect(he.locator(".twin .num").first).to_have_text(f"{'一二'.index(number) + 1} / 4")
        expect(he.get_by_text(SECRET)).to_be_visible()

        for page, words in ((he, "动物也有名字。"), (mai, "狼也认得回家的路。")):
            page.goto(f"{address}/reflection")
            page.get_by_label("这本书给你留下了什么").fill(words)
            page.get_by_role("button", name="写完了", exact=True).click()
            expect(page.get_by_text(words)).to_be_visible()
        expect(mai.get_by_text("动物也有名字。")).to_be_visible()


def test_what_is_noted_without_a_line_is_brought_once_when_there_is_one(
    browser: Browser, server: Server
) -> None:
    with device(browser, server, "xiaohe") as (context, page):
        page.goto("/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.goto("/books")
        page.wait_for_load_state("networkidle")
        before = server.rows(STEPS)[0][0]
        value = page.locator(".twin .num").first.inner_text()
        context.set_offline(True)

        page.get_by_role("button", name=re.compile("^我读完第")).click()
        expect(page.locator(".waiting")).to_contain_text("等有网就记下")
        context.set_offline(False)

        expect(page.locator(".waiting")).to_have_count(0)
        page.reload()
        expect(page.locator(".twin .num").first).not_to_have_text(value)
        assert server.rows(STEPS)[0][0] == before + 1
