"""The real server as its own process, on a free port and a copy of one prepared data folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.servers import NotRunning, free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "penpal-demo"
PATIENCE = 300.0
"""Seconds, for the demo is loaded too. One that has died is noticed at once."""


class Server:
    """``app.py`` on one data folder: started, killed and started again on the same port.

    ``settings`` are variables of its environment beyond those that every test server has.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.settings = folder, settings
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                # A group of its own, so that a kill reaches the worker as well as its master.
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise NotRunning(self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.03)

    def kill(self) -> None:
        """End master and worker in the middle of whatever they do, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def command(self, *words: str, typed: str = "") -> str:
        """What an operator does beside it: ``flask`` with these words. Returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=ROOT,
            env=self._environment,
            input=typed,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def pid(self) -> int:
        """Of the master, whose child does the work."""
        assert self._process is not None
        return self._process.pid

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database beside the server: for what no page shows, such as a login name."""
        with contextlib.closing(sqlite3.connect(self._database, timeout=30)) as connection:
            return connection.execute(statement, values).fetchall()

    def write(self, statement: str, *values: object) -> None:
        """Change the database past every form: for texts that a form would not have let through."""
        with contextlib.closing(sqlite3.connect(self._database, timeout=30)) as connection:
            connection.execute(statement, values)
            connection.commit()

    @property
    def _environment(self) -> dict[str, str]:
        """Ours without settings of a developer's own, and those of this server."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PENPAL_", "DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITE"))
        }
        return kept | {
            # Each of many starts would compile everything anew: five seconds of a processor.
            "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode"),
            "PORT": str(self.port),
            "PENPAL_DATA": str(self.folder),
            "PENPAL_RATE_LIMITS": "false",
            # Tests run at any hour; those of the quiet hours set their own.
            "PENPAL_QUIET_FROM": "00:00",
            "PENPAL_QUIET_UNTIL": "00:00",
            # Seconds of a processor, at each of many starts, of which hardly any looks at a letter.
            "PENPAL_GUARD_READY_AFTER": "86400",
            "PENPAL_LOG_LEVEL": "WARNING",
            **self.settings,
        }

    @property
    def _database(self) -> Path:
        return self.folder / "penpal.sqlite"

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/sign-in", timeout=30) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    """Serve this data folder until the block ends, with these variables of the environment."""
    server = Server(folder, **settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def copy_of(prepared: Path, folder: Path) -> Path:
    """A data folder of one's own with everything that the prepared one holds."""
    return Path(shutil.copytree(prepared, folder))


def prepared(shared: Path) -> Path:
    """A data folder with the demo in it, loaded by whichever test process comes first."""
    shared.mkdir(parents=True, exist_ok=True)
    ready = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            making = shared / "demo.making"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            server = Server(making)
            server.start()
            server.stop()
            making.rename(ready)
    return ready
