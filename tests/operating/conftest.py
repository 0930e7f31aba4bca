"""Fixtures: an application that counts for somebody, and the log as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from penpal.kernel import logs


class Log:
    """The lines that were written since the test began."""

    def __init__(self) -> None:
        self.written: list[str] = []

    @property
    def text(self) -> str:
        return "\n".join(self.written)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written]

    def of_requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == "request"]


@pytest.fixture
def log(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """All lines, at the level INFO, where a server writes them."""
    settings = app.extensions["penpal.settings"].model_copy(update={"log_level": "INFO"})
    found = Log()
    monkeypatch.setattr(logs, "write", found.written.append)
    watch = watch_of(app)
    monkeypatch.setattr(watch, "writes", True)
    logs.configure(settings)
    yield found
    logs.configure(app.extensions["penpal.settings"])


def watch_of(app: Flask) -> Any:
    """The layer that numbers and logs, wherever it stands among the others."""
    layer: Any = app.wsgi_app
    while type(layer).__name__ != "Watch":
        layer = getattr(layer, "application", None) or layer.app
    return layer
