"""Photos as a child sends them: with scripts and without, over a line that breaks, and from a device without a line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser.devices import LEFT, NOTHING, device
from tests.browser.line import Line
from tests.browser.server import Server
from tests.browser.test_axe import COLOURS, faults

NARROW = (360, 740)
LOADED = "images => images.every((one) => one.complete && one.naturalWidth > 0)"


@pytest.fixture(autouse=True)
def tidy(server: Server) -> Iterator[None]:
    """What is written here is taken away again: other tests share the server."""
    letter = server.rows("SELECT max(id) FROM letter")[0][0]
    photo = server.rows("SELECT coalesce(max(id), 0) FROM photo")[0][0]
    yield
    server.write("DELETE FROM photo WHERE id > ?", photo)
    server.write("UPDATE letter SET beside_id = NULL WHERE id > ?", letter)
    server.write("DELETE FROM letter WHERE id > ?", letter)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A large one as a phone makes it, and a small one."""
    folder = tmp_path_factory.mktemp("photos")
    made = []
    for name, size in (("walnuts.jpg", (3200, 2400)), ("desk.png", (600, 800))):
        noise = Image.effect_noise((size[0] // 4, size[1] // 4), 70).resize(size)
        content = io.BytesIO()
        noise.convert("RGB").save(content, "JPEG" if name.endswith("jpg") else "PNG")
        path = folder / name
        path.write_bytes(content.getvalue())
        made.append(path)
    return made


def kept(page: Page, number: int) -> None:
    expect(page.locator('.photos__i[data-state="kept"]')).to_have_count(number)


def enclosed(server: Server, body: str) -> list[tuple[object, ...]]:
    """The state of the letters with these words, and what is said of each of their photos."""
    return server.rows(
        "SELECT state, description FROM letter LEFT JOIN photo "
        "ON about_kind = 'letter' AND about_id = letter.id WHERE body LIKE ? ORDER BY position",
        body,
    )


def open_letter(page: Page, server: Server, body: str) -> None:
    number = server.rows("SELECT id FROM letter WHERE body LIKE ?", body)[0][0]
    pages.sign_in(page, "xiaomai")
    page.goto(f"/letters/{number}")
    page.get_by_role("button", name="拆信").click()


def test_two_photos_are_chosen_described_and_sent_and_the_partner_sees_them(
    browser: Browser, server: Server, photos: list[Path]
) -> None:
    context = pages.open_context(browser, server, NARROW)
    page = context.new_page()
    troubles = pages.watched(page, server)
    pages.sign_in(page, "xiaohe")
    page.goto("/letters/new?another=1")
    page.locator("#body").fill("随信有两张照片。")

    page.locator("#photo").set_input_files(photos)
    kept(page, 2)
    page.locator(".photos__words").first.fill("刚打下来的核桃")
    described = [("draft", "刚打下来的核桃"), ("draft", "")]
    pages.until(page, lambda: enclosed(server, "随信有两张照片。") == described)
    expect(page.locator("[data-photos-status]")).to_contain_text("传好了")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    page.evaluate(AXE_SCRIPT)
    assert faults(page, COLOURS) == []
    page.goto("/letters/new")
    expect(page.locator(".photos__words").first).to_have_value("刚打下来的核桃")
    page.get_by_role("button", name="寄出", exact=True).click()
    page.wait_for_url(lambda url: url.rsplit("/", 1)[-1].isdigit())

    assert enclosed(server, "随信有两张照片。") == [
        ("delivered", "刚打下来的核桃"),
        ("delivered", ""),
    ]
    assert troubles == []
    context.close()
    partner = pages.open_context(browser, server, NARROW)
    page = partner.new_page()
    open_letter(page, server, "随信有两张照片。")
    pictures = page.locator(".print img")
    expect(pictures).to_have_count(2)
    pictures.last.scroll_into_view_if_needed()
    pages.until(page, lambda: page.evaluate(f"({LOADED})([...document.images])"))
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    page.evaluate(AXE_SCRIPT)
    assert faults(page, COLOURS) == []
    partner.close()


def test_without_scripts_photos_are_brought_up_described_taken_out_and_sent(
    browser: Browser, server: Server, photos: list[Path]
) -> None:
    context = pages.open_context(browser, server, java_script_enabled=False)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    page.goto("/letters/new?another=1")
    page.locator("#body").fill("没有脚本也能放照片。")

    page.locator("#photo").set_input_files(photos)
    page.get_by_role("button", name="传上来看看").click()
    expect(page.locator(".photos__i")).to_have_count(2)
    page.locator(".photos__words").last.fill("我的书桌")
    page.locator('[name="photo_remove"]').first.check()
    page.get_by_role("button", name="寄出", exact=True).click()

    expect(page.locator(".print img")).to_have_attribute("alt", "我的书桌")
    assert enclosed(server, "没有脚本也能放照片。") == [("delivered", "我的书桌")]
    context.close()


def test_an_upload_that_was_cut_is_tried_again_and_never_doubled(
    browser: Browser, server: Server, photos: list[Path]
) -> None:
    line = Line(server.port)
    context = pages.open_context(browser, server, service_workers="block")
    page = context.new_page()
    page.goto(line.address + "/sign-in")
    page.locator("#login").fill("xiaohe")
    page.locator("#password").fill("penpal-demo")
    page.locator(".envelope button[type=submit]").last.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(line.address + "/letters/new?another=1")
    page.locator("#body").fill("断了又连上的照片。")
    first = server.rows("SELECT coalesce(max(id), 0) FROM photo")[0][0]

    # The photo arrives, and the answer does not: only its name tells that it is the same one.
    line.swallow()
    page.locator("#photo").set_input_files(photos[1])
    pages.until(page, lambda: len(server.rows("SELECT id FROM photo WHERE id > ?", first)) == 1)
    line.cut()
    expect(page.locator(".photos__i")).to_have_attribute("data-state", "waiting")
    line.restore()
    page.get_by_role("button", name="再传一次").click()
    kept(page, 1)
    # Cut in the middle, and taken up by itself when the line is back.
    line.cut()
    page.locator("#photo").set_input_files(photos[0])
    expect(page.locator(".photos__i").last).to_have_attribute("data-state", "waiting")
    line.restore()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    kept(page, 2)
    page.locator(".photos__i").first.get_by_role("button", name="拿掉这张").click()
    page.get_by_role("button", name="寄出", exact=True).click()
    page.wait_for_url(lambda url: url.rsplit("/", 1)[-1].isdigit())

    assert len(server.rows("SELECT id FROM photo WHERE id > ?", first)) == 2
    assert enclosed(server, "断了又连上的照片。") == [("delivered", "")]
    context.close()
    line.close()


def test_photos_chosen_without_a_line_wait_on_the_device_and_go_with_the_letter(
    browser: Browser, server: Server, photos: list[Path]
) -> None:
    with device(browser, server) as (context, page):
        page.goto("/letters/new?another=1")
        context.set_offline(True)
        page.locator("#body").fill("车上拍的照片。")
        page.locator("#photo").set_input_files(photos)
        expect(page.locator('.photos__i[data-state="waiting"]')).to_have_count(2)
        page.locator(".photos__words").first.fill("窗外的雪山")
        page.clock.fast_forward(2_000)
        expect(page.locator("[data-composer-status]")).to_contain_text("存在这台设备上了")
        page.close(run_before_unload=False)

        later = context.new_page()
        later.goto("/letters/new")
        expect(later.locator(".photos__words").first).to_have_value("窗外的雪山")
        expect(later.locator(".photos__look canvas")).to_have_count(2)
        later.get_by_role("button", name="寄出", exact=True).click()
        expect(later.locator(".waiting")).to_be_visible()
        later.goto("/letters")
        expect(later.locator(".waiting")).to_contain_text("车上拍的照片。")
        assert enclosed(server, "车上拍的照片。") == []
        context.set_offline(False)
        later.evaluate("window.dispatchEvent(new Event('online'))")

        expect(later.locator(".waiting")).to_have_count(0)
        assert enclosed(server, "车上拍的照片。") == [
            ("delivered", "窗外的雪山"),
            ("delivered", ""),
        ]
        later.goto("/letters")
        later.locator("summary.tool--me").click()
        later.get_by_role("button", name="退出", exact=True).click()
        later.wait_for_url("**/sign-in")
        pages.until(later, lambda: later.evaluate(LEFT) == NOTHING)


def test_a_shared_computer_keeps_no_photo(
    browser: Browser, server: Server, photos: list[Path]
) -> None:
    context = pages.open_context(browser, server)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("#login").fill("xiaohe")
    page.locator("#password").fill("penpal-demo")
    page.locator("[name=shared_device]").check()
    page.locator(".envelope button[type=submit]").last.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/letters/new?another=1")
    page.locator("#body").fill("机房里的照片。")

    context.set_offline(True)
    page.locator("#photo").set_input_files(photos[1])
    expect(page.locator(".photos__i")).to_have_attribute("data-state", "failed")
    nothing = page.evaluate(LEFT)
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    kept(page, 1)
    page.get_by_role("button", name="寄出", exact=True).click()
    page.wait_for_url(lambda url: url.rsplit("/", 1)[-1].isdigit())

    assert nothing == NOTHING
    assert enclosed(server, "机房里的照片。") == [("delivered", "")]
    context.close()


def test_a_form_that_is_no_letter_waits_for_its_photo(
    browser: Browser, server: Server, photos: list[Path]
) -> None:
    context = pages.open_context(browser, server)
    page = context.new_page()
    pages.sign_in(page, "xiaohe")
    page.goto("/profile")

    page.locator("#photo").set_input_files(photos[1])
    page.get_by_role("button", name="存好").click()

    expect(page.locator(".photos__look img")).to_have_count(1)
    page.get_by_role("button", name="拿掉这张").click()
    page.get_by_role("button", name="存好").click()
    expect(page.locator(".photos__i")).to_have_count(0)
    context.close()
