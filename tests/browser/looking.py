"""What a browser shows, asked from outside: words that nobody translated, and text that does not fit.

Names and letters stay as people wrote them, so they stand in ``bdi`` or ``dir="auto"`` or are among
the names that the database knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from playwright.sync_api import Page

from penpal.consent import wording
from tests.browser.server import Server
from tools.pseudo_language import CLOSE, OPEN

# Texts that are shown or read aloud, without what people wrote and the languages' own names.
SPOKEN = """
() => {
  const theirs = 'bdi, [dir="auto"], .letter__body, .mail__x, .intro, textarea, [lang]:not(html), script, style';
  const ornament = '[aria-hidden="true"], [hidden]';
  const found = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest(`${theirs}, ${ornament}`)) {
      found.push(walk.currentNode.data);
    }
  }
  for (const each of document.body.querySelectorAll("*")) {
    if (each.closest(`[lang]:not(html), ${ornament}`)) continue;
    for (const name of ["alt", "aria-label", "placeholder", "title", "label"]) {
      if (each.hasAttribute(name)) found.push(each.getAttribute(name));
    }
    for (const { name, value } of each.attributes) {
      if (/^data-(text|confirm)-/.test(name)) found.push(value);
    }
  }
  return found;
}
"""

# Three ways in which text does not fit: it leaves the screen, its own box hides some of it, or
# something else lies on it. What scrolls within its own region, and what is there for ears alone, fits.
MISFITS = """
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const say = (how, element) =>
    found.push(`${how}: <${element.localName} class="${element.className}"> ` +
      element.textContent.trim().replace(/\\s+/g, " ").slice(0, 60));
  const scrolls = (element) => {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(each).overflowX)) return true;
    }
    return false;
  };
  if (document.documentElement.scrollWidth > width) {
    found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  }
  const seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || seen.has(element) || !element.checkVisibility()) continue;
    if (element.closest("svg, option")) continue;
    seen.add(element);
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    const rect = range.getClientRects()[0];
    // A mark that shares the square of the one before it takes no room: what is hit there is that one.
    if (!rect?.width || element.closest(".visually-hidden, .skip, .tool__t")) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (style.overflowX !== "visible" && !scrolls(element) && element.scrollWidth > element.clientWidth + 1) {
      say("cut", element);
    }
    if (scrolls(element)) continue;
    if (box.left < -1 || box.right > width + 1) say("outside", element);
    const button = element.closest("button, .btn, .chip, .status");
    if (button && button.clientWidth && button.scrollWidth > button.clientWidth + 1) say("burst", button);
    const top = document.elementFromPoint(rect.left + rect.width / 2, rect.top + rect.height / 2);
    // A link may be as large as the card it stands in.
    const card = element.closest("li, label, .choice, .card");
    // So may the control of a label, which is then pressed wherever the label shows.
    if (top && top === element.closest("label")?.control) continue;
    if (top && !top.contains(element) && !element.contains(top) && !card?.contains(top)) {
      say(`under <${top.localName} class="${top.getAttribute("class") ?? ""}">`, element);
    }
  }
  return found;
}
"""

# Of scripts that are read from the right there are dates, which no catalogue holds.
LETTER = re.compile(r"[^\W\d_\u0600-\u06ff]")
# Names of formats are the same everywhere.
FORMATS = ("XLSX", "CSV", "PDF")


def untranslated(page: Page, names: list[str]) -> list[str]:
    """Texts of the page that carry words outside the brackets of the language for tests."""
    texts: list[Any] = page.evaluate(SPOKEN)
    return [text.strip() for text in texts if LETTER.search(_without(_outside(text), names))]


def misfits(page: Page) -> list[str]:
    """Texts that leave the screen, are cut off or lie under something. The page is shown whole."""
    found: list[str] = page.evaluate(MISFITS)
    return found


def names_in(server: Server) -> list[str]:
    """Whatever people, places, books and things are called, the longest first; and what families are asked.

    The words of a consent exist in the languages in which somebody answers for them, and in no other.
    """
    known = server.rows("SELECT name, display_name, login_name FROM person")
    known += server.rows("SELECT name, short_name, NULL FROM unit")
    known += server.rows("SELECT title, author, edition FROM shared_book")
    known += server.rows("SELECT title, plan, NULL FROM activity")
    known += server.rows("SELECT description, NULL, NULL FROM photo")
    names = {str(name) for row in known for name in row if name}
    asked = wording.languages(wording.current().name)[wording.CHINESE]
    return sorted(names.union(_texts(asdict(asked))), key=len, reverse=True)


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        yield from (text for part in told.values() for text in _texts(part))
    else:
        yield from (text for part in told for text in _texts(part))


def _outside(text: str) -> str:
    depth, left = 0, []
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        if not depth and sign != CLOSE:
            left.append(sign)
    return "".join(left)


def _without(text: str, names: list[str]) -> str:
    for name in (*names, *FORMATS):
        text = text.replace(name, "")
    return text
