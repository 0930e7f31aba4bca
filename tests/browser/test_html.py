"""Every page is HTML as the standard has it: nothing that the Nu checker finds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser import pages
from tests.browser.client import Client
from tests.browser.server import ROOT, Server

CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
_OPTIONS = [
    *("--format", "json", "--stdout", "--exit-zero-always"),
    # What is hidden from all at first is shown by a script, and then still hidden from who listens.
    *(
        "--filterpattern",
        ".*aria-hidden.* is unnecessary for elements that have attribute .hidden.*",
    ),
]
READERS = {"signed-out", "reader"}
"""Whose pages anybody reads."""


def test_public_pages_are_sound_html(server: Server, tmp_path: Path) -> None:
    assert _faults(server, tmp_path, READERS) == []


@pytest.mark.slow
def test_all_pages_are_sound_html(server: Server, tmp_path: Path) -> None:
    assert _faults(server, tmp_path, None) == []


def _faults(server: Server, folder: Path, wanted: set[str] | None) -> list[str]:
    """What is found on the pages of these visitors, or of all; files and other answers are left out."""
    for visitor in pages.visitors(server):
        if wanted is not None and visitor.name not in wanted:
            continue
        client = Client(server)
        if visitor.login_name:
            client.sign_in(visitor.login_name)
        for name, path in visitor.pages.items():
            text = client.get(quote(path, safe="/?=&%")).text
            if text.lstrip().lower().startswith("<!doctype html"):
                (folder / f"{visitor.name}.{name}.html").write_text(text)
    assert any(folder.iterdir())
    # One program for all of them: to start it costs more than to read a hundred pages.
    answer = subprocess.run(
        ["java", "-jar", CHECKER, *_OPTIONS, folder],
        check=True,
        capture_output=True,
        text=True,
    )
    return [
        f"{Path(found['url']).stem} line {found.get('lastLine')}: {found['message']} "
        f"{found.get('extract', '')[:120]!r}"
        for found in json.loads(answer.stdout)["messages"]
    ]
