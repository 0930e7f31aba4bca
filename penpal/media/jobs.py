"""Housekeeping of photos: what belongs to nothing goes, and the files of what has gone."""

from __future__ import annotations

from flask import current_app

from penpal.config import Settings
from penpal.kernel.jobs import job
from penpal.media import services, store


@job("media.forget_loose", minute="47")
def forget_loose() -> None:
    services.forget_loose()


@job("media.sweep", minute="52")
def sweep() -> None:
    """Not while a backup reads the folder: then the next hour does it."""
    settings: Settings = current_app.extensions["penpal.settings"]
    with store.sweeping(settings.data) as free:
        while free and services.sweep():
            pass
