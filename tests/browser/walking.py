"""One person's way through the pages of a guide: what stood on them, and the pictures taken there."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Locator, Page, expect

from penpal.kernel import clock
from tests.browser import pages
from tests.browser.server import PASSWORD, Server

PHONE, DESKTOP = (390, 720), (1100, 640)
SHARPNESS = {PHONE: 1.5, DESKTOP: 1.0}
# Everything on a page that a reader could look for: what stands there, what is in fields and choices,
# and what is read aloud.
WORDS = """() => [
  document.body.innerText,
  ...[...document.querySelectorAll("[aria-label]")].map((each) => each.getAttribute("aria-label")),
  ...[...document.querySelectorAll("option")].map((each) => each.textContent),
  ...[...document.querySelectorAll("optgroup")].map((each) => each.label),
].join("\\n")"""
# Far smaller than PNG, which the browser itself takes; it draws it once more.
PACKED = """async (png) => {
  const picture = new Image();
  picture.src = `data:image/png;base64,${png}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
  return canvas.toDataURL("image/webp", 0.72).split(",")[1];
}"""
POINTED_AT = (
    "each => { each.style.outline = '3px solid #ad3a27'; each.style.outlineOffset = '3px'; }"
)
# Bars at the top stay there and would cover it.
ON_TOP = """(each) => {
  const bar = document.querySelector(".topbar, .print-bar");
  const covered = bar && getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
  window.scrollTo(0, each.getBoundingClientRect().top + scrollY - covered - 12);
}"""


@dataclass
class Seen:
    """What a part of a guide may speak of, and the pictures that were taken for it."""

    words: str = ""
    pictures: list[str] = field(default_factory=list)


@dataclass
class Walk:
    """One person's way through the pages, part by part of their guide."""

    server: Server
    page: Page
    guide: str
    size: tuple[int, int]
    folder: Path | None
    parts: dict[str, Seen] = field(default_factory=dict)

    def part(self, heading: str) -> None:
        self.parts[heading] = Seen()

    @property
    def here(self) -> Seen:
        return self.parts[next(reversed(self.parts))]

    def look(self, picture: str = "", *, top: str = "", at: Locator | None = None) -> None:
        """Remember the page's words; with a name, its picture, from ``top`` on and with a ring around ``at``."""
        self.page.wait_for_load_state()
        self.here.words += self.page.evaluate(WORDS) + "\n"
        if not picture:
            return
        name = f"{self.guide}/{picture}.webp"
        self.here.pictures.append(name)
        if self.folder is not None:
            _photograph(self.page, self.folder / name, top, at)

    def press(self, name: str | re.Pattern[str], within: str = "main") -> None:
        button = self.page.locator(within).get_by_role("button", name=name)
        button.first.click()

    def follow(self, name: str | re.Pattern[str], within: str = "main") -> None:
        self.page.locator(within).get_by_role("link", name=name).first.click()

    def turn_to(self, name: str) -> None:
        self.page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()

    def open_class(self, name: str) -> None:
        self.page.goto("/")
        self.page.get_by_role("rowheader", name=name).get_by_role("link").click()

    def open_menu(self) -> None:
        self.page.locator(".tool--me").click()

    def come_in(self, login_name: str) -> None:
        """Name and password, which lead to the second step: nobody of the demo has set one up."""
        self.page.goto("/sign-in")
        self.look()
        self.page.locator("#login").fill(login_name)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator(".envelope button[type=submit]").last.click()
        expect(self.page.get_by_role("heading", name="设置两步登录")).to_be_visible()

    def set_up_second_step(self, picture: str = "") -> None:
        page = self.page
        self.look(picture, top="h1", at=page.get_by_label("验证码"))
        page.locator(".by-hand summary").click()
        secret = "".join(page.locator(".secret bdi").all_inner_texts())
        page.get_by_label("验证码").fill(pyotp.TOTP(secret).now())
        self.press("设好")
        expect(page.locator(".codes li")).to_have_count(10)
        self.look()
        self.follow("收好了，继续")

    def be_asked_again(self) -> None:
        """What somebody meets who signed in a while ago and opens what only they may see."""
        self.server.write("UPDATE sign_in SET confirmed_at = '2026-01-01 00:00:00.000000'")
        self.page.goto("/account/factor")
        expect(self.page.get_by_role("heading", name="确认是你本人")).to_be_visible()
        self.look()
        self.server.write(
            "UPDATE sign_in SET confirmed_at = ?", clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
        )


@contextmanager
def walker(
    browser: Browser, server: Server, guide: str, size: tuple[int, int], folder: Path | None
) -> Iterator[Walk]:
    sharpness = SHARPNESS[size] if folder else 1.0
    context = pages.open_context(browser, server, size, device_scale_factor=sharpness)
    try:
        yield Walk(server, context.new_page(), guide, size, folder)
    finally:
        context.close()


def _photograph(page: Page, file: Path, top: str, at: Locator | None) -> None:
    if at is not None:
        at.first.evaluate(POINTED_AT)
    if top:
        page.locator(top).first.evaluate(ON_TOP)
    png = base64.b64encode(page.screenshot()).decode()
    blank = page.context.new_page()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(base64.b64decode(blank.evaluate(PACKED, png)))
    blank.close()
