"""What a floor above knows of people: who rests now, and who may get mail."""

from __future__ import annotations

from collections.abc import Callable, Collection

Rests = Callable[[Collection[int]], set[int]]
Works = Callable[[int], bool]
_rests: list[Rests] = []
_works: list[Works] = []


def decide(*, rests: Rests, works: Works) -> None:
    """Register who of these people is a child in quiet hours now, and whether somebody is staff in office."""
    _rests[:], _works[:] = [rests], [works]


def resting(person_ids: Collection[int]) -> set[int]:
    """Those of them who get no live sign at this hour."""
    return _rests[0](person_ids)


def works(person_id: int) -> bool:
    """Whether this person is staff with an office today. Nobody else is ever sent mail."""
    return _works[0](person_id)
