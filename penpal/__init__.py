"""Penpal (结对子): pairs students of distant regions, one to one, so that they write to each other."""

from __future__ import annotations

from penpal import wiring
from penpal.config import ROOT, Settings
from penpal.kernel.application import Application


def create_app(settings: Settings | None = None) -> Application:
    """The application, wired; settings come from the environment unless given."""
    app = Application(
        "penpal", root_path=str(ROOT), template_folder="templates", static_folder=None
    )
    wiring.wire(app, settings or Settings())
    return app
