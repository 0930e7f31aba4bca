"""Every page of every role: clean by axe (WCAG 2.2 AA), as wide as the screen, quiet, and never off our origin."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.browser import pages
from tests.browser.pages import Visitor
from tests.browser.server import Server

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All that another colour scheme changes.
COLOURS = ["color-contrast", "link-in-text-block"]
NARROWEST = 360
ROLES = ["signed-out", "student", "unpaired", "waiting", "teacher", "secretary", "county"]
# What the browser itself says of a page that is meant to answer with an error.
REFUSED = {"not-found", "forbidden"}

# All menus at once cover what no one menu does, so the page makes room for them.
OPEN_DETAILS = """
open => {
  for (const each of document.querySelectorAll("details")) each.open = open;
  document.querySelector("main").style.marginBlockStart = open ? "40rem" : "";
}
"""


@pytest.fixture(scope="session")
def visitors(server: Server) -> dict[str, Visitor]:
    return {visitor.name: visitor for visitor in pages.visitors(server)}


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = pages.open_context(browser, server)
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible_in_light_and_dark(
    visitors: dict[str, Visitor], page: Page, role: str
) -> None:
    visitor = visitors[role]
    if visitor.login_name:
        pages.sign_in(page, visitor.login_name)

    found = []
    for name, path in visitor.pages.items():
        page.emulate_media(color_scheme="light")
        show_whole(page, path)
        # What a menu hides is on the page too.
        page.evaluate(OPEN_DETAILS, True)
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": pages.PHONE[0], "height": tall})
        found += [f"{name} (light): {fault}" for fault in faults(page)]
        page.emulate_media(color_scheme="dark")
        page.evaluate(OPEN_DETAILS, False)
        found += [f"{name} (dark): {fault}" for fault in faults(page, COLOURS)]

    assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_every_page_fits_a_narrow_phone_in_both_languages(
    browser: Browser, server: Server, visitors: dict[str, Visitor], role: str
) -> None:
    visitor = visitors[role]
    context = pages.open_context(browser, server, (NARROWEST, 800))
    page = context.new_page()
    troubles = pages.watched(page, server)
    if visitor.login_name:
        pages.sign_in(page, visitor.login_name)

    wide = []
    for language in ("zh_Hans", "en"):
        context.add_cookies([{"name": "penpal_lang", "value": language, "url": server.address}])
        for name, path in visitor.pages.items():
            page.goto(path)
            if name in REFUSED:
                troubles[:] = [line for line in troubles if "Failed to load resource" not in line]
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROWEST:
                wide.append(f"{name} ({language}): {width} px")

    assert wide == []
    assert troubles == []
    context.close()


@pytest.mark.parametrize(
    ("role", "sample"),
    [
        ("signed-out", ["sign-in", "activate"]),
        ("student", ["home", "mailbox", "composer", "tell"]),
        ("secretary", ["home", "roster", "class"]),
    ],
)
def test_english_pages_are_accessible_and_hold_no_chinese_interface(
    visitors: dict[str, Visitor], page: Page, server: Server, role: str, sample: list[str]
) -> None:
    visitor = visitors[role]
    page.context.add_cookies([{"name": "penpal_lang", "value": "en", "url": server.address}])
    if visitor.login_name:
        pages.sign_in(page, visitor.login_name)

    found = []
    for name in sample:
        show_whole(page, visitor.pages[name])
        found += [f"{name}: {fault}" for fault in faults(page)]
        labels = page.evaluate(
            "[...document.querySelectorAll('button:not([lang]), label, legend, summary')]"
            ".map(each => each.innerText.trim())"
        )
        found += [
            f"{name}: not English: {label}" for label in labels if _is_interface_in_chinese(label)
        ]

    assert page.locator("html").get_attribute("lang") == "en"
    assert found == []


def show_whole(page: Page, path: str, size: tuple[int, int] = pages.PHONE) -> None:
    """Open a page as tall as it is, with axe in it."""
    pages.show_whole(page, path, size)
    page.evaluate(AXE_SCRIPT)


def faults(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds on the page that is open."""
    options = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
    answer = page.evaluate(f"axe.run({options})")
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


def _is_interface_in_chinese(label: str) -> bool:
    """Names of people and classes stay as they are; a label that is all Chinese was not translated."""
    return bool(label) and all("\u3400" <= sign <= "\u9fff" for sign in label)
