"""Every page of every role: clean by axe (WCAG 2.2 AA), as wide as the screen, quiet, and never off our origin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from weakref import WeakSet

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
ROLES = [
    "signed-out",
    "reader",
    "student",
    "unpaired",
    "waiting",
    "teacher",
    "secretary",
    "editor",
    "county",
]
SHARED = ("class", "board", "slips", "reports")
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
def test_every_page_is_accessible_in_light_and_dark_and_fits_a_narrow_phone(
    visitors: dict[str, Visitor], page: Page, server: Server, role: str
) -> None:
    visitor = visitors[role]
    troubles = pages.watched(page, server)
    if visitor.login_name:
        pages.sign_in(page, visitor.login_name)

    found = []
    for name, path in _of_their_own(visitor).items():
        page.emulate_media(color_scheme="light")
        show_whole(page, path)
        found += [f"{name}: {trouble}" for trouble in _heard(troubles, name)]
        # What a menu hides is on the page too.
        page.evaluate(OPEN_DETAILS, True)
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": pages.PHONE[0], "height": tall})
        found += [f"{name} (light): {fault}" for fault in faults(page)]
        page.emulate_media(color_scheme="dark")
        page.evaluate(OPEN_DETAILS, False)
        found += [f"{name} (dark): {fault}" for fault in faults(page, COLOURS)]
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        found += _too_wide(page, name)

    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_page_fits_a_narrow_phone_in_english(
    browser: Browser, server: Server, visitors: dict[str, Visitor], role: str
) -> None:
    visitor = visitors[role]
    context = pages.open_context(browser, server, (NARROWEST, 800), language="en")
    page = context.new_page()
    troubles = pages.watched(page, server)
    if visitor.login_name:
        pages.sign_in(page, visitor.login_name)

    found = []
    for name, path in _of_their_own(visitor).items():
        page.goto(path)
        found += [f"{name}: {trouble}" for trouble in _heard(troubles, name)]
        found += _too_wide(page, name)

    assert found == []
    context.close()


def _of_their_own(visitor: Visitor) -> dict[str, str]:
    """Without the pages of a secretary that are the teacher's as well, and are looked at there."""
    shared = SHARED if visitor.name == "secretary" else ()
    return {name: path for name, path in visitor.pages.items() if name not in shared}


def _heard(troubles: list[str], name: str) -> list[str]:
    heard, troubles[:] = list(troubles), []
    if name in REFUSED:
        heard = [line for line in heard if "Failed to load resource" not in line]
    return heard


def _too_wide(page: Page, name: str) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{name}: {width} px wide"] if width > NARROWEST else []


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
    if page not in _with_axe:
        # Once for all pages that are opened in it: to send it again costs a tenth of a second each.
        page.add_init_script(AXE_SCRIPT)
        _with_axe.add(page)
    pages.show_whole(page, path, size)


_with_axe: WeakSet[Page] = WeakSet()


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
