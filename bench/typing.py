"""How long a letter of 20,000 characters keeps a typist waiting, on a CPU slowed as DevTools does it.

``python -m bench.typing`` prints, for Chinese and Latin text, in the middle and at the end, on ruled
and on squared paper, the time from a key to the next painted frame, and what the page's main thread itself
worked for it: other programs of a busy machine lengthen the first and not the second.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests import servers
from tests.browser import pages
from tests.browser import server as serving

LONG = 19_900
"""Room is left for what is typed."""
CHINESE = "窗外的老槐树又落了一地叶子，我扫了半天，想起你上次信里说的那片胡杨林。" * 7 + "\n\n"
LATIN = "The old tree by the window dropped its leaves again, and I thought of your poplars. " * 3
TEXTS = {
    "Chinese": ((CHINESE * 100)[:LONG], "今天下雪了我们都很高兴"),
    # What a page with hardly a word costs: nothing can be faster than that.
    "a word": ("你好", "今天下雪了我们都很高兴"),
    "Latin": (((LATIN + "\n\n") * 100)[:LONG], "snow today and so "),
}
SLOWEST_BEARABLE, LONGEST_BEARABLE = 50.0, 100.0
"""Milliseconds that 95 of 100 keys may take, and that any key may."""

# A message that is posted in an animation frame arrives when that frame was painted.
CLOCK = """() => {
  window.waits = [];
  const area = document.querySelector("#body");
  area.addEventListener("keydown", (event) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.waits.push(performance.now() - event.timeStamp);
      port2.postMessage(0);
    });
  }, { capture: true });
}"""
PLACE = """([text, share]) => {
  const area = document.querySelector("#body");
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  const at = Math.floor(text.length * share);
  area.setSelectionRange(at, at);
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=6, help="how many times slower than this CPU")
    parser.add_argument("--keys", type=int, default=60, help="keys of each measurement")
    options = parser.parse_args()
    servers.use_our_node()
    with (
        tempfile.TemporaryDirectory(prefix="penpal-typing-") as folder,
        serving.running(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**servers.chromium_options())  # type: ignore[arg-type]
        context = pages.open_context(browser, server)
        page = context.new_page()
        pages.sign_in(page, "xiaohe")
        print(
            f"CPU slowed {options.rate}x, {options.keys} keys each, milliseconds to the next frame"
        )
        print(f"{'text':<9}{'place':<8}{'paper':<7}{'median':>8}{'p95':>8}{'max':>8}{'work':>8}")
        for text in TEXTS:
            for place, share in (("middle", 0.5), ("end", 1.0)):
                for paper in ("green", "grid"):
                    found = measure(page, text, share, paper, options.rate, options.keys)
                    print(f"{text:<9}{place:<8}{paper:<7}{figures(*found)}", flush=True)
        browser.close()


def measure(
    page: Page, text: str, share: float, paper: str, rate: int, keys: int
) -> tuple[list[float], float]:
    """Milliseconds of each key, and of the main thread's work for one, in a fresh composer."""
    body, typed = TEXTS[text]
    page.goto("/letters/new?another=1")
    page.locator(f"#paper-{paper}").check()
    page.evaluate(PLACE, [body, share])
    page.wait_for_timeout(2_000)
    page.evaluate(CLOCK)
    debugger = page.context.new_cdp_session(page)
    debugger.send("Performance.enable", {"timeDomain": "threadTicks"})
    debugger.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    worked = _worked(debugger)
    for turn in range(keys):
        _press(debugger, typed[turn % len(typed)])
        page.wait_for_timeout(180)
    page.wait_for_function("count => window.waits.length >= count", arg=keys)
    worked = _worked(debugger) - worked
    debugger.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    waits: list[float] = page.evaluate("() => window.waits")
    return waits, worked / keys


def figures(waits: list[float], work: float) -> str:
    late = statistics.quantiles(waits, n=20)[-1]
    slow = late >= SLOWEST_BEARABLE or max(waits) >= LONGEST_BEARABLE
    row = f"{statistics.median(waits):>8.1f}{late:>8.1f}{max(waits):>8.1f}{work:>8.1f}"
    return f"{row}  too slow" if slow else row


def _worked(debugger: CDPSession) -> float:
    """Milliseconds of processor time that the main thread has spent on tasks."""
    metrics = debugger.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration") * 1000


def _press(debugger: CDPSession, character: str) -> None:
    key = {"key": character, "text": character}
    debugger.send("Input.dispatchKeyEvent", {"type": "keyDown", **key})
    debugger.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": character})


if __name__ == "__main__":
    main()
