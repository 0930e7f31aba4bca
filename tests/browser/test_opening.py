"""A child is in danger: one of staff asks on a small phone, another agrees, both read, the child is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser import server as serving
from tests.browser.pages import DESKTOP
from tests.browser.server import Server
from tests.browser.test_second_factor import faults

PHONE = (360, 640)
REASON = "家长说孩子昨晚没有回家，信里可能写了去哪里"


@pytest.fixture(scope="module")
def apart(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is opened here is told on no page of another test."""
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("opening") / "data")
    with serving.running(folder) as running:
        yield running


def _screen(browser: Browser, server: Server, who: str, size: tuple[int, int]) -> Page:
    page = pages.open_context(browser, server, size).new_page()
    pages.sign_in(page, who)
    return page


def test_in_an_emergency_two_of_staff_open_a_letter_and_the_child_reads_that_they_did(
    browser: Browser, apart: Server
) -> None:
    child = apart.rows("SELECT id FROM person WHERE login_name = 'xiaohe'")[0][0]
    looked_at: dict[str, list[str]] = {}
    teacher = _screen(browser, apart, "banzhuren.bj", PHONE)
    troubles = pages.watched(teacher, apart)
    teacher.goto(f"/students/{child}")
    teacher.get_by_role("link", name="请求打开一封信").click()
    looked_at["emergency"] = faults(teacher)
    teacher.locator("[name=letter]").first.check()
    teacher.get_by_label("为什么要打开").fill(REASON)
    teacher.get_by_role("button", name="请求打开").click()
    expect(teacher.get_by_text("等另一个人答应。")).to_be_visible()
    looked_at["asked"] = faults(teacher)
    case = teacher.url
    body = apart.rows(
        "SELECT body FROM letter JOIN opening ON opening.item_id = letter.id ORDER BY opening.id DESC"
    )[0][0]
    line = max(str(body).splitlines(), key=len).strip()[:12]

    secretary = _screen(browser, apart, "tuanwei.bj", DESKTOP)
    secretary.goto("/reports")
    secretary.get_by_role("link", name="孩子有危险").click()
    assert secretary.url == case
    looked_at["second"] = faults(secretary)
    secretary.get_by_label("你的话").fill("同意，家长也知道")
    secretary.get_by_role("button", name="答应打开").click()

    for staff in (teacher, secretary):
        staff.goto(case)
        staff.get_by_role("link", name="读这封信").click()
        expect(staff.locator(".letter__body")).to_contain_text(line)
    looked_at["words"] = faults(secretary)
    student = _screen(browser, apart, "xiaohe", PHONE)
    student.goto("/letters/readers")
    expect(student.get_by_text("打开了这封信。")).to_be_visible()
    expect(student.get_by_text(REASON)).to_have_count(0)
    looked_at["readers"] = faults(student)
    secretary.get_by_role("button", name="看完了，合上").click()
    expect(secretary.get_by_text("你们这一次合上了。")).to_be_visible()
    assert teacher.goto(f"{case}/words").status == 403  # type: ignore[union-attr]
    assert {name: found for name, found in looked_at.items() if found} == {}
    assert [each for each in troubles if "403" not in each] == []
