"""The same dangers in the middle of a whole letter, where ordinary sentences stand around them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.screening.labelled import marking
from tests.screening.labelled.cases import KINDS, Case, parts
from tests.screening.labelled.marking import Segment

EACH = {"zh": 6, "en": 3, "ug": 2, "mixed": 1}


def inside() -> Iterator[Case]:
    for place, kind in enumerate(KINDS):
        for language, count in EACH.items():
            letters = parts("prose")[language]["letters"]
            sentences = [one for one in parts(f"said_{kind}")[language] if "\n" not in one]
            for turn in range(min(count, len(sentences))):
                sentence = sentences[(place + turn) % len(sentences)]
                letter = letters[(place + turn) % len(letters)]
                before, _, after = letter.partition("{}")
                yield marking.case(
                    f"{marking.family(kind, language, sentence)}#inside.{place + turn}",
                    [Segment(before), *marking.segments(sentence, kind), Segment(after)],
                    language=language,
                    disguise="inside",
                    context="letter",
                )
