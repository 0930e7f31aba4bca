"""The whole way of one letter: from its author past everybody who answers for it, into print, and back out."""

from __future__ import annotations

import io
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import time as hour

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from penpal import create_app
from penpal.config import Settings
from penpal.kernel.db import db
from penpal.publishing.issues import signing
from tests.browser import pages
from tests.browser import server as serving
from tests.browser.server import Server

TITLE = "一棵叫“等一下”的树"
SECRET = "等一下"
"""What nobody reads any more once it is withdrawn."""
PHONE, DESK = (390, 844), (1366, 900)
REVIEWERS = ("banzhuren.bj", "banzhuren.ht", "tuanwei.bj", "tuanwei.ht", "xianwei.ht")
SOON = 20.0
"""Seconds in which public pages notice that something changed; ten minutes are allowed."""


@pytest.fixture
def site(prepared: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("publishing") / "data")  # type: ignore[arg-type]
    with serving.running(folder) as running:
        yield running


@pytest.fixture
def beside(site: Server) -> Flask:
    """The application on the same data, for what happens by itself at a minute."""
    return create_app(
        Settings(
            DATABASE_URL="",
            REDIS_URL="",
            data=site.folder,
            secret_key="a key for tests alone",
            rate_limits=False,
            demo=False,
            second_factor="off",
            quiet_from=hour(),
            quiet_until=hour(),
            log_level="WARNING",
        )
    )


class People:
    """Everybody at a device of their own, signed in the first time that they are needed."""

    def __init__(self, browser: Browser, site: Server, open_: ExitStack) -> None:
        self.browser, self.site, self.open = browser, site, open_
        self.known: dict[str, Page] = {}

    def __call__(self, login: str, size: tuple[int, int] = DESK) -> Page:
        if login not in self.known:
            context = pages.open_context(self.browser, self.site, size)
            self.open.callback(context.close)
            self.known[login] = context.new_page()
            if not login.startswith("guardian"):
                pages.sign_in(self.known[login], login)
        return self.known[login]


def public(site: Server, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{site.address}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def settled(site: Server, path: str, *, has: str = "", lacks: str = "", status: int = 200) -> None:
    """Ask until the page is so, as a reader who comes a little later sees it."""
    deadline = time.monotonic() + SOON
    while True:
        code, text = public(site, path)
        if code == status and has in text and (not lacks or lacks not in text):
            return
        assert time.monotonic() < deadline, (path, code, has in text)
        time.sleep(0.5)


def test_a_letter_goes_all_the_way_into_print_and_back_out(
    browser: Browser, site: Server, beside: Flask
) -> None:
    with ExitStack() as open_:
        people = People(browser, site, open_)
        number = _submit(people("xiaomai", PHONE), site)
        _partner_agrees(people("xiaohe", PHONE), number)
        _guardians_agree(people, site, number)
        assert public(site, f"/special/{number}")[0] == 404
        for login in REVIEWERS:
            _approve(people(login))
        _edit(people("bianji"), number)
        _accept(people("xiaomai", PHONE))
        issue = _sign_off(people("bianji"), number)
        _take_files(people("bianji"), issue)
        with beside.app_context():
            signing.come_out_due()
            db.session.remove()

        settled(site, f"/special/{number}", has=SECRET)
        settled(site, "/special", has=SECRET)
        settled(site, "/special/feed.atom", has=SECRET)
        text = public(site, f"/special/{number}")[1]
        for name in ("小麦", "小禾", "白杨林中学", "槐荫中学"):
            assert name not in text

        _withdraw(people("xiaomai", PHONE), number)
        for path in ("/special", "/special/feed.atom", f"/special/search?q={_quoted(SECRET)}"):
            settled(site, path, lacks=SECRET if "search" not in path else TITLE)
        settled(
            site, f"/special/{number}", lacks=SECRET, status=public(site, f"/special/{number}")[0]
        )
        assert SECRET not in public(site, f"/special/{number}")[1]
        settled(site, "/special", has="这里有一篇应作者的要求撤下了")
        desk = people("bianji")
        desk.goto("/issues/recalls")
        expect(desk.locator("main")).to_contain_text("新闻版")


def _quoted(words: str) -> str:
    return urllib.parse.quote(words)


def _submit(page: Page, site: Server) -> int:
    letter = site.rows("SELECT id FROM letter WHERE body LIKE '%叫“等一下”%' LIMIT 1")[0][0]
    page.goto(f"/letters/{letter}")
    page.get_by_role("link", name="投稿").click()
    page.locator("#title").fill(TITLE)
    page.locator("main select[name=theme]").select_option("family")
    for tick in page.locator("main [name=keep]").all():
        # Here 小麦 is her name and no wheat; every other word is what it says.
        if tick.get_attribute("value") != "小麦":
            tick.check()
    page.get_by_role("button", name="投稿，先问").click()
    expect(page.locator("main")).to_contain_text(TITLE)
    found = re.search(r"/publishing/(\d+)", page.url)
    assert found is not None
    return int(found[1])


def _partner_agrees(page: Page, number: int) -> None:
    page.goto(f"/publishing/{number}")
    page.get_by_role("link", name="看一看，回答").click()
    page.get_by_role("button", name="我愿意").click()
    expect(page).to_have_url(re.compile(rf"/publishing/{number}$"))


def _guardians_agree(people: People, site: Server, number: int) -> None:
    """One by the link on a phone, one on paper that the teacher puts on record."""
    desk = people("banzhuren.ht")
    desk.goto(f"/publishing/{number}/consents")
    desk.get_by_role("button", name="给家长做一个链接").click()
    address = desk.locator("main input[value*='/piece/']").input_value()
    known = site.rows(
        "SELECT student_number FROM person JOIN enrolment ON person_id = person.id "
        "WHERE login_name = 'xiaomai'"
    )[0][0]
    phone = people("guardian", (360, 740))
    phone.goto(address)
    phone.locator("main [name=number]").fill(str(known))
    phone.get_by_role("button", name="看稿子").click()
    expect(phone.locator("main")).to_contain_text(SECRET)
    phone.locator("main [name=piece][value=yes]").check()
    phone.locator("main [name=name]").fill("麦有福")
    phone.locator("main [name=relation][value=grandparent]").check()
    phone.locator("main [name=confirmed]").check()
    phone.get_by_role("button", name="交回答").click()
    expect(phone.locator("main")).to_contain_text("收到了，谢谢")

    other = people("banzhuren.bj")
    other.goto(f"/publishing/{number}/consents")
    other.locator("main [name=piece][value=yes]").check()
    other.get_by_role("button", name="记下").click()
    expect(other.locator("main")).to_contain_text("同意")


def _approve(page: Page) -> None:
    page.goto("/queue?tab=piece")
    page.get_by_role("link", name=re.compile("等一下")).first.click()
    expect(page.locator("main")).to_contain_text(SECRET)
    page.locator("button[name=action][value=approve]").click()
    expect(page.locator("body")).to_contain_text("通过了")


def _edit(page: Page, number: int) -> None:
    page.goto(f"/desk/{number}")
    page.get_by_role("button", name="改稿").click()
    page.locator("#standfirst").fill("出生那天，爷爷正在种它。")
    page.get_by_role("button", name="存下，请作者看").click()
    expect(page.locator("main")).to_contain_text(TITLE)


def _accept(page: Page) -> None:
    page.goto("/notices")
    page.goto("/publishing")
    page.get_by_role("link", name=re.compile("等一下")).first.click()
    page.locator("main a[href*='/publishing/changes/']").first.click()
    expect(page.locator("main ins")).to_contain_text("出生那天")
    page.get_by_role("button", name="全都同意").click()
    page.goto("/publishing")


def _sign_off(page: Page, number: int) -> int:
    page.goto(f"/desk/{number}")
    page.get_by_role("button", name=re.compile("放进第")).click()
    page.goto("/issues")
    page.get_by_role("link", name=re.compile("第 3 期")).first.click()
    expect(page.locator("main")).to_contain_text(TITLE)
    page.get_by_role("button", name="签发").click()
    page.get_by_role("dialog").get_by_role("button", name="签发").click()
    expect(page.get_by_role("button", name="收回签发")).to_be_visible()
    found = re.search(r"/issues/(\d+)", page.url)
    assert found is not None
    return int(found[1])


def _take_files(page: Page, issue: int) -> None:
    page.goto(f"/issues/{issue}")
    page.locator("[name=handed_to]").fill("新闻版")
    for button, begins, holds in (("Word 文件", b"PK", "word/document.xml"), ("清样", b"%PDF", "")):
        with page.expect_download() as coming:
            page.locator("#files").get_by_role("button", name=button).click()
        content = coming.value.path().read_bytes()
        assert content.startswith(begins)
        if holds:
            words = zipfile.ZipFile(io.BytesIO(content)).read(holds).decode()
            assert SECRET in words


def _withdraw(page: Page, number: int) -> None:
    page.goto(f"/publishing/{number}")
    page.get_by_role("link", name="撤回这一篇").click()
    page.get_by_role("button", name="撤回").click()
    expect(page.locator("main")).to_contain_text("撤回")
