"""A backup: the database of one moment and what else matters in the data folder, as one file."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from penpal.config import Settings
from penpal.kernel import clock
from penpal.media import store as photos
from penpal.operating import archives, databases
from penpal.operating.archives import Manifest, Refused
from penpal.operating.databases import Say

KEY = "secret.key"
LEFT_OUT = ("penpal.sqlite*", "jobs.sqlite*", "*.log", ".*", "*.penpal-backup", "*#*")
"""The database goes its own way. The queue stays behind on purpose: it holds the keys of sealed files,
and what waits in it is asked for again or due again the next night. With a ``#`` in its name, a photo
is just being written."""
FILES = "files/"
"""Where the files of the data folder lie in the archive."""


def make(to: Path, *, settings: Settings, with_key: bool, say: Say) -> Manifest:
    """Write a backup while the server runs. Raises ``Refused``."""
    to = to.absolute()
    if to.exists():
        raise Refused(f"{to} is there already, and a backup overwrites nothing.")
    if not to.parent.is_dir():
        raise Refused(f"There is no folder {to.parent}.")
    if to.is_relative_to(settings.data.absolute()):
        raise Refused(
            "A backup inside the data folder would be lost with it. Choose another place."
        )
    made_at = clock.now().isoformat(timespec="seconds")
    database = databases.of(settings)
    # Private from the start: what is gathered here is all that people wrote. Photos that go meanwhile
    # stay until it is done, so that it holds each one of which its database tells.
    with (
        photos.undisturbed(settings.data),
        tempfile.TemporaryDirectory(prefix=".penpal-backup-", dir=to.parent) as gathered,
    ):
        dumped = Path(gathered) / database.member
        revision = database.dump(dumped, say=say)
        parts = {database.member: dumped}
        parts |= dict(_files(settings.data, with_key=with_key))
        say("adding up")
        manifest = Manifest(
            made_at=made_at,
            version=this_version(),
            database=database.kind,
            revision=revision,
            key=fingerprint(settings.key()),
            members=tuple(archives.member(name, path) for name, path in parts.items()),
        )
        archives.write(to, manifest, parts)
    return manifest


def _files(data: Path, *, with_key: bool) -> Iterator[tuple[str, Path]]:
    for path in sorted(data.rglob("*")):
        name = path.relative_to(data).as_posix()
        if not path.is_file() or path.is_symlink() or left_out(name):
            continue
        if name == KEY and not with_key:
            continue
        yield FILES + name, path


def left_out(name: str) -> bool:
    """Whether a file of the data folder, by its path there, is in no backup."""
    return any(fnmatch(part, pattern) for part in name.split("/") for pattern in LEFT_OUT)


def fingerprint(key: str) -> str:
    """Enough to tell two signing keys apart, too little to find one by."""
    return hashlib.sha256(b"penpal signing key " + key.encode()).hexdigest()[:8]


def this_version() -> str:
    try:
        return version("penpal")
    except PackageNotFoundError:
        return "unpackaged"
