"""Keyset pages: the next page begins where the last one ended, however long the list has grown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Newest first. ``older`` is the key to ask the next page with, or None at the end."""

    rows: Sequence[T]
    older: int | None


def cut(found: Sequence[T], size: int, key: Callable[[T], int | None]) -> Page[T]:
    """The page in what a select found that was asked for one row more than ``size``."""
    rows = found[:size]
    return Page(rows, key(rows[-1]) if len(found) > size else None)
