"""Photos as they come in requests: counted, and few of them in memory at a time."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection
from typing import Protocol

from flask import Flask, request, session
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from penpal.accounts import limits
from penpal.kernel import numbers
from penpal.kernel.access import Actor
from penpal.kernel.errors import Invalid
from penpal.media import decoding, services, shapes
from penpal.media.models import Photo
from penpal.media.services import Chosen

FORM_BYTES_MOST = 64 * 1024 * 1024
"""Of a form that brings several photos at once, for want of scripts."""
_ONE_BYTES_MOST = shapes.BYTES_MOST + 64 * 1024

_FILES, _IDS, _REMOVED = "photo", "photo_id", "photo_remove"
_reading = threading.BoundedSemaphore(4)
"""A file waits on the disk until it is its turn: forty of 15 MB would not fit beside each other."""


class Form(Protocol):
    def getlist(self, key: str, /) -> list[str]: ...


class Files(Protocol):
    def getlist(self, key: str, /) -> list[FileStorage]: ...


class NotAllTaken(Invalid):
    """One of several files is not taken; ``chosen`` holds what was, to be shown in the form again."""

    def __init__(self, problem: Invalid, chosen: list[Chosen]) -> None:
        super().__init__(problem.message, fields=problem.fields)
        self.chosen = chosen


def make_room(app: Flask, forms: Collection[str]) -> None:
    """Let more come where photos do, from those who signed in: ``forms`` names blueprints.

    Asked before anything reads the request; everywhere else the limit of the application stands.
    """

    @app.before_request
    def set_limit() -> None:
        # Words alone need no room: only what may hold files gets more.
        if request.mimetype != "multipart/form-data" or "_user_id" not in session:
            return
        if request.blueprint == "photos":
            request.max_content_length = _ONE_BYTES_MOST
        elif request.blueprint in forms:
            request.max_content_length = FORM_BYTES_MOST


def too_much() -> str:
    """What is said where a request was larger than its limit."""
    if request.max_content_length == FORM_BYTES_MOST:
        return _("一次传得太多了，照片加起来最多 60 MB。回到上一页，少放几张，分几次传。")
    if request.max_content_length == _ONE_BYTES_MOST:
        return _("这张照片超过了 15 MB。把它缩小一点再传。")
    return _("这个文件太大了，最大 10 MB。")


def keep(file: FileStorage, *, key: str, by: Actor) -> Photo:
    """Keep one file. Raises ``Invalid`` for ``photo``, ``TooMany``."""
    assert by.person_id is not None
    limits.count_photo(by.person_id)
    if not _reading.acquire(timeout=decoding.WAIT_SECONDS):
        raise decoding.busy()
    try:
        # One byte more than is allowed, so that what is too heavy shows without being read whole.
        return services.keep(file.stream.read(shapes.BYTES_MOST + 1), key=key, by=by)
    finally:
        _reading.release()


def take(form: Form, files: Files, *, by: Actor) -> list[Chosen]:
    """What a form without scripts chose: the photos that it names, then the files it brought.

    Raises ``NotAllTaken`` for ``photo``. To be called outside of a transaction: it takes a while.
    """
    taken = chosen(form)
    brought = [file for file in files.getlist(_FILES) if file.filename]
    try:
        for number, file in enumerate(brought):
            if len(taken) >= services.MOST:
                services.refuse_more(len(brought) - number)
            photo = keep(file, key=secrets.token_urlsafe(24), by=by)
            taken.append(Chosen(photo.id, ""))
    except Invalid as problem:
        raise NotAllTaken(problem, taken) from problem
    return taken


def chosen(form: Form) -> list[Chosen]:
    """The photos that a form names in ``photo_id``, without those that ``photo_remove`` names."""
    removed = set(form.getlist(_REMOVED))
    found = []
    for written in dict.fromkeys(form.getlist(_IDS)):
        number = numbers.typed(written)
        if number is not None and written not in removed:
            said = form.getlist(f"photo_description_{number}")
            found.append(Chosen(number, said[0] if said else ""))
    return found
