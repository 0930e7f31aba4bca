"""The whole interface read from the right, in a language made for tests; and in larger type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import looking, pages
from tests.browser import server as serving
from tests.browser.pages import Visitor
from tests.browser.server import Server
from tests.browser.test_axe import faults, show_whole
from tools import pseudo_language

NARROW, WIDE = (360, 800), (1280, 900)
ROLES = ["signed-out", "student", "unpaired", "waiting", "teacher", "secretary", "county"]
SAMPLE = [
    ("signed-out", ["activate"]),
    ("student", ["home", "mailbox", "letter", "composer"]),
    ("teacher", ["class", "board"]),
    ("secretary", ["roster"]),
]


@pytest.fixture(scope="module")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that also speaks the language for tests."""
    pseudo_language.make()
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("rtl") / "data")
    with serving.running(folder, PENPAL_PSEUDO_LANGUAGE="1") as running:
        yield running


@pytest.fixture(scope="module")
def visitors(server: Server) -> dict[str, Visitor]:
    return {visitor.name: visitor for visitor in pages.visitors(server)}


@pytest.fixture(scope="module")
def names(server: Server) -> list[str]:
    return looking.names_in(server)


@pytest.mark.parametrize(("role", "sample"), SAMPLE)
def test_pages_read_from_the_right_and_every_word_is_translated(
    browser: Browser,
    server: Server,
    visitors: dict[str, Visitor],
    names: list[str],
    role: str,
    sample: list[str],
) -> None:
    page = _from_the_right(browser, server, visitors[role])

    found = _faults(page, visitors[role], sample, names)

    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert found == []
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_every_role_reads_from_the_right(
    browser: Browser, server: Server, visitors: dict[str, Visitor], names: list[str], role: str
) -> None:
    page = _from_the_right(browser, server, visitors[role])

    found = _faults(page, visitors[role], list(visitors[role].pages), names)

    assert found == []
    page.context.close()


def test_a_letter_keeps_its_own_direction_in_a_page_that_reads_the_other_way(
    browser: Browser, server: Server
) -> None:
    [(author, letter)] = server.rows(
        "SELECT login_name, letter.id FROM letter JOIN person ON person.id = author_id "
        "WHERE direction = 'rtl' AND state <> 'draft' LIMIT 1"
    )
    places = {}

    for language in ("zh_Hans", "ar"):
        page = pages.open_context(browser, server, WIDE, language=language).new_page()
        pages.sign_in(page, str(author))
        page.goto(f"/letters/{letter}")
        paper = page.locator("article.letter").bounding_box()
        stamp = page.locator(".letter__corner .stamp").bounding_box()
        assert paper is not None
        assert stamp is not None
        places[language] = stamp["x"] - paper["x"] < paper["width"] / 2
        page.context.close()

    assert places == {"zh_Hans": True, "ar": True}, "an Uyghur letter has its stamp at the left"


@pytest.mark.parametrize(
    ("language", "text", "zoom"), [("zh_Hans", "larger", "100%"), ("en", "normal", "200%")]
)
def test_nothing_is_cut_or_covered_in_large_type_on_a_narrow_phone(
    browser: Browser,
    server: Server,
    visitors: dict[str, Visitor],
    language: str,
    text: str,
    zoom: str,
) -> None:
    found = []
    for role, sample in SAMPLE:
        context = pages.open_context(browser, server, NARROW, language=language)
        context.add_cookies([{"name": "penpal_text", "value": text, "url": server.address}])
        page = context.new_page()
        if visitors[role].login_name:
            pages.sign_in(page, visitors[role].login_name)
        for name in sample:
            _show_enlarged(page, visitors[role].pages[name], zoom)
            found += [f"{role} {name}: {fault}" for fault in looking.misfits(page)]
        context.close()

    assert found == []


def _from_the_right(browser: Browser, server: Server, visitor: Visitor) -> Page:
    context = pages.open_context(browser, server, NARROW, language="ar")
    page = context.new_page()
    if visitor.login_name:
        pages.sign_in(page, visitor.login_name)
    return page


def _faults(page: Page, visitor: Visitor, sample: list[str], names: list[str]) -> list[str]:
    found = []
    for name in sample:
        show_whole(page, visitor.pages[name], NARROW)
        found += [f"{name}: not translated: {text}" for text in looking.untranslated(page, names)]
        found += [f"{name} (narrow): {fault}" for fault in looking.misfits(page)]
        found += [f"{name}: {fault}" for fault in faults(page)]
        pages.show_whole(page, visitor.pages[name], WIDE)
        found += [f"{name} (wide): {fault}" for fault in looking.misfits(page)]
    return found


def _show_enlarged(page: Page, path: str, zoom: str) -> None:
    """As a browser does whose type is set larger: every size in rem follows, and the screen does not."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.goto(path)
    if zoom != "100%":
        page.evaluate(f"document.documentElement.style.fontSize = '{zoom}'")
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": NARROW[0], "height": max(whole, NARROW[1])})
