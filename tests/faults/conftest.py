"""Fixtures: the prepared data folder of the browser tests, made once for both."""

from __future__ import annotations

from tests.browser.conftest import prepared

__all__ = ["prepared"]
