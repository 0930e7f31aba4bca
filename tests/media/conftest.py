"""Fixtures: the prepared data folder of the browser tests, for the server of the long run."""

from __future__ import annotations

from tests.browser.conftest import prepared

__all__ = ["prepared"]
