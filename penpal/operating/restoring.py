"""Bringing a backup back into an empty place: checked whole before anything is written, then migrated."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from alembic.script import ScriptDirectory
from alembic.util import CommandError

from penpal.config import ROOT, Settings
from penpal.operating import archives, backups, databases
from penpal.operating.archives import Manifest, Refused
from penpal.operating.databases import Database, Say

_MADE_BY_A_START = (backups.KEY, "jobs.sqlite", "penpal.sqlite")
"""What every start and every command leaves in a data folder, before there is anything in it."""


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    revision_now: str
    people: int
    letters: int
    same_key: bool
    """Whether the server there signs with the key of the one that made the backup."""


def restore(archive: Path, *, settings: Settings, say: Say) -> Restored:
    """Fill the empty place that the settings name. Raises ``Refused``, and then nothing was written."""
    say("checking the archive")
    manifest = archives.check(archive)
    database = databases.of(settings)
    _refuse_other_kind(manifest, database)
    _refuse_newer(manifest)
    _refuse_full(settings, database)
    with archives.opened(archive) as (_manifest, contents):
        # Members lie one behind the other, the database first.
        database.fill(contents[database.member], say=say)
        _write_files(settings.data, contents)
    say("migrating")
    _migrate(settings, database)
    return Restored(
        manifest=manifest,
        revision_now=",".join(_scripts().get_heads()),
        people=database.count("person"),
        letters=database.count("letter"),
        same_key=backups.fingerprint(settings.key()) == manifest.key,
    )


def _refuse_other_kind(manifest: Manifest, database: Database) -> None:
    if manifest.database != database.kind:
        raise Refused(
            f"This backup is of {manifest.database}, and the place for it is {database.kind}. "
            "Set DATABASE_URL, or take it away, so that both are the same."
        )


def _refuse_newer(manifest: Manifest) -> None:
    scripts = _scripts()
    for revision in manifest.revision.split(","):
        try:
            scripts.get_revision(revision)
        except CommandError:
            raise Refused(
                f"This backup was made by a newer version of Penpal (migration {revision})."
            ) from None


def _refuse_full(settings: Settings, database: Database) -> None:
    if not database.is_empty():
        raise Refused("The database there is not empty, and nothing is ever restored over another.")
    if settings.data.exists():
        found = [
            path.name
            for path in settings.data.iterdir()
            if not path.name.startswith((*_MADE_BY_A_START, "."))
        ]
        if found:
            raise Refused(f"{settings.data} is not empty: {', '.join(sorted(found)[:5])}.")


def _write_files(data: Path, contents: Mapping[str, IO[bytes]]) -> None:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in contents.items():
        if not name.startswith(backups.FILES):
            continue
        place = data / name.removeprefix(backups.FILES)
        if not place.resolve().is_relative_to(data.resolve()) or backups.left_out(name):
            raise Refused(f"{name} is none of the files that a backup holds.")
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = place.with_name(f".{place.name}.restoring")
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            while chunk := content.read(1024 * 1024):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)


def _migrate(settings: Settings, database: Database) -> None:
    """In a process of its own: this one may have begun with another place in mind."""
    surroundings = {
        **os.environ,
        "PENPAL_DATA": str(settings.data.absolute()),
        "DATABASE_URL": database.address,
    }
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"],
        cwd=ROOT, env=surroundings, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Refused(
            "Everything is restored, but the migrations failed: `flask db upgrade` says why."
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "migrations"))
