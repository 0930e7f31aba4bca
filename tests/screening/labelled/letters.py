"""The whole letters of the labelled set, each put together from hand-written paragraphs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.screening.labelled.cases import PARTS, Case, part_of, parts
from tests.screening.labelled.ordinary import filled

LENGTHS = range(300, 1501)
TRIES = 500


@cache
def letters() -> tuple[Case, ...]:
    """Letters in which a guard must find nothing; no two hold the same set of paragraphs."""
    return tuple(
        case
        for file in sorted(PARTS.glob("letters_*.toml"))
        for voice in parts(file.stem).get("voice", ())
        for case in in_voice(voice)
    )


def in_voice(voice: dict[str, Any]) -> Iterator[Case]:
    """Every letter opens and closes; between them stand paragraphs on different matters."""
    dice = random.Random(voice["name"])
    seen: set[frozenset[str]] = set()
    for number in range(voice["count"]):
        id = f"letters-{voice['name']}-{number:03}"
        chosen, text = unlike(voice, part_of(id), seen, dice)
        seen.add(frozenset(chosen))
        yield Case(id=id, context="letter", text=text, language=voice["language"])


def unlike(
    voice: dict[str, Any], part: str, seen: set[frozenset[str]], dice: random.Random
) -> tuple[list[str], str]:
    """Paragraphs that stand together in no letter so far, and what is read when they are filled."""
    for _ in range(TRIES):
        chosen = paragraphs(voice, part, dice)
        text = "\n".join(filled(paragraph, dice) for paragraph in chosen)
        if len(text) in LENGTHS and frozenset(chosen) not in seen:
            return chosen, text
    raise ValueError(f"The voice {voice['name']} has too few paragraphs.")


def paragraphs(voice: dict[str, Any], part: str, dice: random.Random) -> list[str]:
    matters = dice.sample(list(voice["matters"].values()), dice.randint(*voice["length"]))
    middle = [dice.choice(kept_for(part, matter)) for matter in matters]
    opening = dice.choice(kept_for(part, voice["openings"]))
    return [opening, *middle, dice.choice(kept_for(part, voice["closings"]))]


def kept_for(part: str, written: list[str]) -> list[str]:
    """The two parts share no paragraph, so nothing learnt from an open letter tells of a held one."""
    return [one for turn, one in enumerate(written) if (turn % 5 in (1, 3)) == (part == "held")]
