"""The live room: two partners talk, take back, mend, and come through with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser import pages, talking
from tests.browser.server import Server
from tests.browser.talking import act, line, say, waiting
from tests.browser.test_axe import COLOURS, faults

SPOKEN = """
INSERT INTO chat_line (pair_id, sequence, key, author_id, body, sanitiser, state, written_at, sent_at)
SELECT pair_id, ?, ?, author_id, ?, sanitiser, 'sent', sent_at, sent_at
FROM chat_line WHERE state = 'sent' AND id <= ? ORDER BY id DESC LIMIT 1
"""
QUOTED = """
UPDATE chat_line SET quotes_id = (SELECT max(id) FROM chat_line WHERE body = ?) WHERE body = ?
"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(autouse=True)
def _lines_taken_away(server: Server) -> Iterator[None]:
    """Other tests share the server and the demo's conversation."""
    first = server.rows("SELECT coalesce(max(id), 0) FROM chat_line")[0][0]
    yield
    server.write("DELETE FROM hold WHERE kind = 'chat_line' AND item_id > ?", first)
    server.write("UPDATE chat_line SET quotes_id = NULL WHERE id > ?", first)
    server.write("DELETE FROM chat_line WHERE id > ?", first)


def test_two_partners_talk_quote_send_stickers_and_take_back(
    browser: Browser, server: Server
) -> None:
    with talking.two(browser, server) as (he, mai):
        troubles = pages.watched(he, server) + pages.watched(mai, server)
        talking.together(he, mai)

        mai.locator("#say").press_sequentially("操场上")
        expect(he.locator("[data-chat-typing]")).to_be_visible()
        say(mai, "操场上落了一只喜鹊 <b>真的</b>")
        expect(line(he, "喜鹊 <b>真的</b>")).to_have_count(1)
        expect(he.locator("[data-chat-typing]")).to_be_hidden()
        expect(line(mai, "喜鹊").locator('[data-part="state"]')).to_have_text("已送到")
        assert line(he, "喜鹊").locator(".visually-hidden").first.inner_text() == "小麦："

        act(he, "喜鹊", "quote")
        say(he, "我这里是麻雀")
        expect(line(mai, "麻雀").locator(".msg__quote")).to_contain_text("喜鹊")
        he.locator('[data-chat-panel="picker"] summary').click()
        he.get_by_role("button", name="生日快乐").click()
        drawn = line(mai, "生日快乐").locator(".sticker use")
        expect(drawn).to_have_attribute("href", re.compile("#s-birthday$"))

        act(he, "麻雀", "unsend")
        expect(mai.locator(".bub--gone")).to_be_visible()
        expect(line(mai, "麻雀")).to_have_count(0)
        assert he.evaluate(FITS)
        assert mai.evaluate(FITS)
        assert troubles == []


def test_what_the_guard_found_is_mended_or_shown_to_a_teacher_and_despair_shows_help(
    browser: Browser, server: Server
) -> None:
    with talking.two(browser, server) as (he, mai):
        talking.together(he, mai)

        say(he, "加我微信吧 wx_xiaohe2012")
        expect(waiting(he).locator("mark")).to_contain_text("wx_xiaohe2012")
        he.get_by_role("button", name="改一改").click()
        expect(he.locator("#say")).to_have_value("加我微信吧 wx_xiaohe2012")
        say(he, "那就写信吧")
        expect(line(mai, "那就写信吧")).to_be_visible()
        expect(waiting(he)).to_have_count(0)

        say(he, "打我电话 13812345678")
        he.get_by_role("button", name="请老师看一看").click()
        he.get_by_role("dialog").get_by_role("textbox").fill("这是书里的号码")
        he.get_by_role("button", name="请老师看", exact=True).click()
        expect(line(he, "13812345678")).to_contain_text("等老师看过再送")
        assert server.rows("SELECT state FROM hold ORDER BY id DESC LIMIT 1") == [("asked",)]

        say(he, "有时候我不想活了")
        expect(he.locator(".help")).to_contain_text("12356")
        expect(line(mai, "不想活了")).to_be_visible()
        expect(mai.locator(".help")).to_be_hidden()
        assert talking.kept(server, "%13812345678%") == []


def test_the_room_is_used_with_the_keyboard_alone(browser: Browser, server: Server) -> None:
    with talking.two(browser, server) as (he, mai):
        talking.together(he, mai)
        area = mai.locator("#say")
        area.focus()

        mai.keyboard.type("第一行")
        mai.keyboard.press("Shift+Enter")
        mai.keyboard.type("第二行")
        area.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
        assert area.input_value() == "第一行\n第二行"
        mai.keyboard.press("Enter")
        expect(line(he, "第二行")).to_be_visible()
        expect(area).to_be_focused()

        mai.keyboard.press("Shift+Tab")
        mai.keyboard.press("Enter")
        mai.keyboard.press("Tab")
        mai.keyboard.press("ArrowRight")
        expect(mai.get_by_role("button", name="谢谢")).to_be_focused()
        mai.keyboard.press("Escape")
        expect(mai.locator('[data-chat-panel="picker"] summary')).to_be_focused()

        line(mai, "第二行").locator("summary").press("Enter")
        mai.keyboard.press("Tab")
        mai.keyboard.press("Tab")
        expect(line(mai, "第二行").locator('[data-act="unsend"]')).to_be_focused()
        mai.keyboard.press("Enter")
        expect(he.locator(".bub--gone")).to_be_visible()


def test_a_filled_room_is_accessible_in_light_and_dark_and_fits_a_low_window(
    browser: Browser, server: Server
) -> None:
    with talking.two(browser, server) as (he, mai):
        talking.together(he, mai)
        say(mai, "窗外有一棵白杨")
        expect(line(he, "白杨")).to_be_visible()
        act(he, "白杨", "quote")
        say(he, "画下来给我看")
        expect(line(mai, "画下来")).to_be_visible()
        say(he, "我的QQ是 123456789")
        expect(waiting(he).locator("mark")).to_be_visible()

        for page in (he, mai):
            page.evaluate(AXE_SCRIPT)
            assert faults(page) == []
            page.emulate_media(color_scheme="dark")
            assert faults(page, COLOURS) == []
        # So much of a phone is left when its keyboard is open.
        he.set_viewport_size({"width": 360, "height": 300})
        he.locator("#say").focus()
        assert _is_within(he, "#say")
        assert _is_within(he, "[data-chat-send]")
        assert he.evaluate(FITS)


def test_a_pause_closes_the_open_room_and_leaves_the_draft(
    browser: Browser, server: Server
) -> None:
    with talking.two(browser, server) as (he, mai):
        talking.together(he, mai)
        he.locator("#say").fill("还没说完的话")
        mai.goto(f"/pairs/{mai.url.rsplit('/', 1)[1]}/pause")
        mai.locator("main form button[type=submit]").first.click()

        expect(he.locator("[data-chat-rest]")).to_be_visible()
        expect(he.locator("[data-chat-send]")).to_be_disabled()
        he.locator("#say").press("Enter")
        expect(he.locator("#say")).to_have_value("还没说完的话")
        he.reload()
        expect(he.locator("#say")).to_have_value("还没说完的话")

        mai.goto("/chat")
        mai.get_by_role("button", name="收回我的请求").first.click()
        expect(he.locator("[data-chat-send]")).to_be_enabled()
        he.locator("#say").press("Enter")
        expect(he.locator("[data-chat-log]")).to_contain_text("还没说完的话")


def test_older_lines_come_in_above_and_new_ones_wait_below_without_a_jump(
    browser: Browser, server: Server
) -> None:
    last, number = server.rows("SELECT max(id), max(sequence) FROM chat_line")[0]
    assert isinstance(number, int)
    for more in range(1, 61):
        server.write(SPOKEN, number + more, f"spoken-{more}", f"翻到第{more}句", last)
    room = server.rows("SELECT pair_id FROM chat_line WHERE id = ?", last)[0][0]
    server.write("UPDATE chat_room SET last_sequence = ? WHERE pair_id = ?", number + 60, room)
    server.write(QUOTED, "翻到第2句", "翻到第60句")
    with talking.two(browser, server) as (he, mai):
        talking.together(he, mai)
        first = mai.locator("[data-chat-log] .msg").first
        older = mai.locator("[data-chat-older] a")
        older.scroll_into_view_if_needed()
        before = first.bounding_box()

        older.click()
        expect(mai.locator("[data-chat-past] .msg").first).to_be_attached()
        say(he, "窗外起风了")
        expect(mai.locator("[data-chat-new]")).to_contain_text("1 句新的")

        after = first.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 2
        mai.locator("[data-chat-new]").click()
        expect(line(mai, "窗外起风了")).to_be_in_viewport()
        expect(mai.locator("[data-chat-new]")).to_be_hidden()
        # A quote leads to its line: here it was turned back to, on the other page it is not yet.
        for page in (mai, he):
            page.locator(".msg__quote", has_text="翻到第2句").click()
            expect(
                page.locator(".msg .bub", has_text=re.compile("^翻到第2句$"))
            ).to_be_in_viewport()
        assert "at=" not in mai.url
        assert "at=" in he.url


def _is_within(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
