"""Fixtures: the system's browser, and one real server with the demo for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import servers
from tests.browser import pages
from tests.browser import server as serving
from tests.browser.server import Server

HERE = Path(__file__).parent

# Nothing but our own server is ever found, whatever a page asks for.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
# Every frame lives in the page's own process, where the debugger sees what it compiles.
ONE_PROCESS = "--disable-features=IsolateOrigins,site-per-process"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these share one server and one browser, so one worker runs them; xdist reads the mark after us."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


# The machine is busy with other tests meanwhile; what has come is not waited for.
expect.set_options(timeout=pages.PATIENCE * 1000)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    options = servers.chromium_options()
    arguments = options["args"]
    assert isinstance(arguments, list)
    return options | {"args": [*arguments, ALONE, ONE_PROCESS]}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo, to be copied and never served."""
    base = tmp_path_factory.getbasetemp()
    # Workers have a folder each inside the run's; the demo is loaded once for all of them.
    return serving.prepared((base.parent if base.name.startswith("popen-") else base) / "shared")


@pytest.fixture(scope="session")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("site") / "data")
    with serving.running(folder) as running:
        yield running


@pytest.fixture
def letters_taken_away(server: Server) -> Iterator[None]:
    """What these children write is taken away again: other tests share the server."""
    first = server.rows("SELECT max(id) FROM letter")[0][0]
    yield
    server.write("UPDATE letter SET beside_id = NULL WHERE id > ?", first)
    server.write("DELETE FROM letter WHERE id > ?", first)
