"""The labelled set as a whole: what is found of it, and what is alarmed for nothing."""

from collections.abc import Sequence
from functools import cache

from tests.screening.labelled import evasions, letters, ordinary
from tests.screening.labelled.cases import CONTACT, KINDS
from tests.screening.labelled.measuring import Answer, ask, false_alarms, recall

# The goals: 98% of contact details, 95% of the other kinds, 1% of sentences and 3% of letters.
CONTACT_DETAILS, OTHER_KINDS = 0.98, 0.95
SENTENCES, LETTERS = 0.01, 0.03


@cache
def _hidden() -> Sequence[Answer]:
    return [ask(case) for case in evasions()]


def test_contact_details_are_found_in_their_disguises() -> None:
    assert recall(_hidden(), kinds=CONTACT).share >= CONTACT_DETAILS


def test_what_endangers_a_child_is_found() -> None:
    kinds = [kind for kind in KINDS if kind not in CONTACT]

    assert recall(_hidden(), kinds=kinds).share >= OTHER_KINDS


def test_ordinary_sentences_and_letters_raise_hardly_an_alarm() -> None:
    sentences = false_alarms(ask(case) for case in ordinary())
    whole = false_alarms(ask(case) for case in letters())

    assert sentences.share <= SENTENCES
    assert whole.share <= LETTERS
