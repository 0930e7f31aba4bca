"""Runs the units of `deploy/` as systemd would, from the files that an operator installs."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import ROOT, NotRunning, free_port, wait_for_port

PATIENCE = 180.0
METRICS_TOKEN = "a token for tests alone"


@dataclass
class Unit:
    """One unit file, for one instance of it."""

    name: str
    settings: dict[str, list[str]]

    @classmethod
    def read(cls, folder: Path, name: str) -> Unit:
        stem, at, instance = name.removesuffix(".service").partition("@")
        settings: dict[str, list[str]] = defaultdict(list)
        for line in (folder / f"{stem}{at}.service").read_text().splitlines():
            key, is_setting, value = line.partition("=")
            if is_setting and not line.startswith("#"):
                settings[key].append(value.replace("%i", instance))
        return cls(name, settings)

    @property
    def port(self) -> int | None:
        _stem, at, instance = self.name.removesuffix(".service").partition("@")
        return int(instance) if at else None

    @property
    def is_oneshot(self) -> bool:
        return "oneshot" in self.settings["Type"]

    def environment(self) -> dict[str, str]:
        given = dict(line.split("=", 1) for line in self.settings["Environment"])
        for file in self.settings["EnvironmentFile"]:
            lines = Path(file).read_text().splitlines()
            given |= dict(line.split("=", 1) for line in lines if line and line[0] != "#")
        return given

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        [command] = self.settings["ExecStart"]
        [folder] = self.settings["WorkingDirectory"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        kept["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "bytecode")
        with log.open("ab") as out:
            return subprocess.Popen(
                shlex.split(command),
                cwd=folder,
                env=kept | self.environment(),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )


@dataclass
class Site:
    """What deploy/fill wrote for this machine, and the processes that run by it."""

    folder: Path
    port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def units(self) -> list[Unit]:
        """In the order of the target."""
        systemd = self.folder / "systemd"
        [wants] = [
            line.removeprefix("Wants=")
            for line in (systemd / "penpal.target").read_text().splitlines()
            if line.startswith("Wants=")
        ]
        return [Unit.read(systemd, name) for name in wants.split()]

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def start(self, unit: Unit) -> None:
        """Return once it listens; what runs once, once it is done."""
        self.running[unit.name] = process = unit.start(self.folder / f"{unit.name}.log")
        if unit.is_oneshot:
            assert process.wait(timeout=PATIENCE) == 0, self.log(unit.name)
        elif unit.port:
            wait_for_port(unit.port)

    def kill(self, unit: Unit) -> None:
        """Master and worker at once, as a power cut would."""
        process = self.running.pop(unit.name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def start_nginx(self) -> None:
        """The system's nginx with the file of deploy/ in its http block, and folders of our own."""
        own = self.folder / "nginx.conf"
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        own.write_text(
            ("user root;\n" if os.geteuid() == 0 else "")
            + f"daemon off;\npid {self.folder}/nginx.pid;\nerror_log {self.folder}/nginx.log;\n"
            "events { worker_connections 1024; }\n"
            # As the system's own file does: a browser takes no script of an unknown type.
            f"http {{\ninclude /etc/nginx/mime.types;\n{temporary}"
            f"include {self.folder}/nginx/penpal.conf;\n}}\n"
        )
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            raise NotRunning("nginx is not installed; `make test` says how to.")
        self.running["nginx"] = subprocess.Popen(
            [program, "-p", str(self.folder), "-c", str(own), "-e", f"{self.folder}/nginx.log"],
            start_new_session=True,
        )
        wait_for_port(self.port)

    def kill_nginx(self) -> None:
        """Every line is cut, in the middle of whatever is on it, and no new one comes in."""
        process = self.running.pop("nginx")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def site(folder: Path, *, database: str, redis: str) -> Iterator[Site]:
    """A site of one process of pages, two of sockets, one of jobs, filled in by `deploy/fill`. Nothing runs yet."""
    port = free_port()
    pages, *sockets = (str(free_port()) for _ in range(3))
    environment = folder / "penpal.env"
    environment.write_text(
        "\n".join(
            (
                f"DATABASE_URL={database}",
                f"REDIS_URL={redis}",
                f"PENPAL_DATA={folder}/data",
                "PENPAL_SECRET_KEY=a key for tests alone",
                f"PENPAL_PUBLIC_URL=http://127.0.0.1:{port}",
                "PENPAL_TRUSTED_PROXIES=1",
                "PENPAL_DEMO=false",
                "PENPAL_JOBS=worker",
                "PENPAL_SECOND_FACTOR=off",
                "PENPAL_RATE_LIMITS=false",
                "PENPAL_QUIET_FROM=00:00",
                "PENPAL_QUIET_UNTIL=00:00",
                "PENPAL_THREADS=16",
                f"PENPAL_METRICS_TOKEN={METRICS_TOKEN}",
            )
        )
    )
    values = folder / "site"
    values.write_text(
        f"ROOT={ROOT}\nUSER=penpal\nENVIRONMENT={environment}\nDATA={folder}/data\n"
        f"SERVER_NAME=127.0.0.1\nLISTEN=127.0.0.1:{port}\nLOGS={folder}\n"
        f"PAGES={pages}\nSOCKETS={' '.join(sockets)}\nDATABASE_POOL=4\nDATABASE_CONNECTIONS=200\n"
    )
    filled = folder / "filled"
    subprocess.run(
        [sys.executable, ROOT / "deploy" / "fill", values, filled], check=True, capture_output=True
    )
    running = Site(filled, port)
    try:
        yield running
    finally:
        running.stop()


def until(fact: object, seconds: float = PATIENCE) -> None:
    """Wait for what comes about elsewhere."""
    deadline = time.monotonic() + seconds
    while not fact():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)
