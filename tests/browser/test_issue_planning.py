"""An editor closes an issue of eight pieces out of 300 submissions by keys alone; another is put together by dragging."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import pages
from tests.browser import server as serving
from tests.browser.server import ROOT, Server

SUBMISSIONS, OF_ISSUE = 300, 8
WITHIN = 60
"""Presses of Tab that may lead to anything on a page."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on the cast and 300 letters that were agreed to and approved, a third of them ready."""
    folder = tmp_path_factory.mktemp("desk") / "data"
    folder.mkdir()
    made = subprocess.run(
        [sys.executable, "-m", "tests.publishing.issues.many", str(folder), str(SUBMISSIONS)],
        cwd=ROOT,
        env=os.environ | {"PENPAL_DATA": str(folder)},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    with serving.running(folder) as server:
        yield server


def to(page: Page, words: str) -> None:
    """Press Tab until what stands there is focused, as a person does who knows the words."""
    for _press in range(WITHIN):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''"
        )
        if words in here:
            return
    raise AssertionError(f"no way to {words!r} by Tab")


def go(page: Page, words: str) -> None:
    to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def listens(page: Page) -> None:
    """Keys come with a script of their own: where it listens, it shows which ones there are."""
    shown = page.locator("[data-plan-help], [data-keys-help]")
    if shown.count():
        expect(shown.first).to_be_visible()


def press(page: Page, key: str) -> None:
    listens(page)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_an_issue_of_eight_out_of_300_is_closed_by_keys_alone(
    browser: Browser, desk: Server
) -> None:
    context = pages.open_context(browser, desk, pages.DESKTOP)
    page = context.new_page()
    troubles = pages.watched(page, desk)
    page.goto("/sign-in")
    to(page, "登录名")
    page.keyboard.type("editor")
    to(page, "口令")
    page.keyboard.type("three quiet poplars")
    press(page, "Enter")

    # The next issue is begun, then the desk shows what is ready, and each piece is put in by one key.
    go(page, "各期")
    go(page, "开一期")
    go(page, "编辑台")
    go(page, "可以用")
    press(page, "j")
    for _piece in range(OF_ISSUE):
        press(page, "p")
        press(page, "j")
    go(page, "第 1 期")
    expect(page.locator(".prow")).to_have_count(OF_ISSUE)

    # The last one becomes the lead, and one is taken out for another that is found by its title.
    before = page.locator(".prow b").all_inner_texts()
    listens(page)
    for _piece in range(60):
        page.keyboard.press("j")
        if page.evaluate("document.activeElement.id") == page.locator(".prow").last.get_attribute(
            "id"
        ):
            break
    for _step in range(OF_ISSUE - 1):
        press(page, "u")
    assert page.locator(".prow b").all_inner_texts() == [before[-1], *before[:-1]]
    listens(page)
    page.keyboard.press("j")
    press(page, "x")
    listens(page)
    page.keyboard.press("/")
    page.keyboard.type("打核桃那天7")
    press(page, "Enter")
    listens(page)
    page.keyboard.press("j")
    press(page, "a")
    expect(page.locator(".prow")).to_have_count(OF_ISSUE)

    # Words around them, and the signature, asked for once more.
    to(page, "本期标题")
    page.keyboard.type("同一片天空下")
    press(page, "Enter")
    listens(page)
    page.keyboard.press("s")
    expect(page.locator("dialog[open]")).to_contain_text("签发第 1 期")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("收回签发")
    assert desk.rows("SELECT state, headline FROM column_issue") == [("signed_off", "同一片天空下")]
    assert desk.rows("SELECT count(*) FROM issue_piece") == [(OF_ISSUE,)]
    assert troubles == []
    context.close()


def test_pieces_are_dragged_into_an_issue_and_about_in_it(browser: Browser, desk: Server) -> None:
    context = pages.open_context(browser, desk, pages.DESKTOP)
    page = context.new_page()
    pages.sign_in(page, "editor", "three quiet poplars")
    page.goto("/issues")
    page.get_by_role("button", name="开一期").click()
    offers, rows = page.locator("[data-offer]"), page.locator(".prow b")

    def drag(title: str, onto: Locator, *, below: bool = False) -> None:
        listens(page)
        lifted = page.locator("[data-offer], .prow").filter(has_text=title)
        height = onto.bounding_box()["height"]  # type: ignore[index]
        with page.expect_navigation():
            lifted.drag_to(onto, target_position={"x": 30, "y": height - 4 if below else 4})

    first, second, third = offers.locator("b").all_inner_texts()[:3]
    drag(first, page.locator(".plan__rows"))
    expect(rows).to_have_text([first])
    drag(second, page.locator(".prow").first)
    expect(rows).to_have_text([second, first])
    drag(third, page.locator(".prow").last)
    expect(rows).to_have_text([second, third, first])
    drag(second, page.locator(".prow").last, below=True)
    expect(rows).to_have_text([third, first, second])

    # Whatever is let go elsewhere stays where it was.
    before = offers.count()
    offers.first.drag_to(page.locator("h1"))
    expect(offers).to_have_count(before)
    expect(page.locator(".prow-gap")).to_have_count(0)
    context.close()
