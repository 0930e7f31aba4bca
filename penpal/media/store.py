"""Where the files of photos lie: a folder beside the database, or a bucket, behind one set of verbs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask, current_app
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from penpal.config import Settings
from penpal.media.shapes import SIDES, Format, Size

FOLDER = "photos"
"""In the data folder, where no bucket is set."""
_LOCK = ".photos.lock"


class Gone(LookupError):
    """The file is not there."""


class Store:
    """The files of a photo bear its name, their size and their format; the names say nothing."""

    def __init__(self, settings: Settings) -> None:
        self.folder = None if settings.photos_url else settings.data / FOLDER
        self._url = settings.photos_url
        self._opened: ObjectStore | None = None

    def put(self, name: str, files: Mapping[tuple[Size, Format], bytes]) -> None:
        """Write all files of a photo; when this returns they outlast a crash."""
        for which, content in files.items():
            self._store.put(_path(name, *which), content)
        if self.folder is not None:
            _make_sure(self.folder, [_path(name, *which) for which in files])

    def get(self, name: str, size: Size, form: Format) -> bytes:
        """Raises ``Gone``."""
        try:
            return bytes(self._store.get(_path(name, size, form)).bytes())
        except (NotFoundError, FileNotFoundError) as missing:
            raise Gone(name) from missing

    def delete(self, names: Iterable[str]) -> None:
        """Take all files of these names away; what is not there is no fault."""
        for name in names:
            for size in SIDES:
                for form in Format:
                    with suppress(NotFoundError, FileNotFoundError):
                        self._store.delete(_path(name, size, form))

    def put_file(self, name: str, content: bytes) -> None:
        """Write a file that is no photo; when this returns it outlasts a crash."""
        self._store.put(_file(name), content)
        if self.folder is not None:
            _make_sure(self.folder, [_file(name)])

    def get_file(self, name: str) -> bytes:
        """Raises ``Gone``."""
        try:
            return bytes(self._store.get(_file(name)).bytes())
        except (NotFoundError, FileNotFoundError) as missing:
            raise Gone(name) from missing

    def delete_file(self, name: str) -> None:
        with suppress(NotFoundError, FileNotFoundError):
            self._store.delete(_file(name))

    @property
    def _store(self) -> ObjectStore:
        """Opened when it is first used: a folder that nothing lies in is not made."""
        if self._opened is None:
            if self.folder is None:
                self._opened = from_url(self._url)
            else:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._opened = LocalStore(self.folder)
        return self._opened


def configure(app: Flask, settings: Settings) -> None:
    app.extensions["penpal.photos"] = Store(settings)


def here() -> Store:
    """The store of this application."""
    found: Store = current_app.extensions["penpal.photos"]
    return found


@contextmanager
def undisturbed(data: Path) -> Iterator[None]:
    """While this lasts, nothing is swept out of the folder: a backup reads it."""
    with _held(data, fcntl.LOCK_SH):
        yield


@contextmanager
def sweeping(data: Path) -> Iterator[bool]:
    """Whether now is a time to sweep: not while a backup is made."""
    try:
        with _held(data, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


@contextmanager
def _held(data: Path, how: int) -> Iterator[None]:
    handle = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _file(name: str) -> str:
    return f"files/{name}"


def _path(name: str, size: Size, form: Format) -> str:
    return f"{name[:2]}/{name}.{size.value}.{form.value}"


def _make_sure(folder: Path, paths: Iterable[str]) -> None:
    """Have the disk say that it has them, and their entries in the folders."""
    places = [folder / path for path in paths]
    for place in [*places, *{place.parent for place in places}, folder]:
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
