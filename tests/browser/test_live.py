"""News on an open page: it comes at once, is said politely, and ends with the session."""

from __future__ import annotations

import socket
from collections.abc import Callable

from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.browser import pages
from tests.browser.server import Server


def test_a_letter_is_announced_on_the_open_page_of_the_partner(
    browser: Browser, server: Server
) -> None:
    xiaomai = pages.open_context(browser, server)
    pages.sign_in(xiaomai.new_page(), "xiaomai")
    home = xiaomai.new_page()
    troubles = pages.watched(home, server)
    joined = _socket(home)
    home.goto("/")
    joined()
    xiaohe = pages.open_context(browser, server)
    desk = xiaohe.new_page()
    pages.sign_in(desk, "xiaohe")

    desk.goto("/letters/new?another=1")
    desk.locator("#body").fill("小麦：\n\n刚才下课，操场上落了一只喜鹊。")
    desk.get_by_role("button", name="寄出").click()
    desk.wait_for_url("**/letters/*")

    region = home.locator("[data-live-region]")
    expect(region).to_contain_text("小禾的信到了")
    expect(region).to_have_attribute("role", "status")
    expect(region).not_to_contain_text("喜鹊")
    assert home.url == server.address + "/", "news must never move the page"
    region.get_by_role("link", name="去看看").click()
    expect(home.get_by_role("button", name="拆信")).to_be_visible()
    assert troubles == []
    xiaohe.close()
    xiaomai.close()


def test_signing_out_closes_the_socket(browser: Browser, server: Server) -> None:
    context = pages.open_context(browser, server)
    other, page = context.new_page(), context.new_page()
    pages.sign_in(other, "xiaomai")
    joined = _socket(page)
    page.goto("/")
    opened = joined()

    other.locator("summary.tool--me").click()
    other.get_by_role("button", name="退出").click()

    expect(other).to_have_url(server.address + "/sign-in")
    pages.until(page, opened.is_closed)
    context.close()


def test_nobody_gets_a_socket_without_signing_in(server: Server) -> None:
    answer = _handshake(server, origin=server.address)

    assert answer.startswith("HTTP/1.1 403")


def test_a_page_of_another_site_gets_no_socket_with_our_cookie(
    browser: Browser, server: Server
) -> None:
    context = pages.open_context(browser, server)
    pages.sign_in(context.new_page(), "xiaomai")
    cookie = next(kept for kept in context.cookies() if kept["name"] == "penpal")

    ours = _handshake(server, origin=server.address, cookie=cookie["value"])
    foreign = _handshake(server, origin="https://elsewhere.example", cookie=cookie["value"])

    assert ours.startswith("HTTP/1.1 101")
    assert foreign.startswith("HTTP/1.1 403")
    context.close()


def _socket(page: Page) -> Callable[[], WebSocket]:
    """Watch a page that has shown nothing yet; the answer waits until the server lets its socket in.

    A page before it would have had a socket too, and Playwright never tells that one of those closed.
    """
    assert page.url == "about:blank"
    let_in: list[WebSocket] = []

    def watch(opened: WebSocket) -> None:
        # The frame 40 says that the connection was accepted.
        opened.on(
            "framereceived", lambda frame: let_in.append(opened) if str(frame)[:2] == "40" else None
        )

    page.on("websocket", watch)

    def wait() -> WebSocket:
        pages.until(page, lambda: bool(let_in))
        return let_in[-1]

    return wait


def _handshake(server: Server, *, origin: str, cookie: str = "") -> str:
    """The first line with which the server answers a WebSocket's upgrade."""
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {origin}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    if cookie:
        lines.append(f"Cookie: penpal={cookie}")
    with socket.create_connection(("127.0.0.1", server.port), timeout=pages.PATIENCE) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection.recv(4096).decode(errors="replace").partition("\r\n")[0]
