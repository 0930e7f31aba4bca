"""The file of a backup: a tar that tells of itself, with a seal at its end that breaks when a byte changes.

First comes ``manifest.json``, then the members it names with their SHA-256. After the tar stands one
line, ``penpal-backup sha256 …``, over everything before it. ``tar xf`` opens it without us.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
_WORD = b"penpal-backup sha256 "
_SEAL = len(_WORD) + 64 + 1
_CHUNK = 1024 * 1024


class Refused(Exception):
    """Why a backup is not made, taken or brought back, in words for the operator."""


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``revision`` is the migration at which the database stood, ``key`` tells signing keys apart."""

    made_at: str
    version: str
    database: str
    revision: str
    key: str
    members: tuple[Member, ...]
    format: int = FORMAT

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, written: bytes) -> Manifest:
        told = json.loads(written)
        members = tuple(Member(**member) for member in told.pop("members"))
        return cls(members=members, **told)


def member(name: str, path: Path) -> Member:
    with path.open("rb") as file:
        return Member(name, path.stat().st_size, _digest(file))


def write(to: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Put the archive beside its place and move it there when it is whole. Never overwrites."""
    partial = to.with_name(f".{to.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            sealed = _Sealing(file)
            with tarfile.open(fileobj=sealed, mode="w|") as tar:
                _add(tar, MANIFEST, io.BytesIO(manifest.to_json()), len(manifest.to_json()))
                for part in manifest.members:
                    with parts[part.name].open("rb") as content:
                        _add(tar, part.name, content, part.size)
            file.write(_WORD + sealed.digest.hexdigest().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _settle(partial, to)
    finally:
        partial.unlink(missing_ok=True)


def _settle(partial: Path, to: Path) -> None:
    try:
        # A link, unlike a renaming, fails where something has come to stand meanwhile.
        os.link(partial, to)
    except FileExistsError:
        raise Refused(f"{to} is there already, and a backup overwrites nothing.") from None
    except OSError:
        # Some disks know no links; the check at the beginning has to do.
        partial.rename(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def check(path: Path) -> Manifest:
    """What an archive holds, after each of its bytes was compared. Raises ``Refused``."""
    try:
        with path.open("rb") as file:
            _check_seal(path, file)
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}.") from None
    with opened(path) as (manifest, contents):
        for part in manifest.members:
            if _digest(contents[part.name]) != part.sha256:
                raise Refused(f"{path}: {part.name} is not what the manifest says.")
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, Mapping[str, IO[bytes]]]]:
    """The manifest and the members of an archive, each to be read once."""
    try:
        with tarfile.open(path, "r:") as tar:
            first = tar.next()
            file = tar.extractfile(first) if first and first.name == MANIFEST else None
            if file is None:
                raise Refused(f"{path} is no backup of Penpal.")
            manifest = Manifest.from_json(file.read())
            if manifest.format > FORMAT:
                raise Refused(f"{path} was made by a newer version of Penpal.")
            yield manifest, _contents(path, tar, manifest)
    except (tarfile.TarError, ValueError, TypeError, KeyError) as problem:
        raise Refused(f"{path} cannot be taken apart: {type(problem).__name__}.") from problem


def _contents(path: Path, tar: tarfile.TarFile, manifest: Manifest) -> dict[str, IO[bytes]]:
    found: dict[str, IO[bytes]] = {}
    for entry in tar.getmembers()[1:]:
        file = tar.extractfile(entry) if entry.isreg() else None
        if file is None or not _stays_inside(entry.name):
            raise Refused(f"{path} holds something that no backup holds.")
        found[entry.name] = file
    if list(found) != [part.name for part in manifest.members]:
        raise Refused(f"{path} does not hold what its manifest names.")
    return found


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name)
    # A name that is not written in its shortest form may be another one once its beginning is cut off.
    return not parts.is_absolute() and ".." not in parts.parts and str(parts) == name


def _check_seal(path: Path, file: IO[bytes]) -> None:
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    begins_like_one = file.read(len(MANIFEST)) == MANIFEST.encode()
    file.seek(max(length - _SEAL, 0))
    seal = file.read()
    if len(seal) != _SEAL or not seal.startswith(_WORD):
        if begins_like_one:
            raise Refused(f"{path} is cut short or damaged at its end: its seal is missing.")
        raise Refused(f"{path} is no backup of Penpal.")
    file.seek(0)
    if seal != _WORD + _digest(file, length - _SEAL).encode() + b"\n":
        raise Refused(f"{path} was damaged or changed since it was made: its seal is broken.")


def _digest(file: IO[bytes], length: int | None = None) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK if length is None else min(_CHUNK, length)):
        digest.update(chunk)
        if length is not None:
            length -= len(chunk)
    return digest.hexdigest()


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    tar.addfile(entry, content)


class _Sealing(io.RawIOBase):
    """Passes everything on and keeps the digest of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.digest.update(content)
        return self.file.write(content)
