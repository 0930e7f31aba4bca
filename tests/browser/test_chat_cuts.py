"""A chat through a bad line and a server that dies: nothing lost, nothing twice, nothing out of order."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import pages, talking
from tests.browser import server as serving
from tests.browser.line import Line
from tests.browser.server import Server
from tests.browser.talking import line, say, waiting

CLOSED = (
    'UPDATE school_hours SET chat = \'[["school", 0, 1], ["weekend", 0, 1], ["holiday", 0, 1]]\''
)


def test_what_is_said_without_a_line_waits_here_and_goes_once_and_in_order(
    browser: Browser, server: Server
) -> None:
    wire = Line(server.port)
    with talking.two(browser, server, at=(wire.address, "")) as (he, mai):
        talking.together(he, mai)
        say(he, "断线一")
        expect(line(mai, "断线一")).to_be_visible()

        # What is asked reaches the server; only the answer is lost.
        wire.deafen()
        say(he, "断线二")
        expect(line(mai, "断线二")).to_be_visible()
        wire.cut()
        for words in ("断线三", "断线四", "断线五"):
            say(he, words)
        expect(waiting(he)).to_have_count(4)
        expect(waiting(he).first).to_contain_text("等有网再送")
        waiting(he).filter(has_text="断线四").get_by_role("button", name="不送了").click()
        say(mai, "断线六")
        wire.restore()

        expect(waiting(he)).to_have_count(0)
        expect(line(mai, "断线五")).to_be_visible()
        expect(line(he, "断线六")).to_be_visible()
        assert talking.kept(server, "断线%") == ["断线一", "断线二", "断线六", "断线三", "断线五"]
        for page in (he, mai):
            expect(talking.lines(page, "断线")).to_have_count(5)
            shown = [words for words in talking.texts(page) if words.startswith("断线")]
            assert shown == ["断线一", "断线二", "断线六", "断线三", "断线五"]
    wire.close()
    server.write("DELETE FROM chat_line WHERE body LIKE '断线%'")


def test_a_line_whose_news_was_lost_is_fetched_when_the_next_one_comes_even_the_first_of_all(
    browser: Browser, server: Server
) -> None:
    server.write("DELETE FROM chat_line")
    server.write("UPDATE chat_seat SET got_sequence = 0, seen_sequence = 0")
    server.write("UPDATE chat_room SET last_sequence = 0")
    with talking.two(browser, server) as (he, mai):
        talking.together(he, mai)
        he.evaluate(
            """window.addEventListener("live:chat.line", (event) => event.stopImmediatePropagation(),
                 { capture: true, once: true })"""
        )
        say(mai, "漏听一")
        expect(line(mai, "漏听一")).to_be_visible()
        say(he, "漏听二")

        expect(line(he, "漏听一")).to_be_visible()
        assert talking.texts(he) == ["漏听一", "漏听二"]
    server.write("DELETE FROM chat_line WHERE body LIKE '漏听%'")


def test_lines_that_waited_when_the_page_was_closed_go_from_any_other_page(
    browser: Browser, server: Server
) -> None:
    wire = Line(server.port)
    with talking.two(browser, server, at=(wire.address, "")) as (he, mai):
        talking.together(he, mai)
        wire.cut()
        for words in ("关页一", "关页二"):
            say(he, words)
        expect(waiting(he).first).to_contain_text("等有网再送")
        other = he.context.new_page()
        he.close(run_before_unload=False)
        wire.restore()
        other.goto(f"{wire.address}/letters")

        expect(line(mai, "关页二")).to_be_visible()
        pages.until(other, lambda: talking.kept(server, "关页%") == ["关页一", "关页二"])
        expect(other.locator(".waiting")).to_have_count(0)
    wire.close()
    server.write("DELETE FROM chat_line WHERE body LIKE '关页%'")


@pytest.mark.slow
def test_a_killed_server_loses_and_doubles_nothing_and_may_come_back_closed(
    browser: Browser, prepared: Path, tmp_path: Path
) -> None:
    with (
        serving.running(serving.copy_of(prepared, tmp_path / "data")) as server,
        talking.two(browser, server) as (he, mai),
    ):
        talking.together(he, mai)
        said = []
        # Numbers would be taken for one that is told in pieces.
        for thing in ("白杨", "喜鹊", "风筝"):
            for page, name in ((he, "小禾"), (mai, "小麦")):
                said.append(f"停电时{name}看{thing}")
                say(page, said[-1])
            server.kill()
            said.append(f"停电时小禾又看{thing}")
            say(he, said[-1])
            server.start()
            expect(line(mai, said[-1])).to_be_visible()
            for page in (he, mai):
                expect(waiting(page)).to_have_count(0)

        kept = talking.kept(server, "停电%")
        assert sorted(kept) == sorted(said)
        for page in (he, mai):
            # One's own line can be there before the answer that brings what was said before it.
            expect(talking.lines(page, "停电")).to_have_count(len(kept))
            shown = [words for words in talking.texts(page) if words.startswith("停电")]
            assert shown == kept
        own = [words for words in kept if "小禾" in words]
        assert own == [words for words in said if "小禾" in words]

        he.locator("#say").fill("明天再说的话")
        server.kill()
        server.write(CLOSED)
        server.start()
        expect(he.locator("[data-chat-rest]")).to_be_visible()
        expect(he.locator("[data-chat-send]")).to_be_disabled()
        expect(he.locator("#say")).to_have_value("明天再说的话")
