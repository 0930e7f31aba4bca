"""The words of each purpose as data: versions, languages, and from which day an old version no longer counts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from penpal.kernel import clock, html

SHIPPED = Path(__file__).parent
CHINESE, ENGLISH = "zh_Hans", "en"
_folder: list[Path] = [SHIPPED]


@dataclass(frozen=True)
class Version:
    """Words that were fixed on a day. ``ask_again`` names purposes whose older yes runs out, and when."""

    name: str
    since: date
    ask_again: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """What one purpose says, for a guardian and for the student, and what a no would mean."""

    short: str
    title: str
    guardian: Sequence[str]
    student: Sequence[str]
    if_no: str
    if_not: str
    """The same as ``if_no``, said to the student."""


@dataclass(frozen=True)
class Language:
    """All words of a version in one language. ``labels`` are those of a guardian's page and of the form."""

    code: str
    name: str
    labels: Mapping[str, str]
    purposes: Mapping[str, Words]

    @property
    def lang(self) -> str:
        """As HTML says it."""
        return self.code.replace("_", "-")

    @property
    def direction(self) -> str:
        return html.direction(self.name)


def use(folder: Path) -> None:
    """Take the words from another folder."""
    _folder[:] = [folder]
    for kept in (_versions, _languages):
        kept.cache_clear()


def current() -> Version:
    """The version that is shown and printed today."""
    today = clock.today()
    return [version for version in _versions() if version.since <= today][-1]


def outdated(purpose: str, today: date) -> list[str]:
    """Versions to which a yes no longer suffices: those before the newest that asks again by today."""
    versions = _versions()
    asking = [
        place
        for place, version in enumerate(versions)
        if purpose in version.ask_again and version.ask_again[purpose] <= today
    ]
    return [version.name for version in versions[: asking[-1]]] if asking else []


def languages(version: str) -> Mapping[str, Language]:
    """Every language in which a version exists, Chinese first."""
    return _languages(version)


def in_language(version: str, code: str) -> Language | None:
    """A version in a language, else in Chinese; None where its words were never kept as data."""
    found = languages(version)
    return found.get(code) or found.get(CHINESE)


def current_titles(code: str) -> dict[str, str]:
    """What the purposes are called today in a language."""
    found = in_language(current().name, code)
    return {purpose: words.title for purpose, words in found.purposes.items()} if found else {}


def chosen(version: str, second: str) -> list[Language]:
    """Chinese, and a second language where the words exist in it."""
    found = languages(version)
    return [found[code] for code in dict.fromkeys((CHINESE, second)) if code in found]


@cache
def _versions() -> tuple[Version, ...]:
    listed = tomllib.loads((_folder[0] / "versions.toml").read_text(encoding="utf-8"))
    versions = [
        Version(row["name"], row["since"], row.get("ask_again", {})) for row in listed["versions"]
    ]
    return tuple(sorted(versions, key=lambda version: version.since))


@cache
def _languages(version: str) -> Mapping[str, Language]:
    files = sorted(
        (_folder[0] / version).glob("*.toml"), key=lambda file: (file.stem != CHINESE, file.stem)
    )
    return {
        file.stem: _language(file.stem, tomllib.loads(file.read_text(encoding="utf-8")))
        for file in files
    }


def _language(code: str, told: Mapping[str, Any]) -> Language:
    return Language(
        code=code,
        name=told["name"],
        labels=told["labels"],
        purposes={
            purpose: Words(
                short=words["short"],
                title=words["title"],
                guardian=tuple(words["guardian"]),
                student=tuple(words["student"]),
                if_no=words["if_no"],
                if_not=words["if_not"],
            )
            for purpose, words in told["purposes"].items()
        },
    )
