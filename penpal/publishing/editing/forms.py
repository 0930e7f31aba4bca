"""Parsing of the desk's pages and of the author's page of changes."""

from __future__ import annotations

from collections.abc import Mapping

from penpal.kernel import numbers
from penpal.publishing.editing.answering import Said
from penpal.publishing.editing.models import Verdict
from penpal.publishing.editing.typed import Typed


def typed(fields: Mapping[str, str]) -> Typed:
    return Typed(
        title=fields.get("title", ""),
        standfirst=fields.get("standfirst", ""),
        bodies=_numbered(fields, "body-"),
        corrects=fields.get("corrects", ""),
        saved=numbers.typed(fields.get("saved")) or 0,
    )


def said(fields: Mapping[str, str]) -> dict[int, Said]:
    """What was chosen for each change. A choice that nobody offers is none."""
    verdicts, words = _numbered(fields, "verdict-"), _numbered(fields, "words-")
    return {
        number: Said(
            Verdict(verdicts[number]) if verdicts.get(number) in set(Verdict) else None,
            words.get(number, ""),
        )
        for number in {*verdicts, *words}
    }


def _numbered(fields: Mapping[str, str], start: str) -> dict[int, str]:
    found = {}
    for name, value in fields.items():
        number = numbers.typed(name.removeprefix(start)) if name.startswith(start) else None
        if number is not None:
            found[number] = value
    return found
