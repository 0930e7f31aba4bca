"""1,000 hostile images to a real server, which is watched from outside: its answers, its time, its memory, its disk."""

from __future__ import annotations

import io
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from penpal.media import decoding
from penpal.media.shapes import Format, Size
from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.server import Server
from tests.media import hostile
from tests.media.hostile import Odd
from tests.media.test_hostile import ALLOWED, MEGABYTES, check_bare, megabytes

NUMBER = 1_000
SECONDS = 3.0
"""By the clock: nothing else runs beside it."""


@pytest.fixture
def server(prepared: Path, tmp_path: Path) -> Iterator[Server]:
    with serving.running(serving.copy_of(prepared, tmp_path / "data")) as running:
        yield running


def programs(server: Server) -> dict[int, str]:
    """The server's processes by number: ``server`` or ``decoder``."""
    parents, names = {}, {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(place.name)] = int(
                (place / "stat").read_text().rsplit(")", 1)[1].split()[1]
            )
            names[int(place.name)] = (place / "cmdline").read_text()
        except OSError:
            continue
    found = {server.pid: "server"}
    for _generation in range(3):
        for number, parent in parents.items():
            if parent in found:
                found[number] = "decoder" if decoding._PROGRAM.name in names[number] else "server"
    return found


def kept(server: Server) -> list[Path]:
    return [path for path in (server.folder / "photos").rglob("*") if path.is_file()]


def send(client: Client, token: str, odd: Odd, key: str) -> tuple[int, float]:
    file = FileStorage(io.BytesIO(odd.content), filename=odd.name)
    fields = {"csrf_token": token, "key": key, "photo": file}
    stream, _length, boundary = stream_encode_multipart(fields)
    kind, body = f"multipart/form-data; boundary={boundary}", stream.read()
    begun = time.monotonic()
    answer = client._ask("POST", "/photos", kind, body, read=True)
    taken = time.monotonic() - begun
    assert json.loads(answer.text), odd.kind
    return answer.status, taken


@pytest.mark.slow
@pytest.mark.browser
def test_1000_hostile_images_break_nothing_and_leave_nothing_but_pixels(server: Server) -> None:
    client = Client(server)
    client.sign_in("xiaohe")
    token = client.form("/profile")["csrf_token"]
    most: defaultdict[str, float] = defaultdict(float)
    slowest: defaultdict[str, float] = defaultdict(float)
    answers: Counter[int] = Counter()
    before = len(kept(server))
    at_first = {name: megabytes(number) for number, name in programs(server).items()}

    for number, odd in enumerate(hostile.images(NUMBER)):
        status, taken = send(client, token, odd, f"hostile-{number}")
        answers[status] += 1
        slowest[odd.kind] = max(slowest[odd.kind], taken)
        assert status in ALLOWED, (odd.kind, status)
        for process_id, name in programs(server).items():
            try:
                most[name] = max(most[name], megabytes(process_id))
            except (OSError, TypeError):
                # It ended while it was looked at.
                continue

    print(f"\nanswers {dict(answers)}, most memory in MB {dict(most)}, at first {at_first}")
    print("slowest", sorted(slowest.items(), key=lambda one: -one[1])[:5])
    assert max(slowest.values()) < SECONDS, slowest
    assert max(most.values()) < MEGABYTES, most
    files = kept(server)
    # Each photo has six, and so have those of the demo.
    assert len(files) - before == answers[201] * 6 > 6 * NUMBER / 4
    for path in files:
        _name, size, form = path.name.split(".")
        check_bare(path.read_bytes(), Format(form), Size(size))
    assert client.get("/").status == 200
