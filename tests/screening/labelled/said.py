"""Sentences written whole by hand: plans, threats, and the wishes nobody should put to a child."""

from __future__ import annotations

from collections.abc import Iterator

from tests.screening.labelled import marking, wording
from tests.screening.labelled.cases import CONTACT, KINDS, Case, parts
from tests.screening.labelled.marking import Segment

# Dots in an address that is itself spelled with dots would leave nothing to read.
GENTLE = ("zero_width", "lines", "messages", "traditional", "capitals", "full_width", "drawn_out")


def said() -> Iterator[Case]:
    for kind in KINDS:
        yield from sentences(kind)
        yield from short(kind, "title")
        yield from short(kind, "profile")


def sentences(kind: str) -> Iterator[Case]:
    """Each sentence as it is, and each once more in the next disguise of its language."""
    for language, written in parts(f"said_{kind}").items():
        disguises = list(wording.DISGUISES[language].items())
        if kind in CONTACT:
            disguises = [one for one in disguises if one[0] in GENTLE]
        for turn, sentence in enumerate(written):
            pieces = marking.segments(sentence, kind)
            named = marking.family(kind, language, sentence)
            # A sentence of several lines is told in several messages.
            plain = "said_messages" if "\n" in sentence else "said"
            yield marking.case(f"{named}#{plain}", pieces, language=language, disguise=plain)
            if "\n" in sentence:
                continue
            name, disguise = disguises[turn % len(disguises)]
            hidden = [
                Segment(disguise(piece.words, turn), piece.kind) if piece.kind else piece
                for piece in pieces
            ]
            yield marking.case(f"{named}#{name}", hidden, language=language, disguise=name)


def short(kind: str, context: str) -> Iterator[Case]:
    for language, written in parts(f"short_{context}s").get(kind, {}).items():
        for text in written:
            yield marking.case(
                f"{marking.family(kind, language, text)}#{context}",
                marking.segments(text, kind),
                language=language,
                disguise=f"in_{context}",
                context=context,
            )
