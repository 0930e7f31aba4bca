"""Texts that were blind once and have been read since: more to learn from, and no figures any more."""

from __future__ import annotations

from functools import cache

from tests.screening.labelled import blind
from tests.screening.labelled.cases import Case


@cache
def seen(name: str) -> tuple[Case, ...]:
    """The ``evasions``, the ``ordinary`` sentences or the ``letters`` of it."""
    return blind.read(f"seen_{name}")
