"""What the public pages hear of the rooms below, and how they are put before the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, has_app_context, url_for
from flask_babel import ngettext

from penpal.accounts.signed_in import actor
from penpal.kernel.events import subscribe
from penpal.publishing.pieces import status
from penpal.publishing.pieces.events import PublicPagesChanged
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.pieces.status import Stand, Step
from penpal.publishing.special import noticing, queries
from penpal.publishing.special.caching import Note, Shelf
from penpal.publishing.special.newsstand import Newsstand

_SHELF, _STAND = "penpal.shelf", "penpal.newsstand"
_AFTERWARDS = 90
"""Behind the steps of an issue."""


def keep_pages(app: Flask, inner: Any, note: Note) -> Callable[..., Any]:
    """The layer that hands out public pages which are known already."""
    app.extensions[_STAND] = Newsstand()
    shelf = app.extensions[_SHELF] = Shelf(app, inner, note)
    return shelf


def register() -> None:
    noticing.register()
    status.register_steps(_steps)
    subscribe(PublicPagesChanged, _forget)


def _steps(submission: Submission) -> list[Step]:
    """The way to what readers said, for whom an editor has passed something on to."""
    if submission.state is not SubmissionState.PUBLISHED:
        return []
    number = len(queries.words_for_author(submission, actor()))
    if not number:
        return []
    words = ngettext("读者留给你 %(num)s 句话", "读者留给你 %(num)s 句话", number)
    address = url_for("special_words.own", submission_id=submission.id)
    return [Step(_AFTERWARDS, words, Stand.DONE, url=address)]


def forget(app: Flask) -> None:
    """Show nothing of what this process keeps without asking first."""
    app.extensions[_STAND].forget()
    app.extensions[_SHELF].forget()


def _forget(_changed: PublicPagesChanged) -> None:
    """At once here; other processes ask for the number every few seconds."""
    if has_app_context():
        forget(current_app)
