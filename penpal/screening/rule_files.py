"""The rules of ``rules/*.toml``, read once, checked and made into patterns: see ``rules/README.md``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from penpal.screening import normalising, openings, pinyin
from penpal.screening.findings import Context, Kind
from penpal.screening.patterns import Pattern

FOLDER = Path(__file__).with_name("rules")
_NAME = re.compile(r"<<(\w+)>>")
_LONG_LIST = 6
_DEEPEST = 12
"""Lists and parts may name others; one that names itself would never end."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Extent = Literal["match", "sentence"]
"""What is underlined: what the pattern matched, or the sentence around it."""


class WrittenRule(_Written):
    """One rule as its author wrote it."""

    name: str
    words: tuple[str, ...] = Field(min_length=1)
    pattern: str | tuple[str, ...] = ""
    """One, or several of which any will do."""
    also: tuple[str, ...] = ()
    """Each of these stands somewhere in the same sentence, in whatever order."""
    gate: str = ""
    unless: tuple[str, ...] = ()
    contexts: tuple[Context, ...] = tuple(Context)
    extent: Extent | None = None
    before: int = Field(default=40, ge=0, le=200)
    after: int = Field(default=60, ge=0, le=200)
    must: tuple[str, ...] = Field(min_length=1)
    must_not: tuple[str, ...] = ()


class WrittenFile(_Written):
    """One file of rules. Only ``shared.toml`` has no kind, and no rules."""

    kind: Kind | None = None
    extent: Extent = "match"
    unless: tuple[str, ...] = ()
    lists: dict[str, tuple[str, ...]] = {}
    parts: dict[str, str] = {}
    rule: tuple[WrittenRule, ...] = ()

    @model_validator(mode="after")
    def _rules_have_a_kind(self) -> WrittenFile:
        if self.rule and self.kind is None:
            raise ValueError("a file with rules names their kind")
        return self


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule made ready: ``words`` are plain text, one of which stands near whatever ``pattern`` matches."""

    kind: Kind
    name: str
    words: tuple[str, ...]
    pattern: Pattern
    is_words: bool
    """Its pattern is its words and nothing more: a word that is found need not be tried again."""
    also: tuple[Pattern, ...]
    gate: Pattern | None
    """Something quick to look for, without which the pattern need not be tried."""
    unless: Pattern | None
    contexts: frozenset[Context]
    extent: Extent
    before: int
    after: int
    must: tuple[str, ...]
    must_not: tuple[str, ...]

    def patterns(self) -> tuple[Pattern, ...]:
        return tuple(
            each for each in (self.pattern, *self.also, self.gate, self.unless) if each is not None
        )


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the folder, in the order of its files' names."""
    shared = _read(FOLDER / "shared.toml")
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name != "shared.toml")
    return tuple(rule for path in files for rule in _of(_read(path), shared))


def _read(path: Path) -> WrittenFile:
    return WrittenFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def _of(file: WrittenFile, shared: WrittenFile) -> list[Rule]:
    lists = shared.lists | file.lists
    names = shared.parts | file.parts | {name: _any_of(words) for name, words in lists.items()}
    made = []
    for written in file.rule:
        assert file.kind is not None
        words = tuple(
            plain
            for word in written.words
            for listed in (lists[word[2:-2]] if word.startswith("<<") else (word,))
            if (plain := normalising.normalise(listed).text)
        )
        ways = (written.pattern,) if isinstance(written.pattern, str) else written.pattern
        pattern = "|".join(_filled(way, names) for way in ways)
        excuses = "|".join(_filled(part, names) for part in (*written.unless, *file.unless))
        made.append(
            Rule(
                kind=file.kind,
                name=f"{file.kind}.{written.name}",
                words=words,
                pattern=Pattern(pattern or _whole(words), written.name, openings.guarded),
                is_words=not pattern,
                also=tuple(Pattern(_filled(part, names), written.name) for part in written.also),
                gate=Pattern(_filled(written.gate, names), written.name) if written.gate else None,
                unless=Pattern(excuses, written.name) if excuses else None,
                contexts=frozenset(written.contexts),
                extent=written.extent or file.extent,
                before=written.before,
                after=written.after,
                must=written.must,
                must_not=written.must_not,
            )
        )
    return made


def sounding(rule: Rule) -> Rule:
    """The same rule for sounds instead of ideographs."""
    return replace(
        rule,
        pattern=_in_sounds(rule.pattern),
        also=tuple(_in_sounds(part) for part in rule.also),
        gate=_in_sounds(rule.gate) if rule.gate else None,
        unless=_in_sounds(rule.unless) if rule.unless else None,
    )


def _in_sounds(pattern: Pattern) -> Pattern:
    return pattern.changed(pinyin.sounded_pattern)


def _any_of(words: tuple[str, ...]) -> str:
    plain = sorted(
        {normalising.normalise(word).text for word in words} - {""}, key=len, reverse=True
    )
    any_word = "(?:" + "|".join(re.escape(word) for word in plain) + ")"
    if len(plain) < _LONG_LIST:
        return any_word
    # One look at the first sign spares a try of every word of the list at every place of the text.
    firsts = "".join(re.escape(sign) for sign in sorted({word[0] for word in plain}))
    return f"(?=[{firsts}]){any_word}"


def _whole(words: tuple[str, ...]) -> str:
    """Any of these words, and for letters of an alphabet nothing that makes it part of a longer one."""
    return rf"(?<![a-z\u0600-\u06ff]){_any_of(words)}(?![a-z\u0600-\u06ff])"


def _filled(pattern: str, names: dict[str, str], depth: int = 0) -> str:
    if depth > _DEEPEST:
        raise ValueError(f"names that name each other: {pattern[:80]}")
    # Arabic letters are folded in the text, so they are here, too.
    pattern = pattern.replace("ي", "ى").replace("ی", "ى")
    return _NAME.sub(lambda name: _filled(names[name[1]], names, depth + 1), pattern)
