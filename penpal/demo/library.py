"""Reads the hand-written parts from ``texts/``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((TEXTS / name).read_text(encoding="utf-8"))


def names() -> dict[str, list[str]]:
    """Names, interests, introductions and questions, each a list."""
    return _read("names.toml")


def star_profiles() -> dict[str, dict[str, Any]]:
    """The profiles of 小禾 and 小麦, by display name."""
    profiles: dict[str, dict[str, Any]] = _read("profiles.toml")
    return profiles


def star_letters() -> dict[str, Any]:
    """The whole correspondence of the first pair, and the draft that lies on her desk."""
    return _read("xiaohe.toml")


def letters() -> dict[str, Any]:
    """``letters``: whole letters with slots; ``answers``: paragraphs that answer a question."""
    return _read("letters.toml")


def waiting() -> dict[str, list[dict[str, str]]]:
    """What waits for a teacher: ``asked`` to release, and ``postcards`` to read along."""
    return _read("waiting.toml")


def reading() -> dict[str, list[dict[str, Any]]]:
    """``stars``: the books of 小禾 and 小麦; ``others``: books of other pairs; ``listed``: a teacher's list."""
    return _read("reading.toml")


def together() -> dict[str, list[dict[str, Any]]]:
    """``stars``: what 小禾 and 小麦 do together; ``others``: the same for other pairs; ``themes``."""
    return _read("together.toml")


def chat() -> list[dict[str, Any]]:
    """The days on which 小禾 and 小麦 chatted, each with its lines."""
    days: list[dict[str, Any]] = _read("chat.toml")["days"]
    return days


def uyghur_letters() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _read("uyghur.toml")["letters"]
    return found


def column() -> dict[str, list[dict[str, Any]]]:
    """``pieces``: letters that go on to the column and where they stand; ``issues``: what came out."""
    return _read("publishing.toml")
