"""The labelled set is what it says it is: large, varied, distinct, and marked where it says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from stdnum.cn import ric

from tests.screening.labelled import evasions, letters, ordinary, payloads
from tests.screening.labelled.cases import CONTACT, CONTEXTS, KINDS, parts


def test_every_kind_is_hidden_in_every_language_many_times():
    counts = Counter(
        (kind, case.language) for case in evasions() for kind in {e.kind for e in case.expected}
    )

    assert len(evasions()) >= 1500
    assert {kind for kind, _ in counts} == set(KINDS)
    for kind in KINDS:
        assert counts[kind, "zh"] >= 70
        assert counts[kind, "en"] >= 20
        assert counts[kind, "ug"] >= 12
        assert counts[kind, "mixed"] >= 5


def test_kinds_without_numbers_are_written_by_hand():
    for kind in KINDS[len(CONTACT) :]:
        sentences = parts(f"said_{kind}")

        assert len(sentences["zh"]) >= 35
        assert len(sentences["en"]) >= 15
        assert len(sentences["ug"]) >= 6
        assert len({one for some in sentences.values() for one in some}) >= 60


def test_no_two_cases_are_alike_and_each_has_its_own_id():
    cases = [*evasions(), *ordinary(), *letters()]

    assert len({case.id for case in cases}) == len(cases)
    assert len({(case.context, case.text, case.messages) for case in cases}) == len(cases)


def test_marks_stand_inside_the_text_and_on_something():
    for case in evasions():
        assert case.context in CONTEXTS
        assert case.expected
        assert not case.messages or "\n".join(case.messages) == case.text
        for expected in case.expected:
            assert 0 <= expected.start < expected.end <= len(case.text), case.id
            assert case.text[expected.start : expected.end].strip(), case.id


def test_ordinary_texts_expect_nothing():
    assert not any(case.expected for case in [*ordinary(), *letters()])


def test_identity_numbers_have_the_right_check_digit():
    assert all(ric.is_valid(payloads.id_card(turn)) for turn in range(200))


def test_two_fifths_are_held_and_all_variants_of_a_sentence_together():
    shares = Counter(case.part for case in evasions())
    parts_of: dict[str, set[str]] = {}
    for case in evasions():
        parts_of.setdefault(case.id.partition("#")[0], set()).add(case.part)

    assert 0.35 <= shares["held"] / shares.total() <= 0.45
    assert all(len(some) == 1 for some in parts_of.values())


def test_modules_of_the_set_are_short():
    for path in Path(__file__).parent.glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path.name
