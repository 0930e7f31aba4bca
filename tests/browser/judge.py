"""Judges in a real browser whether anything in a text ran, by what happens and never by matching strings.

Four kinds of things are seen: a dialog function that is called, in whichever frame; a script that the
engine compiled or tried to, and that is none of the page's own; a page that goes elsewhere by itself;
a request that leaves the origin. What the same page does with neutral texts is learnt first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Frame, Page

MARK = "judge-saw:"

# Runs before anything else in every frame. A call is told on the console, which reaches us from
# frames of any origin.
REPLACE_DIALOGS = f"""
for (const name of ["alert", "confirm", "prompt", "print"]) {{
  window[name] = (...words) => {{ console.debug("{MARK}" + name + "(" + words.join() + ")"); }};
}}
"""

# What a curious reader might do, all at once: fire each handler's event, focus, open, click.
# Our own forms stay where they are, and so do links that lead to pages: only these are let out.
PROVOKE = """
() => {
  const isWeb = (address) => /^https?:/.test(address);
  window.addEventListener("submit", (event) => {
    // A field may be called action and stand in the way of the property.
    const goes = event.submitter?.getAttribute("formaction") ?? event.target.getAttribute("action");
    if (isWeb(new URL(goes ?? "", document.baseURI).href)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });
  for (const element of document.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (name.startsWith("on")) {
        element.dispatchEvent(new Event(name.slice(2), { bubbles: false, cancelable: true }));
      }
    }
    if (element.tagName === "DETAILS") element.open = true;
    if (element.tagName === "DIALOG" && !element.open) element.show();
    element.focus?.({ preventScroll: true });
    const link = element.closest("a, area");
    if (link && isWeb(String(link.href))) continue;
    element.dispatchEvent(new MouseEvent("mouseover", { bubbles: false }));
    element.click?.();
    if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") {
      element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
  }
}
"""
MUTATE = "() => { document.body.innerHTML = document.body.innerHTML; }"
SETTLE_MS = 60


@dataclass
class Seen:
    """What happened on one page, beyond what the page does of its own."""

    calls: Counter[str] = field(default_factory=Counter)
    scripts: list[str] = field(default_factory=list)
    navigations: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def anything(self) -> bool:
        return bool(self.calls or self.scripts or self.navigations or self.requests)

    def __str__(self) -> str:
        return f"called {dict(self.calls)}, ran {self.scripts}, went to {self.navigations}, asked {self.requests}"


class Judge:
    """Looks at pages of one context. ``learn`` on neutral texts, then ``look`` at the others."""

    def __init__(
        self, context: BrowserContext, origin: str, *, taught_by: Judge | None = None
    ) -> None:
        self.context, self.origin = context, origin
        self._own_scripts: set[str] = taught_by._own_scripts if taught_by else set()
        self._own_calls: Counter[str] = taught_by._own_calls if taught_by else Counter()

    def learn(self, path: str) -> None:
        """Remember what this page compiles and calls by itself."""
        hashes, seen = self._visit(path)
        self._own_scripts |= set(hashes)
        self._own_calls |= seen.calls
        assert not seen.navigations, f"with neutral texts {path} goes elsewhere: {seen.navigations}"
        assert not seen.requests, f"with neutral texts {path} asks others: {seen.requests}"

    def look(self, path: str) -> Seen:
        """What the texts on this page made the browser do."""
        hashes, seen = self._visit(path)
        seen.scripts = [text for key, text in hashes.items() if key not in self._own_scripts]
        seen.calls -= self._own_calls
        return seen

    def _visit(self, path: str) -> tuple[dict[str, str], Seen]:
        page = self.context.new_page()
        page.add_init_script(REPLACE_DIALOGS)
        seen = Seen()
        with _compiled(page) as hashes:
            self._watch(page, seen)
            page.goto(self.origin + path, wait_until="load")
            arrived = page.url
            page.on("framenavigated", lambda frame: _moved(page, frame, arrived, seen))
            for step in (self._provoke, self._press, self._mutate, self._provoke):
                try:
                    step(page)
                except Error:
                    # The page left while it was being provoked; where to is noted already.
                    break
                page.wait_for_timeout(SETTLE_MS)
            if page.url != arrived and not seen.navigations:
                seen.navigations.append(page.url)
        page.close()
        return hashes, seen

    def _provoke(self, page: Page) -> None:
        for frame in page.frames:
            if not frame.is_detached():
                frame.evaluate(PROVOKE)

    def _press(self, page: Page) -> None:
        page.mouse.move(60, 300)
        page.mouse.wheel(0, 300)
        for key in ("Tab", "a", "Escape"):
            page.keyboard.press(key)

    def _mutate(self, page: Page) -> None:
        page.evaluate(MUTATE)

    def _watch(self, page: Page, seen: Seen) -> None:
        def heard(said: Any) -> None:
            if said.text.startswith(MARK):
                seen.calls[said.text.removeprefix(MARK)] += 1

        def asked(request: Any) -> None:
            parts = urlsplit(request.url)
            if (
                parts.scheme in ("http", "https", "ws", "wss")
                and parts.netloc != urlsplit(self.origin).netloc
            ):
                seen.requests.append(request.url)

        def dialog(opened: Any) -> None:
            if opened.type != "beforeunload":
                seen.calls[f"native {opened.type}"] += 1
            opened.dismiss()

        page.on("console", heard)
        page.on("request", asked)
        page.on("dialog", dialog)
        page.on("popup", lambda opened: seen.navigations.append(f"popup {opened.url}"))


def _moved(page: Page, frame: Frame, arrived: str, seen: Seen) -> None:
    if frame == page.main_frame and frame.url.partition("#")[0] != arrived.partition("#")[0]:
        seen.navigations.append(frame.url)


@contextmanager
def _compiled(page: Page) -> Iterator[dict[str, str]]:
    """Hash to a few words of every script that the engine of this page parses, well or badly."""
    session = page.context.new_cdp_session(page)
    found: dict[str, str] = {}

    def note(kind: str) -> Callable[[dict[str, Any]], None]:
        def parsed(script: dict[str, Any]) -> None:
            words = script.get("url") or f"{script['startLine']}:{script['startColumn']}"
            found.setdefault(
                script["hash"], f"{kind} {words} ({script.get('length', 0)} characters)"
            )

        return parsed

    session.on("Debugger.scriptParsed", note("compiled"))
    session.on("Debugger.scriptFailedToParse", note("could not compile"))
    session.send("Debugger.enable")
    yield found
    session.detach()
