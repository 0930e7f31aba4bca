"""Seeded walks through bad lines: nothing that a page called stored is lost, and nothing is there twice."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as BrowserError

from tests.browser import pages
from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.line import Line
from tests.browser.server import Server

STEPS = 14
STORED = {"saved", "device", "held"}
EVERYDAY = (3, 21)
ALL = range(1000, 1200)
PATIENCE = 100

_TOKEN = re.compile(r"〔\w+〕")

# Everything that still waits on the device. An empty letter does not: the server would not take it.
WAITING = """async () => {
  const known = (await indexedDB.databases()).some(({ name }) => name === "penpal");
  if (!known) return 0;
  const store = await new Promise((resolve) => {
    indexedDB.open("penpal").onsuccess = (event) => resolve(event.target.result);
  });
  const records = await new Promise((resolve) => {
    store.transaction("letters").objectStore("letters").getAll().onsuccess =
      (event) => resolve(event.target.result);
  });
  store.close();
  const waits = (one) => one.pending || one.saved !== JSON.stringify(one.fields);
  const refused = (one) => one.refused === JSON.stringify(one.fields);
  return records.filter((one) => one.state === "held" || (waits(one) && !refused(one))).length;
}"""

SHOWN = """() => {
  const area = document.querySelector("#body");
  const status = document.querySelector("[data-composer-status]");
  return area && status ? [status.dataset.state ?? "", area.value, area.readOnly] : null;
}"""

# What was said about earlier words is no promise about these.
TYPED = """(words) => {
  const area = document.querySelector("#body");
  const status = document.querySelector("[data-composer-status]");
  if (!area || area.readOnly) return false;
  status.dataset.state = "";
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  document.execCommand("insertText", false, words);
  return true;
}"""


class Walk:
    """One child with one device, another device elsewhere, a bad line, and a seed."""

    def __init__(self, browser: Browser, server: Server, seed: int) -> None:
        self.server, self.seed = server, seed
        self.chance = random.Random(seed)
        self.line = Line(server.port)
        self.story: list[str] = []
        self.promised: set[str] = set()
        self.begun, self.parted, self.took_back = 1, 0, 0
        self.tokens = 0
        self.first = int(str(server.rows("SELECT coalesce(max(id), 0) FROM letter")[0][0]))
        self.context: BrowserContext = pages.open_context(browser, server)
        self.context.clock.install()
        self.elsewhere = Client(server)
        self.elsewhere.sign_in("xiaohe")
        self.page = self._new_page()
        self._sign_in(self.page)
        self.page.goto(self.line.address + "/")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        # The sheet and the lists are fetched ahead after a while, in which a child reads.
        self.page.clock.fast_forward(9_000)
        self._wait_for_sheet()
        self.page.goto(self.line.address + "/letters/new?another=1")
        self.other: Page | None = None

    def run(self) -> None:
        ways = [
            (self.type, 6), (self.wait, 4), (self.cut, 2), (self.swallow, 1), (self.restore, 2),
            (self.reopen, 2), (self.edit_elsewhere, 1), (self.end_session, 1), (self.enter_again, 1),
            (self.send, 2), (self.take_back, 1), (self.begin_another, 1), (self.second_tab, 1),
        ]  # fmt: skip
        self.type()
        for _step in range(STEPS):
            deed = self.chance.choices([way for way, _ in ways], [often for _, often in ways])[0]
            self.story.append(deed.__name__)
            deed()
            self._note()

    def type(self) -> None:
        self.tokens += 1
        token = f"〔s{self.seed}t{self.tokens}〕"
        page = self.other if self.other and self.chance.random() < 0.5 else self.page
        for _try in range(10):
            try:
                if page.evaluate(TYPED, token):
                    return
            except BrowserError:
                # The page was just going to another.
                pass
            page.wait_for_timeout(50)

    def wait(self) -> None:
        passing = self.chance.choice([300, 1_500, 5_000, 20_000])
        for page in self._pages():
            page.clock.fast_forward(passing)
        self.page.wait_for_timeout(self.chance.choice([60, 150, 400]))

    def cut(self) -> None:
        self.line.cut()

    def swallow(self) -> None:
        self.line.swallow()

    def restore(self) -> None:
        self.line.restore()

    def reopen(self) -> None:
        """The page is killed, and the child comes back to the letter."""
        self.begun += 1
        self._close_second()
        self.page.close(run_before_unload=False)
        self.page = self._new_page()
        self._go(self.page, "/letters/new")

    def begin_another(self) -> None:
        self.begun += 1
        self._go(self.page, "/letters/new?another=1")

    def second_tab(self) -> None:
        if self.other:
            self._close_second()
            return
        address = self.page.url.removeprefix(self.line.address)
        if "/letters/" in address:
            self.parted += 1
            self.begun += 1
            self.other = self._new_page()
            self._go(self.other, address)

    def edit_elsewhere(self) -> None:
        drafts = self.server.rows(
            "SELECT id FROM letter WHERE id > ? AND state = 'draft' ORDER BY id", self.first
        )
        if not drafts:
            return
        number = self.chance.choice(drafts)[0]
        fields = self.elsewhere.form(f"/letters/{number}/edit")
        body = self.server.rows("SELECT body, envelope FROM letter WHERE id = ?", number)[0]
        self.tokens += 1
        token = f"〔e{self.seed}t{self.tokens}〕"
        words = {"body": f"{body[0]}{token}", "envelope": str(body[1]), "action": "save"}
        if "key" in fields and self.elsewhere.post("/letters", fields | words).status == 302:
            self.promised.add(token)
            self.parted += 1

    def end_session(self) -> None:
        self.server.write(
            "UPDATE sign_in SET expires_at = '2026-01-01 00:00:00' WHERE person_id = "
            "(SELECT id FROM person WHERE login_name = 'xiaohe')"
        )
        self.elsewhere = Client(self.server)
        self.elsewhere.sign_in("xiaohe")

    def enter_again(self) -> None:
        page = self._new_page()
        try:
            self._sign_in(page)
        except BrowserError:
            self.story.append("(could not)")
        page.close()

    def send(self) -> None:
        self._press(self.page.get_by_role("button", name="寄出", exact=True))

    def take_back(self) -> None:
        if self._press(self.page.get_by_role("button", name="先不寄").first):
            self.took_back += 1

    def come_home(self) -> None:
        """The line is back, the child is signed in, and everything has time to arrive."""
        self._note()
        self.line.restore()
        self._close_second()
        self.enter_again()
        for moment in range(PATIENCE):
            for page in self._pages():
                page.clock.fast_forward(70_000)
            self.page.wait_for_timeout(250)
            self._note()
            try:
                if self.page.evaluate(WAITING) == 0:
                    return
            except BrowserError:
                # It is on its way to the page of the letter that was sent.
                continue
            if moment % 6 == 5:
                self.enter_again()
                self._go(self.page, "/")
        raise AssertionError(f"seed {self.seed}: something still waits after {self.story}")

    def judge(self) -> None:
        rows = self.server.rows(
            "SELECT body, state FROM letter WHERE id > ? ORDER BY id", self.first
        )
        bodies = [str(body) for body, _state in rows if str(body)]
        sent = [str(body) for body, state in rows if state != "draft"]
        told = f"seed {self.seed}: {self.story}\n{rows}"
        found = set(_TOKEN.findall(" ".join(bodies)))
        assert self.promised <= found, f"lost {sorted(self.promised - found)}; {told}"
        assert len(bodies) == len(set(bodies)), f"twice the same; {told}"
        assert len(rows) <= self.begun + self.parted + self.took_back, f"too many; {told}"
        if not self.took_back:
            counted = [token for body in sent for token in _TOKEN.findall(body)]
            assert len(counted) == len(set(counted)), f"sent twice; {told}"
        if not (self.parted or self.took_back):
            everywhere = [token for body in bodies for token in _TOKEN.findall(body)]
            assert len(everywhere) == len(set(everywhere)), f"in two letters; {told}"

    def leave(self) -> None:
        self.context.close()
        self.line.close()

    def _note(self) -> None:
        """Whatever a page says is stored, it has promised."""
        for page in self._pages():
            try:
                shown = page.evaluate(SHOWN)
            except BrowserError:
                continue
            if shown and shown[0] in STORED:
                self.promised |= set(_TOKEN.findall(shown[1]))

    def _press(self, button: object) -> bool:
        try:
            button.click(timeout=400, no_wait_after=True)  # type: ignore[attr-defined]
        except BrowserError:
            return False
        self.page.wait_for_timeout(self.chance.choice([20, 120, 400]))
        return True

    def _new_page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def _pages(self) -> list[Page]:
        return [page for page in (self.page, self.other) if page]

    def _close_second(self) -> None:
        if self.other:
            self._note()
            self.other.close(run_before_unload=False)
            self.other = None

    def _go(self, page: Page, address: str) -> None:
        try:
            page.goto(self.line.address + address, wait_until="load")
        except BrowserError:
            self.story.append("(nothing came up)")

    def _sign_in(self, page: Page) -> None:
        page.goto(self.line.address + "/sign-in")
        if "/sign-in" not in page.url:
            return
        page.locator("#login").fill("xiaohe", timeout=5_000)
        page.locator("#password").fill("penpal-demo")
        page.locator(".envelope button[type=submit]").last.click()
        page.wait_for_url(lambda url: "/sign-in" not in url, timeout=15_000)

    def _wait_for_sheet(self) -> None:
        for _try in range(1_200):
            if self.page.evaluate("caches.match('/letters/new').then(Boolean)"):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("the sheet did not come onto the device")


@pytest.fixture(scope="module")
def quiet_server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, on which nobody has begun a letter."""
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("cuts") / "data")
    with serving.running(folder) as server:
        server.write("DELETE FROM letter WHERE state = 'draft'")
        yield server


@pytest.fixture
def walk(request: pytest.FixtureRequest, browser: Browser, quiet_server: Server) -> Iterator[Walk]:
    server = quiet_server
    begun = Walk(browser, server, request.param)
    yield begun
    begun.leave()
    server.write("UPDATE letter SET beside_id = NULL WHERE id > ?", begun.first)
    server.write("DELETE FROM letter WHERE id > ?", begun.first)


def whatever_happens(walk: Walk) -> None:
    walk.run()
    walk.come_home()
    walk.judge()


@pytest.mark.parametrize("walk", EVERYDAY, indirect=True)
def test_a_bad_line_loses_and_doubles_nothing(walk: Walk) -> None:
    whatever_happens(walk)


@pytest.mark.slow
@pytest.mark.parametrize("walk", ALL, indirect=True)
def test_two_hundred_bad_lines_lose_and_double_nothing(walk: Walk) -> None:
    whatever_happens(walk)
