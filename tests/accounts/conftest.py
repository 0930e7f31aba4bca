"""An application that demands a second factor, and clocks that move on or stand still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from penpal import create_app
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import db


@pytest.fixture
def demanding(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """A second application on the same database, as a real server runs it: staff need a factor."""
    strict = create_app(
        settings.model_copy(
            update={"second_factor": "on", "data": tmp_path, "database_url": settings.database}
        )
    )
    strict.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    strict.test_client_class = app.test_client_class
    yield strict
    with strict.app_context():
        db.engine.dispose()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock on, as if one had waited."""

    def wait(how_long: timedelta) -> None:
        then = clock.now() + how_long
        begun = datetime.now(then.tzinfo)
        monkeypatch.setattr(clock, "now", lambda: then + (datetime.now(then.tzinfo) - begun))

    return wait


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands, so that no half minute ends in the middle of a test about half minutes."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
