"""Mail that goes out, and housekeeping."""

from __future__ import annotations

from flask import current_app

from penpal.config import Settings
from penpal.kernel.jobs import job
from penpal.notices import digests, mailing, services


@job(mailing.POST, minute="*/5")
def post() -> None:
    settings: Settings = current_app.extensions["penpal.settings"]
    if mailing.is_offered(settings):
        digests.plan()
        digests.post(settings)


@job("notices.forget", minute="47", hour="19")
def forget() -> None:
    """At 03:47 Beijing time, when schools sleep."""
    services.forget()
    digests.forget()
