"""Notices on open pages: the bell, the line that is read aloud, and a pairing board with two people at it."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser import pages
from tests.browser.server import Server
from tests.browser.test_live import _socket

TEACHER, SECRETARY = "banzhuren.bj", "tuanwei.bj"


def test_a_letter_rings_the_bell_and_a_visit_quiets_it(browser: Browser, server: Server) -> None:
    # A notice of this letter that is still new would only be renewed, and the number stay.
    server.write("UPDATE notice SET seen_at = at WHERE seen_at IS NULL")
    reader = pages.open_context(browser, server)
    pages.sign_in(reader.new_page(), "xiaomai")
    home = reader.new_page()
    troubles = pages.watched(home, server)
    joined = _socket(home)
    home.goto("/")
    joined()
    bell = home.locator("[data-bell-label]")
    before = bell.text_content()
    author = pages.open_context(browser, server)
    desk = author.new_page()
    pages.sign_in(desk, "xiaohe")

    desk.goto("/letters/new?another=1")
    desk.locator("#body").fill("小麦：\n\n窗台上的蒜苗长高了。")
    desk.get_by_role("button", name="寄出").click()
    desk.wait_for_url("**/letters/*")

    region = home.locator("[data-live-region]")
    expect(region.get_by_role("link")).to_be_visible()
    expect(region).to_contain_text("小禾的信到了")
    expect(bell).not_to_have_text(before or "")
    rung = bell.text_content()
    region.get_by_role("link").click()
    home.wait_for_url("**/letters/*")
    expect(home.locator("[data-bell-label]")).not_to_have_text(rung or "")
    home.goto("/notices")
    expect(home.locator(".notices__one").first).not_to_have_class("is-new")
    assert troubles == []
    author.close()
    reader.close()


def test_what_one_ties_appears_on_the_board_of_the_other(browser: Browser, server: Server) -> None:
    class_ = server.rows(
        "SELECT unit_id FROM role_grant JOIN person ON person.id = person_id WHERE login_name = ?",
        TEACHER,
    )[0][0]
    opened = []
    for who in (TEACHER, SECRETARY):
        context = pages.open_context(browser, server, pages.DESKTOP)
        page = context.new_page()
        pages.sign_in(page, who)
        page.goto(f"/classes/{class_}/pairs")
        opened.append(page)
    teacher, secretary = opened
    expect(secretary.locator("[data-board-others]")).to_contain_text("也在看这一页")
    expect(teacher.locator("[data-board-others]")).to_contain_text("也在看这一页")
    rows = secretary.locator("[data-row]")
    waiting = rows.count()
    options = secretary.locator("[data-row] select").first.locator("option[value]:not([value=''])")
    wanted, kept = (options.nth(place).get_attribute("value") for place in (0, 1))
    secretary.locator("[data-row] select").nth(1).select_option(wanted)
    secretary.locator("[data-row] select").nth(2).select_option(kept)

    teacher.locator("[data-row] select").first.select_option(wanted)
    teacher.get_by_role("button", name="结成选好的对子").click()

    expect(rows).to_have_count(waiting - 1)
    expect(secretary.locator("[data-board-news]")).to_contain_text("刚刚有伙伴了")
    expect(secretary.locator("[data-row] select").nth(0)).to_have_value("")
    expect(secretary.locator("[data-row] select").nth(1)).to_have_value(kept or "")
    for page in opened:
        page.context.close()
