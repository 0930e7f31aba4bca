"""The ordinary part is what it says it is: mostly Chinese, written by hand at its core, whole letters."""

from __future__ import annotations

from collections import Counter

from tests.screening.labelled import letters, ordinary
from tests.screening.labelled.cases import CONTEXTS, LANGUAGES, PARTS, parts
from tests.screening.labelled.letters import LENGTHS
from tests.screening.labelled.ordinary import written


def test_five_thousand_sentences_stand_on_hand_written_ones():
    by_hand = Counter(case.language for case in written())
    contexts = Counter(case.context for case in ordinary())

    assert len(ordinary()) == 5_000
    assert by_hand["zh"] >= 600
    assert by_hand["en"] >= 180
    assert by_hand["ug"] >= 60
    assert set(by_hand) == set(LANGUAGES)
    assert set(contexts) == set(CONTEXTS)
    assert min(contexts.values()) >= 100
    assert not any("{" in case.text for case in ordinary() if "#" in case.id)


def test_whole_letters_are_of_many_paragraphs_and_no_two_alike():
    languages = Counter(case.language for case in letters())
    voices = [voice for file in PARTS.glob("letters_*.toml") for voice in parts(file.stem)["voice"]]
    paragraphs = [
        paragraph
        for voice in voices
        for some in (voice["openings"], voice["closings"], *voice["matters"].values())
        for paragraph in some
    ]

    assert len(set(paragraphs)) == len(paragraphs) >= 250
    assert len({case.text for case in letters()}) == len(letters()) >= 200
    assert languages["zh"] >= 150
    assert languages["en"] >= 25
    assert languages["ug"] >= 10
    assert all(len(case.text) in LENGTHS for case in letters())


def test_open_and_held_letters_share_no_paragraph():
    lines: dict[str, set[str]] = {"open": set(), "held": set()}
    for case in letters():
        lines[case.part] |= {line for line in case.text.split("\n") if len(line) > 60}

    assert lines["open"]
    assert lines["held"]
    assert not lines["open"] & lines["held"]
