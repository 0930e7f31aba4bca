"""Both databases, copied while they are used and filled from a copy: by SQLite's online backup, by pg_dump."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import psycopg
import sqlalchemy as sa

from penpal.config import Settings
from penpal.operating.archives import Refused

Say = Callable[[str], None]

_PAGES = 2048
"""Pages that are copied in one step: 8 MiB."""
_OWN_TABLES = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') "
    "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
)


class Sqlite:
    kind = "sqlite"
    member = "penpal.sqlite.gz"

    def __init__(self, path: Path) -> None:
        self.path = path

    def dump(self, to: Path, *, say: Say) -> str:
        """Copy the database as it is at one moment; returns its revision. Writers go on meanwhile."""
        if not self.path.is_file():
            raise Refused(f"There is no database yet: {self.path} is missing.")
        plain = to.with_suffix(".plain")
        with closing(_connect(self.path)) as source, closing(sqlite3.connect(plain)) as copy:
            # Held open, this reading keeps to one moment of the write-ahead log. Without it the
            # copying would begin anew each time that somebody writes.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            source.backup(copy, pages=_PAGES, progress=_Progress(say), sleep=0)
            source.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode=DELETE")
            _examine(copy, "quick_check")
            revision = _revision(copy.execute("SELECT version_num FROM alembic_version").fetchall())
        say("packing")
        with (
            plain.open("rb") as content,
            to.open("wb") as file,
            gzip.GzipFile("", "wb", 3, file, mtime=0) as packed,
        ):
            shutil.copyfileobj(content, packed, 1024 * 1024)
        plain.unlink()
        return revision

    def is_empty(self) -> bool:
        if not self.path.exists():
            return True
        with closing(_connect(self.path)) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return bool(tables[0] == 0)

    def fill(self, content: IO[bytes], *, say: Say) -> None:
        """Unpack a copy beside the place, look it through, and move it there."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self.path.with_name(f".{self.path.name}.restoring")
        partial.unlink(missing_ok=True)
        try:
            handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file, gzip.GzipFile(fileobj=content) as packed:
                shutil.copyfileobj(packed, file, 1024 * 1024)
                file.flush()
                os.fsync(file.fileno())
            say("looking the database through")
            with closing(_connect(partial)) as connection:
                _examine(connection, "integrity_check")
            for rest in ("-wal", "-shm"):
                self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)

    def count(self, table: str) -> int:
        with closing(_connect(self.path)) as connection:
            found = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        return int(found[0])

    @property
    def address(self) -> str:
        return ""


class Postgres:
    kind = "postgresql"
    member = "penpal.pgdump"

    def __init__(self, address: str) -> None:
        self.address = address
        self._url = sa.make_url(address).set(drivername="postgresql")

    def dump(self, to: Path, *, say: Say) -> str:
        """Have pg_dump write its own format; it reads in one transaction, so of one moment."""
        before = self._revision()
        say("pg_dump is at work")
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")
        if self._revision() != before:
            raise Refused("The database was migrated meanwhile. Make the backup again.")
        return before

    def is_empty(self) -> bool:
        return int(self._ask(_OWN_TABLES)[0][0]) == 0

    def fill(self, content: IO[bytes], *, say: Say) -> None:
        """Have pg_restore fill the empty database, all of it or nothing."""
        say("pg_restore is at work")
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        self._run("pg_restore", *options, content=content)

    def count(self, table: str) -> int:
        return int(self._ask(f'SELECT count(*) FROM "{table}"')[0][0])  # noqa: S608

    def _revision(self) -> str:
        try:
            return _revision(self._ask("SELECT version_num FROM alembic_version"))
        except psycopg.errors.UndefinedTable:
            raise Refused("There is nothing in the database yet.") from None

    def _ask(self, statement: str) -> list[Any]:
        try:
            with psycopg.connect(self._shown, password=self._url.password) as connection:
                return list(connection.execute(statement.encode()))
        except psycopg.OperationalError:
            # What the library says names the host and the user; the operator knows both.
            raise Refused("The database does not answer. Is DATABASE_URL right?") from None

    @property
    def _shown(self) -> str:
        """The address without its password, which no list of processes may show."""
        url = self._url
        bare = sa.URL.create(
            url.drivername, url.username, None, url.host, url.port, url.database, url.query
        )
        return bare.render_as_string()

    def _run(self, program: str, *options: str, content: IO[bytes] | None = None) -> None:
        surroundings = dict(os.environ)
        if self._url.password:
            surroundings["PGPASSWORD"] = str(self._url.password)
        command = [_program(program), "--no-password", f"--dbname={self._shown}", *options]
        with subprocess.Popen(
            command, env=surroundings, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            assert running.stdin is not None
            assert running.stderr is not None
            try:
                if content is not None:
                    shutil.copyfileobj(content, running.stdin, 1024 * 1024)
                running.stdin.close()
            except BrokenPipeError:
                pass
            said = running.stderr.read().decode(errors="replace")
        if running.returncode:
            # Its first line names the trouble; lines about rows that follow could quote them.
            line = next(iter(said.splitlines()), "it said nothing")
            raise Refused(f"{program} failed: {line[:300]}")


Database = Sqlite | Postgres


def of(settings: Settings) -> Database:
    url = sa.make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        return Sqlite(Path(url.database or ""))
    return Postgres(settings.database)


def _program(name: str) -> str:
    """The newest that is installed: an older pg_dump refuses a newer server."""
    newest = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4])
    )
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise Refused(f"{name} is not installed: it comes with PostgreSQL's client programs.")
    return found


def _connect(path: Path) -> sqlite3.Connection:
    """An existing database, never a new one; transactions are begun by hand."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30
    )


def _examine(connection: sqlite3.Connection, how: str) -> None:
    try:
        said = connection.execute(f"PRAGMA {how}").fetchall()
        lost = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError:
        raise Refused("The copy of the database is damaged.") from None
    if said != [("ok",)] or lost:
        raise Refused("The copy of the database is damaged: SQLite's own check finds faults.")


def _revision(rows: list[Any]) -> str:
    return ",".join(sorted(row[0] for row in rows))


class _Progress:
    """Says each tenth, once."""

    def __init__(self, say: Say) -> None:
        self.say, self.last = say, -1

    def __call__(self, _status: int, remaining: int, total: int) -> None:
        tenth = 10 * (total - remaining) // max(total, 1)
        if tenth != self.last:
            self.last = tenth
            self.say(f"database {10 * tenth} %")
