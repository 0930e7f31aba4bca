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
    home = xiaomai.new_page()
    troubles = pages.watched(home, server)
    pages.sign_in(home, "xiaomai")
    joined = _sockets(home)
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
    expect(region).to_contain_text("小禾的信到了", timeout=10_000)
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
    page, other = context.new_page(), context.new_page()
    pages.sign_in(page, "xiaomai")
    joined = _sockets(page)
    page.goto("/")
    opened = joined()
    other.goto("/")

    other.locator("summary.tool--me").click()
    other.get_by_role("button", name="退出").click()

    expect(other).to_have_url(server.address + "/sign-in")
    _wait_until(page, opened.is_closed)
    context.close()


def _wait_until(page: Page, holds: Callable[[], bool], seconds: int = 20) -> None:
    for _ in range(seconds * 10):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not within {seconds} seconds")


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


def _sockets(page: Page) -> Callable[[], WebSocket]:
    """Watch from now on; the answer waits until the server has let a socket of the page in."""
    let_in: list[WebSocket] = []

    def watch(opened: WebSocket) -> None:
        # The frame 40 says that the connection was accepted.
        opened.on(
            "framereceived", lambda frame: let_in.append(opened) if str(frame)[:2] == "40" else None
        )

    page.on("websocket", watch)

    def wait() -> WebSocket:
        for _moment in range(200):
            if let_in:
                return let_in[-1]
            page.wait_for_timeout(50)
        raise AssertionError("the page got no socket within ten seconds")

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
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection.recv(4096).decode(errors="replace").partition("\r\n")[0]
