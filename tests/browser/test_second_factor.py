"""A member of staff sets up the second factor at the door, comes back by it, and confirms an act."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser import server as serving
from tests.browser.pages import PHONE
from tests.browser.server import PASSWORD, Server
from tests.browser.test_axe import RULES

NARROWEST = 360


@pytest.fixture(scope="module")
def strict(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo on a server that demands a second factor of staff."""
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("strict") / "data")
    with serving.running(folder, PENPAL_SECOND_FACTOR="on") as running:
        yield running


def knock(page: Page, login_name: str) -> None:
    page.goto("/sign-in")
    page.locator("#login").fill(login_name)
    page.locator("#password").fill(PASSWORD)
    page.locator(".envelope button[type=submit]").last.click()


def faults(page: Page) -> list[str]:
    """What axe finds in light and dark, and whether the page is wider than the narrowest phone."""
    page.evaluate(AXE_SCRIPT)
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        answer = page.evaluate(f"axe.run({options})")
        found += [
            f"{scheme}: {each['id']} {each['nodes'][0]['html']}" for each in answer["violations"]
        ]
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    if page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
        found.append("wider than a narrow phone")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    return found


@pytest.mark.parametrize(
    ("who", "script"),
    [("tuanwei.bj", True), ("tuanwei.ht", False)],
    ids=["with scripts", "without scripts"],
)
def test_staff_come_in_by_two_steps(
    browser: Browser, strict: Server, who: str, script: bool
) -> None:
    context = pages.open_context(browser, strict, PHONE, java_script_enabled=script)
    page = context.new_page()
    troubles = pages.watched(page, strict)
    looked_at: dict[str, list[str]] = {}

    knock(page, who)
    page.locator(".by-hand summary").click()
    secret = "".join(page.locator(".secret bdi").all_inner_texts())
    if script:
        looked_at["set up"] = faults(page)
    page.get_by_label("验证码").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="设好").click()
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes li").all_inner_texts()
    if script:
        looked_at["codes"] = faults(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="存成文件").click()
    page.get_by_role("link", name="收好了，继续").click()
    expect(page).to_have_url(f"{strict.address}/")
    page.locator(".tool--me").click()
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url("**/sign-in")

    knock(page, who)
    if script:
        looked_at["code"] = faults(page)
    page.get_by_label("验证码").fill(codes[0])
    page.get_by_role("button", name="进入").click()
    expect(page).to_have_url(f"{strict.address}/")

    # Much later the same session is asked once more, and keeps what was typed.
    strict.write("UPDATE sign_in SET confirmed_at = '2026-01-01 00:00:00.000000'")
    student = strict.rows(
        "SELECT enrolment.person_id FROM enrolment JOIN role_grant ON unit_id = school_id "
        "JOIN person ON person.id = role_grant.person_id WHERE login_name = ? "
        "ORDER BY enrolment.person_id DESC LIMIT 1",
        who,
    )[0][0]
    page.goto(f"/people/{student}/account")
    page.get_by_label("为什么停用").fill("家长说先停几天")
    page.get_by_role("button", name="停用账号").click()
    expect(page.get_by_role("heading", name="确认是你本人")).to_be_visible()
    if script:
        looked_at["confirm"] = faults(page)
    page.get_by_label("验证码").fill(codes[1])
    page.get_by_role("button", name="确认，继续").click()
    expect(page.get_by_text("的账号停用了，所有设备都已退出")).to_be_visible()
    if script:
        looked_at["disabled"] = faults(page)

    reason = strict.rows("SELECT reason FROM trail ORDER BY id DESC LIMIT 1")[0][0]
    assert reason == "家长说先停几天"
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert all(code in text for code in codes)
    assert {name: found for name, found in looked_at.items() if found} == {}
    assert troubles == []
    context.close()
