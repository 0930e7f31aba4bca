"""Printing in a real browser: the page's choices, black ink from dark mode, sheets that end where they should."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from unicodedata import normalize

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from tests.browser import pages
from tests.browser.server import Server


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = pages.open_context(browser, server, dark=True)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    yield page
    context.close()


def printed(page: Page) -> list[str]:
    """The words of each sheet that the browser would print."""
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    # The browser names some characters by their radicals.
    return [normalize("NFKC", re.sub(r"\s", "", sheet.extract_text())) for sheet in sheets]


def test_the_page_offers_its_ways_and_prints_black_on_white_from_dark_mode(page: Page) -> None:
    page.goto("/letters/1")
    page.get_by_role("link", name="印出来收好").click()
    page.get_by_role("link", name="大字").click()
    page.get_by_role("link", name="竖排").click()

    assert "way=columns&size=large" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= pages.PHONE[0]
    page.emulate_media(media="print")
    assert page.locator(".standing__col").first.evaluate("e => getComputedStyle(e).color") == (
        "rgb(17, 17, 17)"
    )
    assert not page.locator(".print-bar").is_visible()


@pytest.mark.parametrize("size", ["usual", "large"])
def test_every_sheet_in_columns_is_one_page_and_none_is_empty(page: Page, size: str) -> None:
    page.goto(f"/letters/print?way=columns&size={size}")
    sheets = page.locator(".standing__sheet").count() + page.locator(".a4").count()

    found = printed(page)

    assert all(found)
    assert "北京" in found[0]
    assert len(found) == sheets


def test_a_download_is_the_same_letter(page: Page) -> None:
    page.goto("/letters/1/print")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="存成 PDF").click()

    assert waiting.value.suggested_filename == "小麦寄给小禾的第一封信.pdf"
    assert PdfReader(waiting.value.path()).pages
