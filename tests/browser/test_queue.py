"""A teacher's queue: cleared by keyboard alone, one at a time on a phone, with two people on one item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from penpal import create_app
from penpal.accounts import services as accounts
from penpal.accounts import snapshots
from penpal.accounts.models import Enrolment, Person, Role
from penpal.config import Settings
from penpal.kernel.access import Actor
from penpal.kernel.db import db, session, transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.places.models import Unit
from penpal.safeguarding import holding, items, queue
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee
from penpal.screening.findings import Finding, Kind
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from tests.browser import pages
from tests.browser import server as serving
from tests.browser.server import Server

TEACHER, COLLEAGUE = "banzhuren.bj", "banzhuren.bj2"
BODY = "你好：\n\n这道题的答案是13800138000，你算算对不对。"
FOUND = (Finding(Kind.PHONE_MOBILE, 12, 23),)
ALL = 20
SMALL = (360, 740)


@dataclass(frozen=True)
class Site:
    """A server, and the application beside it on the same data."""

    server: Server
    app: Flask


@pytest.fixture(scope="module")
def site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, where a colleague teaches the first class as well."""
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("queue") / "data")
    settings = Settings(
        DATABASE_URL="",
        REDIS_URL="",
        data=folder,
        secret_key="a key for tests alone",
        demo=False,
        second_factor="off",
        quiet_from=time(),
        quiet_until=time(),
        log_level="WARNING",
    )
    app = create_app(settings)
    with app.app_context():
        with transaction() as current:
            accounts.grant(_person(COLLEAGUE), Role.TEACHER, current.get_one(Unit, _class_id()))
        db.session.remove()
    with serving.running(folder) as running:
        yield Site(running, app)


@pytest.fixture
def busy(site: Site) -> Server:
    """Twenty things of several kinds wait for the teacher."""
    with site.app.app_context():
        _fill()
        db.session.remove()
        db.engine.dispose()
    return site.server


def _person(login_name: str) -> Person:
    return session().scalars(sa.select(Person).where(Person.login_name == login_name)).one()


def _actor(person_id: int) -> Actor:
    actor = snapshots.of(person_id)
    assert actor is not None
    return actor


def _class_id() -> int:
    return next(row.class_id for row in _person("xiaohe").enrolments)


def _fill() -> None:
    teacher = _actor(_person(TEACHER).id)
    mates = sa.select(Enrolment.person_id).where(Enrolment.class_id == _class_id())
    authors = cycle(filter(_writes, [_actor(number) for number in session().scalars(mates)]))
    while missing := ALL - queue.count(teacher):
        author, key = next(authors), f"key-of-the-queue-{uuid4().hex}"
        if missing <= 2:
            reports.tell(key=key, words="有一件事想说。", addressee=Addressee.TEACHER, by=author)
            continue
        draft = letters.save_draft(
            _pair_of(author), key=key, body=BODY, envelope=Envelope.OPEN, revision=9, by=author
        ).letter
        content = items.read("letter", draft.id)
        assert content is not None
        holding.ask(content, FOUND, by=author)


def _writes(author: Actor) -> bool:
    running = pairs.active_pairs_of([author.person_id or 0])
    return author.takes_part and bool(running)


def _pair_of(author: Actor) -> Pair:
    return pairs.active_pairs_of([author.person_id or 0])[0]


def _desk(browser: Browser, busy: Server, who: str, size: tuple[int, int]) -> Page:
    context = pages.open_context(browser, busy, size)
    page = context.new_page()
    pages.sign_in(page, who)
    return page


def _shown(page: Page) -> str:
    """Which item is on the page."""
    return page.locator("#item").get_attribute("data-item") or ""


def _press(page: Page, key: str) -> None:
    """A key, and the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press(key)


def _ready(page: Page) -> None:
    """The keys work from when the scripts have come, and show that they do."""
    expect(page.locator("[data-key]").first).to_be_visible()


def test_two_teachers_on_one_item_see_each_other_and_the_later_one_who_was_faster(
    browser: Browser, busy: Server
) -> None:
    one = _desk(browser, busy, TEACHER, pages.DESKTOP)
    other = _desk(browser, busy, COLLEAGUE, pages.DESKTOP)
    troubles = pages.watched(one, busy)
    one.goto("/queue?tab=release")
    address = one.locator(".q--on a").get_attribute("href") or ""

    other.goto(address)

    seen = one.locator("[data-queue-others]")
    expect(seen).to_contain_text("知秋老师也在看这一件")
    expect(other.locator("[data-queue-others]")).to_contain_text("若云老师")
    other.get_by_role("button", name="转给团委书记").click()
    expect(seen).to_contain_text("知秋老师刚刚办了这一件。")
    expect(one.locator("#decision")).to_have_count(0)
    assert troubles == []
    one.context.close()
    other.context.close()


def test_on_a_phone_one_item_at_a_time_with_the_list_a_step_away(
    browser: Browser, busy: Server
) -> None:
    phone = _desk(browser, busy, TEACHER, SMALL)
    phone.goto("/queue?tab=release")

    first = _shown(phone)
    expect(phone.locator(".qlist")).to_be_hidden()
    assert phone.evaluate("document.documentElement.scrollWidth") <= SMALL[0]
    phone.get_by_role("link", name="下一件").click()
    expect(phone.locator("#item")).not_to_have_attribute("data-item", first)
    phone.get_by_role("link", name="上一件").click()
    expect(phone.locator("#item")).to_have_attribute("data-item", first)
    phone.get_by_role("button", name="放行，寄出").click()
    expect(phone.locator(".flashes")).to_contain_text("放行了")
    expect(phone.locator("#item")).not_to_have_attribute("data-item", first)
    phone.get_by_role("link", name="清单").click()
    expect(phone.locator(".qlist")).to_be_visible()
    expect(phone.locator("#item")).to_have_count(0)
    phone.context.close()


def test_without_scripts_the_queue_is_cleared_by_forms(browser: Browser, busy: Server) -> None:
    context = pages.open_context(browser, busy, pages.DESKTOP, java_script_enabled=False)
    page = context.new_page()
    pages.sign_in(page, TEACHER)
    page.goto("/queue?tab=release")
    first = _shown(page)

    page.locator(".canned button").first.click()
    page.get_by_role("button", name="退回去改").click()

    expect(page.locator(".flashes")).to_contain_text("你的话也带到了。")
    expect(page.locator("#item")).not_to_have_attribute("data-item", first)
    page.locator('input[name="item"]').first.check()
    page.get_by_role("button", name="一起办").click()
    page.get_by_role("button", name="就这样办").click()
    expect(page.locator(".flashes")).to_contain_text("办好了 1 件。")
    context.close()


def test_a_teacher_clears_twenty_items_by_keyboard_alone(browser: Browser, busy: Server) -> None:
    page = _desk(browser, busy, TEACHER, pages.DESKTOP)
    troubles = pages.watched(page, busy)
    page.goto("/queue")
    _ready(page)
    expect(page.locator(".q")).to_have_count(ALL)

    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("快捷键")
    page.keyboard.press("Escape")
    _press(page, "j")
    _ready(page)
    _press(page, "k")

    for turn in range(60):
        item = page.locator("#item")
        if not item.count():
            break
        kind = (item.get_attribute("data-item") or "").partition(":")[0]
        _ready(page)
        if page.locator('button[value="answer"]').count():
            # The key of the answer leads into the field that is still empty.
            page.keyboard.press("a")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Tab")
            page.keyboard.type("课间来找我 jkxare")
            page.keyboard.press("Escape")
        elif kind == "hold" and turn % 5 == 0:
            page.keyboard.press("1")
            expect(page.locator("#words")).not_to_have_value("")
            page.keyboard.press("Escape")
            _press(page, "r")
            continue
        for photo in page.locator("fieldset:has([name^=photo_])").all():
            # Somebody has to say what is in it, before it may be printed.
            photo.locator("[value=nobody]").focus()
            page.keyboard.press("Space")
            page.keyboard.press("Escape")
        _press(page, "a")

    expect(page.get_by_text("都看完了。")).to_be_visible()
    expect(page.get_by_text("孩子们的信已经在路上。")).to_be_visible()
    assert troubles == []
    page.context.close()
