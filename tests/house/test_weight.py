"""What a page weighs on a slow line: everything it needs, compressed, photos apart."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from flask.testing import FlaskClient

from penpal.wiring import DIST
from tests.conftest import SignedIn
from tests.house.conftest import World

LIMIT = 80 * 1000
"""Bytes, gzipped."""

ROOM_LIMIT = 94 * 1000
"""A room is stayed in: it brings what keeps it live, and a dozen stickers."""

_FILES = re.compile(r"/static/dist/([\w./-]+)")
_IN_CSS = re.compile(r"url\([\"']?\.{0,2}/?([\w./-]+\.(?:svg|woff2?|png|webp))")
_IN_JS = re.compile(r"[\"']\./([\w./-]+\.js)[\"']")


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def needed(page: str) -> set[Path]:
    """The built files a page asks for, and those that they ask for in turn."""
    found: set[Path] = set()
    waiting = [DIST / name for name in _FILES.findall(page)]
    while waiting:
        file = waiting.pop()
        if file in found or not file.is_file():
            continue
        found.add(file)
        if file.suffix in (".css", ".js"):
            pattern = _IN_CSS if file.suffix == ".css" else _IN_JS
            words = file.read_text(encoding="utf-8")
            waiting += [file.parent / name for name in pattern.findall(words)]
    return found


def weigh(browser: FlaskClient, address: str, limit: int = LIMIT) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    page = answer.get_data(as_text=True)

    parts = {"page": packed(page.encode())} | {
        file.name: packed(file.read_bytes()) for file in needed(page)
    }

    assert {"css", "js", "svg"} <= {name.rsplit(".", 1)[-1] for name in parts}
    assert sum(parts.values()) <= limit, f"{address}: {sum(parts.values())} {parts}"


def test_the_pages_before_sign_in_are_light(client: FlaskClient) -> None:
    for address in ("/sign-in", "/activate"):
        weigh(client, address)


def test_a_students_pages_are_light(as_: SignedIn, world: World) -> None:
    for address in (
        "/",
        "/letters",
        f"/letters/{world.letters['opened']}",
        "/letters/new?another=1",
    ):
        weigh(as_("xiaomai"), address)


def test_the_live_room_is_light(as_: SignedIn, world: World) -> None:
    pair = world.cast.pair().id

    weigh(as_("xiaomai"), f"/chat/{pair}", ROOM_LIMIT)


def test_the_pages_of_staff_are_light(as_: SignedIn, world: World) -> None:
    class_id, school_id = world.cast.unit("bj-class").id, world.cast.unit("bj-school").id
    for address in (
        "/",
        f"/classes/{class_id}",
        f"/classes/{class_id}/pairs",
        "/reports",
        "/queue",
    ):
        weigh(as_("teacher_bj"), address)
    weigh(as_("secretary_bj"), f"/schools/{school_id}/roster")
