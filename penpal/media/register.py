"""What rooms above say of their things: who may read which, and which files have to stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from penpal.kernel.access import Actor

Ids = Callable[[Actor], sa.Select[int]]
Names = Callable[[], sa.Select[str]]

_visible: defaultdict[str, list[Ids]] = defaultdict(list)
_kept: list[Names] = []


def visible(kind: str, ids: Ids) -> None:
    """Which things of a kind an actor may read, as a select of their ids.

    Whoever may read the thing may see its photos. Of several answers for one kind any suffices.
    """
    if ids not in _visible[kind]:
        _visible[kind].append(ids)


def readable() -> Iterator[tuple[str, Ids]]:
    """Each kind with one of its answers."""
    for kind, answers in _visible.items():
        for ids in answers:
            yield kind, ids


def keep_files(names: Names) -> None:
    """Files that must stay although their photo is gone, as a select of their names."""
    if names not in _kept:
        _kept.append(names)


def kept_files() -> list[sa.Select[str]]:
    return [names() for names in _kept]
