"""From a roster to a letter read and answered, as five people do it in their browsers."""

from __future__ import annotations

import re
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from penpal.kernel import clock
from tests.browser import pages
from tests.browser.pages import DESKTOP, PHONE
from tests.browser.server import Server

PASSWORD = "麦田里有三只安静的灰鸟"
FIRST_LETTER = "{partner}：\n\n你好！我从教室的窗户望出去，是一排槐树。\n\n你那里能看见什么？"
ANSWER = "{partner}：\n\n我的窗外是白杨，风一来就响。"

# Each run through the journey brings two children of its own.
_names = iter([("小舟", "小桐"), ("小溪", "小原"), ("小砚", "小帆")])
_numbers = count(1)


class Person:
    """Someone at a device of their own."""

    def __init__(
        self, browser: Browser, server: Server, size: tuple[int, int], script: bool
    ) -> None:
        self.context: BrowserContext = pages.open_context(
            browser, server, size, java_script_enabled=script
        )
        self.page: Page = self.context.new_page()
        self.troubles = pages.watched(self.page, server)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.locator("main").get_by_role("link", name=name, exact=True).first.click()

    def leaves(self) -> None:
        assert self.troubles == []
        self.context.close()


@pytest.mark.parametrize(
    ("size", "script"),
    [
        (PHONE, True),
        # The layout alone is another: every page is looked at on a computer elsewhere too.
        pytest.param(DESKTOP, True, marks=pytest.mark.slow),
        (PHONE, False),
    ],
    ids=["on a phone", "on a computer", "without scripts"],
)
def test_two_children_come_in_are_paired_and_write_to_each_other(
    browser: Browser, server: Server, size: tuple[int, int], script: bool
) -> None:
    number, (younger, older) = next(_numbers), next(_names)
    this_year = clock.today().year

    beijing = Person(browser, server, size, script)
    card = _issue(beijing, "tuanwei.bj", "初二(3)班", younger, f"{this_year - 12}-05", number)
    beijing.leaves()
    hotan = Person(browser, server, size, script)
    other_card = _issue(hotan, "tuanwei.ht", "八年级(2)班", older, f"{this_year - 15}-05", number)
    hotan.leaves()

    one = Person(browser, server, size, script)
    _activate(one.page, card, younger)
    expect(one.page.locator("main")).to_contain_text("要先有家长签好的同意书")
    other = Person(browser, server, size, script)
    _activate(other.page, other_card, older)
    other.press("我愿意参加")
    expect(other.page.locator("main")).to_contain_text("你的伙伴还在路上")

    teacher = Person(browser, server, size, script)
    _record_consent_and_pair(teacher, younger, older)
    teacher.leaves()

    _write(one, older, FIRST_LETTER.format(partner=older), script=script)
    expect(one.page.get_by_role("status").first).to_contain_text(f"已经到了{older}的信箱")
    expect(one.page.locator("main")).to_contain_text("还没有拆")

    other.page.goto("/")
    expect(other.page.locator("main")).to_contain_text("封口还没拆开")
    other.press("拆信")
    expect(other.page.locator("article.letter")).to_contain_text("是一排槐树")
    other.follow("回信")
    other.page.locator("#body").fill(ANSWER.format(partner=younger))
    other.press("寄出")
    expect(other.page.locator("article.letter")).to_contain_text("风一来就响")

    one.page.goto("/letters")
    expect(one.page.locator("main")).to_contain_text(f"{older}读过了")
    expect(one.page.locator("main")).not_to_contain_text("风一来就响")
    one.page.goto("/")
    one.press("拆信")
    expect(one.page.locator("article.letter")).to_contain_text("风一来就响")
    one.leaves()
    other.leaves()


def test_a_letter_is_written_and_sent_with_the_keyboard_alone(
    browser: Browser, server: Server
) -> None:
    context = pages.open_context(browser, server, DESKTOP)
    page = context.new_page()

    page.goto("/sign-in")
    _tab_to(page, "#login")
    page.keyboard.type("xiaomai")
    _tab_to(page, "#password")
    page.keyboard.type("penpal-demo")
    page.keyboard.press("Enter")
    expect(page.locator(".pairband")).to_be_visible()
    _tab_to(page, "a[href='/letters']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/letters")
    _tab_to(page, "main a[href='/letters/new']")
    page.keyboard.press("Enter")
    page.locator("#body").wait_for()
    _tab_to(page, "#body")
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n\n这一句没有用鼠标。")
    _tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")

    expect(page.locator("article.letter")).to_contain_text("这一句没有用鼠标。")
    context.close()


def test_what_was_typed_is_still_there_after_the_page_is_gone(
    browser: Browser, server: Server
) -> None:
    context = pages.open_context(browser, server, PHONE)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    page.goto("/letters/new?another=1")

    page.locator("#body").press_sequentially("写到一半，铃响了。")
    expect(page.locator("[data-composer-status]")).to_contain_text("已存好")
    page.close()
    later = context.new_page()
    later.goto("/letters/new")

    expect(later.locator("#body")).to_have_value("写到一半，铃响了。")
    context.close()


def test_a_line_that_breaks_loses_no_word(browser: Browser, server: Server) -> None:
    context = pages.open_context(browser, server, PHONE)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    page.goto("/letters/new?another=1")

    context.set_offline(True)
    page.locator("#body").press_sequentially("网断了，字还在。")
    expect(page.locator("[data-composer-offline]")).to_be_visible()
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(page.locator("[data-composer-status]")).to_contain_text("已存好")
    expect(page.locator("[data-composer-offline]")).to_be_hidden()
    context.close()


def _issue(
    secretary: Person, login_name: str, class_name: str, name: str, born: str, number: int
) -> str:
    """A roster with one new child, applied; the slips, printed. Returns the child's code."""
    page = secretary.page
    pages.sign_in(page, login_name)
    page.goto("/")
    secretary.follow("导入名册")
    roster = f"班级,学号,姓名,出生年月\n{class_name},2026990{number},{name},{born}\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "新同学.csv", "mimeType": "text/csv", "buffer": roster.encode()}
    )
    secretary.press("先看会变什么")
    expect(page.locator("tr.is-added")).to_contain_text(name)
    secretary.press("确认，写入名册")
    expect(page.locator("h1")).to_contain_text("名册收好了")

    page.goto("/")
    page.get_by_role("rowheader", name=class_name).get_by_role("link").click()
    secretary.follow("发卡片")
    page.get_by_role("button", name=re.compile("打印")).click()
    slip = page.locator(".slip").filter(has_text=f"{name}，你好")
    return slip.locator(".slip__code").inner_text()


def _activate(page: Page, code: str, name: str) -> None:
    page.goto("/activate")
    page.locator("#code").fill(code)
    page.locator("#display_name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#agreed").check()
    page.get_by_role("button", name="拆开信封").click()
    expect(page.get_by_role("status").first).to_contain_text("记住你的登录名")


def _record_consent_and_pair(teacher: Person, younger: str, older: str) -> None:
    page = teacher.page
    pages.sign_in(page, "banzhuren.bj")
    page.get_by_role("rowheader", name="初二(3)班").get_by_role("link").click()
    page.get_by_label(f"收到了 {younger}").check()
    teacher.press("记下收到的同意书")
    expect(page.get_by_role("status").first).to_contain_text("记下了 1 份")

    teacher.follow("结对")
    row = page.get_by_label(f"给{younger}选一位伙伴")
    partner = row.locator("option").filter(has_text=older).get_attribute("value")
    row.select_option(partner)
    teacher.press("结成选好的对子")
    expect(page.get_by_role("status").first).to_contain_text("结好了 1 对")
    expect(page.get_by_role("rowheader", name=younger)).to_be_visible()


def _write(author: Person, partner: str, body: str, *, script: bool) -> None:
    page = author.page
    page.goto("/")
    expect(page.locator("main")).to_contain_text(f"给{partner}写第一封信")
    author.follow("写第一封信")
    expect(page.locator(".prompts")).to_be_visible()
    page.locator("#body").fill(body)
    if script:
        expect(page.locator("[data-composer-status]")).to_contain_text("已存好")
    author.press("寄出")
    expect(page.locator("article.letter")).to_contain_text("是一排槐树")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until this is where the keyboard is, as somebody without a mouse must."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"sixty times Tab did not reach {selector}")
