"""Two children at two devices: a book recommended, read and talked over, and a thing agreed on, done and shared."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from penpal.kernel import clock
from tests.browser import pages
from tests.browser.pages import DESKTOP, PHONE
from tests.browser.server import Server

TITLE = "会走路的树"
NOTE = "第二章里那句话，我念了三遍。"
OWN_WORDS = "我最喜欢树决定不走的那一页。"
OTHER_WORDS = "我想知道树走了以后，鸟住哪里。"
PLAN = "周五傍晚，各听五分钟窗外的声音。"
CHANGED = "周五傍晚，各听十分钟窗外的声音，写下听见的三样。"
HEARD = "自行车铃、炒菜声、有人喊孩子回家。"
HEARD_THERE = "风、羊、隔壁的收音机。"
LOADED = (
    "images => images.length > 0 && images.every((one) => one.complete && one.naturalWidth > 0)"
)


class Child(NamedTuple):
    page: Page
    name: str
    troubles: list[str]

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def reads(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def does_not_read(self, words: str, *addresses: str) -> None:
        for address in addresses:
            self.page.goto(address)
            expect(self.page.locator("main")).not_to_contain_text(words)


@pytest.fixture
def two(browser: Browser, server: Server) -> Iterator[tuple[Child, Child]]:
    """A pair of the demo that has neither read nor done anything yet: one on a computer, one on a phone."""
    names = server.rows(
        "SELECT a.login_name, a.display_name, b.login_name, b.display_name FROM pair "
        "JOIN person AS a ON a.id = supporting_student_id "
        "JOIN person AS b ON b.id = supported_student_id "
        "WHERE a.activated_at IS NOT NULL AND b.activated_at IS NOT NULL AND pair.state = 'active' "
        "AND pair.id NOT IN (SELECT pair_id FROM shared_book) "
        "AND pair.id NOT IN (SELECT pair_id FROM activity) "
        "AND pair.id NOT IN (SELECT pair_id FROM block WHERE lifted_at IS NULL) "
        "AND pair.id NOT IN (SELECT pair_id FROM letter WHERE state = 'delivered') "
        "ORDER BY pair.id LIMIT 1"
    )[0]
    contexts = []
    children = []
    for login_name, name, size in ((names[0], names[1], DESKTOP), (names[2], names[3], PHONE)):
        context = pages.open_context(browser, server, size)
        page = context.new_page()
        troubles = pages.watched(page, server)
        pages.sign_in(page, str(login_name))
        contexts.append(context)
        children.append(Child(page, str(name), troubles))
    yield children[0], children[1]
    for context in contexts:
        context.close()


def test_two_read_a_book_and_do_a_thing_together(two: tuple[Child, Child]) -> None:
    one, other = two

    book = _agree_on_a_book(one, other)
    _a_note_is_held_back_and_then_shown(one, other, book)
    _exchange_reflections(one, other, book)
    thing = _agree_on_a_thing(one, other)
    _do_it_and_share(one, other, thing)

    for child in two:
        child.page.goto("/")
        child.reads("我们的三个一")
        child.reads(HEARD)
        child.page.locator(".thread__ph img").first.scroll_into_view_if_needed()
        expect(child.page.locator(".thread__ph img").first).to_have_js_property("complete", True)
        assert child.page.locator(".thread__ph img").evaluate_all(LOADED)
        child.page.goto("/us/year")
        child.reads(TITLE)
        assert child.troubles == []


def _agree_on_a_book(one: Child, other: Child) -> str:
    one.page.goto("/books/new")
    one.page.locator("#title").fill(TITLE)
    one.page.locator("#chapters").fill("种子\n雨\n远方")
    one.press(f"提给{other.name}")
    one.reads(f"等{other.name}点头")
    address = one.page.url

    other.page.goto("/")
    other.reads(f"{one.name}想和你一起读《{TITLE}》")
    other.page.locator(".next a").first.click()
    other.press("好，一起读")
    other.reads("开始读")
    return address


def _a_note_is_held_back_and_then_shown(one: Child, other: Child, book: str) -> None:
    one.page.goto(f"{book}/notes/new")
    one.page.locator("#chapter").select_option("2")
    one.page.locator("#body").fill(NOTE)
    one.press("记下")
    one.reads(NOTE)

    other.does_not_read(NOTE, "/", f"/us/{clock.today():%Y-%m}", book)
    other.reads("读到那里就看得到")
    other.press("我读完第一章了")
    expect(other.page.get_by_role("button", name="我读完第二章了")).to_be_visible()
    expect(other.page.locator("main")).not_to_contain_text(NOTE)
    other.press("我读完第二章了")
    other.reads(NOTE)
    other.page.goto("/")
    other.reads(NOTE)


def _exchange_reflections(one: Child, other: Child, book: str) -> None:
    one.page.goto(f"{book}/reflection")
    one.page.locator("#body").fill(OWN_WORDS)
    one.press("写完了")
    one.reads(OWN_WORDS)

    other.does_not_read(OWN_WORDS, "/", book)
    other.reads(f"{one.name}写完了。你也写完，就看得到。")
    other.page.goto(f"{book}/reflection")
    other.page.locator("#body").fill(OTHER_WORDS)
    other.press("写完了")
    other.reads(OWN_WORDS)
    one.page.goto(book)
    one.reads(OTHER_WORDS)
    for child, chapters in ((one, ("一", "二", "三")), (other, ("三",))):
        child.page.goto(book)
        for chapter in chapters:
            child.press(f"我读完第{chapter}章了")
            expect(child.page.get_by_role("button", name=f"我读完第{chapter}章了")).to_have_count(0)
    other.reads("两个人都读完了")


def _agree_on_a_thing(one: Child, other: Child) -> str:
    one.page.goto("/together/new")
    one.page.locator("#title").fill("窗外的十分钟")
    one.page.locator("#plan").fill(PLAN)
    one.page.locator("#do_by").fill((clock.today() + timedelta(days=6)).isoformat())
    one.press(f"给{other.name}看")
    one.page.wait_for_url(lambda url: not url.endswith("/new"))
    address = one.page.url

    other.page.goto("/")
    other.reads(f"{one.name}想和你一起做：窗外的十分钟")
    other.page.goto(f"{address}/wording")
    other.page.locator("#plan").fill(CHANGED)
    other.press(f"改好了，给{one.name}看")
    one.page.goto(address)
    one.reads(CHANGED)
    one.press("点头，就这样做")
    expect(one.page.get_by_role("link", name="记下你做的")).to_be_visible()
    return address


def _do_it_and_share(one: Child, other: Child, thing: str) -> None:
    drawn = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(drawn, "JPEG")
    one.page.goto(f"{thing}/record")
    one.page.locator("#text").fill(HEARD)
    one.page.locator("#photo").set_input_files(
        {"name": "window.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}
    )
    expect(one.page.locator('.photos__i[data-state="kept"]')).to_have_count(1)
    one.press("做完了")
    one.reads(HEARD)

    other.does_not_read(HEARD, "/", f"/us/{clock.today():%Y-%m}", thing)
    other.page.goto(f"{thing}/record")
    other.page.locator("#text").fill(HEARD_THERE)
    other.press("做完了")
    other.reads(HEARD)
    one.page.goto(thing)
    one.reads(HEARD_THERE)
