"""From words with marks to a case: what is marked is what a guard must find, and where it stands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.screening.labelled.cases import Case, Expected

MARK = re.compile(r"\[(?:([a-z_]+)\|)?([^\]]*)\]")
CONTEXTS = ("letter", "chat", "profile", "letter", "chat", "letter")
TITLES = 24


@dataclass(frozen=True, slots=True)
class Segment:
    words: str
    kind: str | None = None


def segments(sentence: str, kind: str) -> list[Segment]:
    """Marked ``[so]``, or ``[qq|so]`` for another kind than the sentence's; unmarked it is all meant."""
    found: list[Segment] = []
    end = 0
    for mark in MARK.finditer(sentence):
        found.append(Segment(sentence[end : mark.start()]))
        found.append(Segment(mark[2], mark[1] or kind))
        end = mark.end()
    if not found:
        return [Segment(sentence, kind)]
    found.append(Segment(sentence[end:]))
    return [segment for segment in found if segment.words]


def family(kind: str, language: str, sentence: str) -> str:
    """A name that stays when sentences are added before this one."""
    return f"{kind}.{language}.{hashlib.sha256(sentence.encode()).hexdigest()[:8]}"


def turn_of(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)


def context_for(name: str, length: int) -> str:
    """Titles are short; a longer text is a letter, a message or an introduction."""
    turn = turn_of(name)
    if length <= TITLES and turn % 8 == 0:
        return "title"
    return CONTEXTS[turn % len(CONTEXTS)]


def case(
    id: str,
    pieces: Sequence[Segment],
    *,
    language: str,
    disguise: str,
    context: str | None = None,
) -> Case:
    """With the disguise "messages" each line of the text is a message of its own."""
    text, expected = "", []
    for piece in pieces:
        start = len(text)
        text += piece.words
        if piece.kind is not None:
            expected.append(Expected(piece.kind, start, len(text)))
    messages: tuple[str, ...] = ()
    if disguise.endswith("messages"):
        context, messages = "chat", tuple(text.split("\n"))
    return Case(
        id,
        context or context_for(id, len(text)),
        text,
        language,
        tuple(expected),
        messages,
        disguise,
    )


def distinct(cases: Iterable[Case]) -> list[Case]:
    """Some disguises leave some words as they are; such a case is counted once."""
    seen: dict[tuple[str, tuple[str, ...]], Case] = {}
    for one in cases:
        seen.setdefault((one.text, one.messages), one)
    return list(seen.values())
