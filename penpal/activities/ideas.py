"""What two could do together: the six things of the notice with examples of ours, kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import get_locale

from penpal.activities.states import IdeaKind

_SOURCE = Path(__file__).with_name("data") / "ideas.toml"
Said = tuple[str, str]
"""In Chinese and in English."""


@dataclass(frozen=True)
class Example:
    """One thing to do, as its title and plan would stand in a proposal. ``number`` counts from 1."""

    kind: IdeaKind
    number: int
    titles: Said
    plans: Said

    @property
    def title(self) -> str:
        return self.titles[_language()]

    @property
    def plan(self) -> str:
        return self.plans[_language()]


@dataclass(frozen=True)
class Idea:
    """A kind of thing to do."""

    kind: IdeaKind
    icon: str
    names: Said
    lines: Said
    examples: tuple[Example, ...]

    @property
    def name(self) -> str:
        return self.names[_language()]

    @property
    def line(self) -> str:
        return self.lines[_language()]


@cache
def every() -> tuple[Idea, ...]:
    """In the order of the notice, one's own at the end."""
    told = tomllib.loads(_SOURCE.read_text(encoding="utf-8"))
    return tuple(_idea(row) for row in told["idea"])


def of(kind: IdeaKind) -> Idea:
    return next(idea for idea in every() if idea.kind is kind)


def named() -> list[tuple[str, str]]:
    """The kinds as a form offers them."""
    return [(idea.kind.value, idea.name) for idea in every()]


def example(kind: IdeaKind, number: int | None) -> Example | None:
    found = of(kind).examples
    return found[number - 1] if number is not None and 0 < number <= len(found) else None


def suggested(turn: int, size: int = 3) -> list[Example]:
    """A few examples of different kinds. ``turn`` goes on by one each day, so that others come up."""
    kinds = every()
    chosen = [kinds[(turn * size + step) % len(kinds)] for step in range(size)]
    return [idea.examples[turn % len(idea.examples)] for idea in chosen]


def _idea(row: Mapping[str, object]) -> Idea:
    kind = IdeaKind(str(row["key"]))
    examples: list[Mapping[str, Mapping[str, str]]] = row["example"]  # type: ignore[assignment]
    return Idea(
        kind,
        str(row["icon"]),
        _said(row["name"]),
        _said(row["line"]),
        tuple(
            Example(kind, number, _said(one["title"]), _said(one["plan"]))
            for number, one in enumerate(examples, start=1)
        ),
    )


def _said(words: object) -> Said:
    assert isinstance(words, dict)
    return words["zh"], words["en"]


def _language() -> int:
    return 0 if str(get_locale() or "zh").startswith("zh") else 1
