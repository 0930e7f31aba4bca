"""A guardian without an account: the link from the teacher, the questions, the answer, on a phone."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser.server import Server
from tests.browser.test_axe import AXE_SCRIPT, NARROWEST, faults


def test_a_guardian_answers_by_the_link_and_only_once(browser: Browser, server: Server) -> None:
    child, number = server.rows(
        "SELECT person.id, student_number FROM person JOIN enrolment ON person_id = person.id "
        "WHERE login_name = 'xiaohe'"
    )[0]
    desk = pages.open_context(browser, server, pages.DESKTOP).new_page()
    pages.sign_in(desk, "banzhuren.bj")
    desk.goto(f"/students/{child}/consent")
    desk.locator("#ask-photos").check()
    desk.locator("#ask-camp").check()
    desk.get_by_role("button", name="做一个新链接").click()
    address = desk.locator("#address").input_value()

    phone = pages.open_context(browser, server, (NARROWEST, 800)).new_page()
    troubles = pages.watched(phone, server)
    phone.goto(address)
    found = _looked_at(phone)
    expect(phone.locator("main")).not_to_contain_text("小禾")
    phone.locator("#number").fill(str(number))
    phone.get_by_role("button", name="看要问的事").click()
    expect(phone.locator("main")).to_contain_text("小禾")
    found += _looked_at(phone)
    phone.locator("#answer-photos-yes").check()
    phone.locator("#answer-camp-no").check()
    phone.locator("#name").fill("何秀兰")
    phone.locator("#relation-grandparent").check()
    phone.locator("#confirmed").check()
    phone.get_by_role("button", name="交回答").click()
    expect(phone.locator("main")).to_contain_text("收到了，谢谢。")
    found += _looked_at(phone)
    phone.goto(address)
    expect(phone.locator("main")).to_contain_text("收到了，谢谢。")
    expect(phone.locator("main form")).to_have_count(0)

    assert found == []
    assert troubles == []
    desk.reload()
    expect(desk.locator("main")).to_contain_text("何秀兰")
    for page in (desk, phone):
        page.context.close()


def _looked_at(page: Page) -> list[str]:
    """What is wrong with the page as it is open, in light and dark, on the narrowest phone."""
    found = []
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROWEST:
        found.append(f"{page.title()}: {width} px wide")
    page.evaluate(AXE_SCRIPT)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{page.title()} ({scheme}): {fault}" for fault in faults(page)]
    return found
