"""What the public pages hear of the rooms below, and how they are put before the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, has_app_context

from penpal.kernel.events import subscribe
from penpal.publishing.pieces.events import PublicPagesChanged
from penpal.publishing.special import noticing
from penpal.publishing.special.caching import Note, Shelf
from penpal.publishing.special.newsstand import Newsstand

_SHELF, _STAND = "penpal.shelf", "penpal.newsstand"


def keep_pages(app: Flask, inner: Any, note: Note) -> Callable[..., Any]:
    """The layer that hands out public pages which are known already."""
    app.extensions[_STAND] = Newsstand()
    shelf = app.extensions[_SHELF] = Shelf(app, inner, note)
    return shelf


def register() -> None:
    noticing.register()
    subscribe(PublicPagesChanged, _forget)


def forget(app: Flask) -> None:
    """Show nothing of what this process keeps without asking first."""
    app.extensions[_STAND].forget()
    app.extensions[_SHELF].forget()


def _forget(_changed: PublicPagesChanged) -> None:
    """At once here; other processes ask for the number every few seconds."""
    if has_app_context():
        forget(current_app)
