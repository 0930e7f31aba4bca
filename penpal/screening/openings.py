"""Which signs a pattern can begin with: looked at first, they spare most of its tries."""

from __future__ import annotations

import re

# Python's own reader of patterns has no public name; nothing else can tell how a pattern begins.
from re import _constants as signs  # type: ignore[attr-defined]
from re import _parser as reader  # type: ignore[attr-defined]
from typing import Any

_CATEGORIES = {signs.CATEGORY_DIGIT: r"\d", signs.CATEGORY_SPACE: r"\s"}
_WIDEST = 0x200
"""A range of more signs than this is nearly any sign, and looking for it spares nothing."""


def guarded(pattern: str) -> str:
    """The same pattern, tried only where one of the signs stands that it can begin with."""
    try:
        firsts, may_be_empty = _of_sequence(reader.parse(pattern))
    except re.error:
        # Whoever compiles it says which rule it belongs to.
        return pattern
    if firsts is None or may_be_empty or not firsts:
        return pattern
    return f"(?=[{''.join(sorted(firsts))}])(?:{pattern})"


def _of_sequence(parts: Any) -> tuple[set[str] | None, bool]:
    """What it can begin with, or ``None`` for anything, and whether it can match nothing at all."""
    firsts: set[str] = set()
    for part in parts:
        of_part, may_be_empty = _of_part(*part)
        if of_part is None:
            return None, False
        firsts |= of_part
        if not may_be_empty:
            return firsts, False
    return firsts, True


def _of_part(sign: Any, value: Any) -> tuple[set[str] | None, bool]:
    if sign is signs.LITERAL:
        return {re.escape(chr(value))}, False
    if sign is signs.IN:
        return _of_class(value), False
    if sign is signs.BRANCH:
        return _of_branches(value[1])
    if sign is signs.SUBPATTERN:
        return _of_sequence(value[3])
    if sign is signs.ATOMIC_GROUP:
        return _of_sequence(value)
    if sign in (signs.MAX_REPEAT, signs.MIN_REPEAT, signs.POSSESSIVE_REPEAT):
        firsts, may_be_empty = _of_sequence(value[2])
        return firsts, may_be_empty or value[0] == 0
    if sign in (signs.AT, signs.ASSERT, signs.ASSERT_NOT):
        return set(), True
    return None, False


def _of_branches(branches: Any) -> tuple[set[str] | None, bool]:
    firsts: set[str] = set()
    any_empty = False
    for branch in branches:
        of_branch, may_be_empty = _of_sequence(branch)
        if of_branch is None:
            return None, False
        firsts |= of_branch
        any_empty = any_empty or may_be_empty
    return firsts, any_empty


def _of_class(items: Any) -> set[str] | None:
    firsts: set[str] = set()
    for sign, value in items:
        if sign is signs.LITERAL:
            firsts.add(re.escape(chr(value)))
        elif sign is signs.RANGE and value[1] - value[0] < _WIDEST:
            firsts.add(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif sign is signs.CATEGORY and value in _CATEGORIES:
            firsts.add(_CATEGORIES[value])
        else:
            return None
    return firsts
