"""The words of a guardian's page of one piece, beside those of the ledger, in the languages of the school."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from penpal.consent import queries, wording
from penpal.consent.wording import CHINESE, Language

_SOURCE = Path(__file__).with_name("data") / "guardian_words.toml"


def languages_for(person_id: int) -> list[Language]:
    """Chinese and the second language of the child's school."""
    second = queries.second_language(queries.school_of(person_id))
    return [_with_ours(one) for one in wording.chosen(wording.current().name, second)]


def every() -> list[Language]:
    """For a page that must not tell whose school it is."""
    return [_with_ours(one) for one in wording.languages(wording.current().name).values()]


def _with_ours(language: Language) -> Language:
    """A language in which these words do not exist yet has them in Chinese."""
    known = _words()
    ours = known.get(language.code, known[CHINESE])
    return replace(language, labels={**language.labels, **ours})


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_SOURCE.read_text(encoding="utf-8"))
