"""Findings as a page shows them: what stands where in a text, in the words of the guard's guidance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from penpal.kernel import html
from penpal.screening.findings import Finding, Kind
from penpal.screening.guidance import WORDS, Words


@dataclass(frozen=True)
class Note:
    """One passage of a text and all that was found in it; ``start`` and ``end`` count code points."""

    start: int
    end: int
    quote: str
    kinds: tuple[Kind, ...]

    @property
    def words(self) -> list[Words]:
        return [WORDS[kind] for kind in self.kinds]

    @property
    def first(self) -> Words:
        return WORDS[self.kinds[0]]

    @property
    def worries(self) -> bool:
        """Words of despair and nothing else: help is shown, and nothing is to be mended."""
        return self.kinds == (Kind.SELF_HARM,)

    @property
    def needs_help(self) -> bool:
        return Kind.SELF_HARM in self.kinds


def notes(text: str, findings: Iterable[Finding]) -> list[Note]:
    """One note for each passage, in the order of the text; what overlaps is one passage."""
    spans: list[tuple[int, int, list[Kind]]] = []
    for found in sorted(findings, key=lambda one: (one.start, one.end)):
        if spans and found.start < spans[-1][1]:
            start, end, kinds = spans.pop()
            kinds = kinds if found.kind in kinds else [*kinds, found.kind]
            spans.append((start, max(end, found.end), kinds))
        else:
            spans.append((found.start, found.end, [found.kind]))
    return [Note(start, end, text[start:end], tuple(kinds)) for start, end, kinds in spans]


def stored(findings: Iterable[Sequence[object]]) -> tuple[Finding, ...]:
    """Findings as a request for release keeps them: kind, start, end."""
    return tuple(
        Finding(Kind(str(kind)), int(str(start)), int(str(end))) for kind, start, end in findings
    )


def marked(text: str, found: Iterable[Note]) -> Markup:
    """The text, escaped, with its passages marked; a style sheet keeps its line ends and counts the marks."""
    return html.marked(text, [(note.start, note.end) for note in found])
