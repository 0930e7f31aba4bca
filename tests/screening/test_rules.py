"""Each rule does what its own examples say: they are its tests."""

import pytest

from penpal.screening import normalising, rule_files
from penpal.screening.findings import Context, Kind
from penpal.screening.rule_files import Rule
from penpal.screening.screen import screen_by_rules

RULES = rule_files.rules()


def _context(rule: Rule) -> Context:
    return Context.LETTER if Context.LETTER in rule.contexts else min(rule.contexts)


def _kinds(rule: Rule, text: str) -> set[Kind]:
    return {finding.kind for finding in screen_by_rules(text, _context(rule))}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_finds_what_it_must_and_leaves_the_rest_alone(rule: Rule) -> None:
    missed = [text for text in rule.must if rule.kind not in _kinds(rule, text)]
    alarmed = [text for text in rule.must_not if rule.kind in _kinds(rule, text)]

    assert (missed, alarmed) == ([], []), [normalising.normalise(text).text for text in missed]


def test_no_two_rules_have_one_name_and_every_kind_of_words_has_rules() -> None:
    by_numbers_alone = {Kind.PHONE_LANDLINE, Kind.ID_CARD}

    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names))
    assert {rule.kind for rule in RULES} == set(Kind) - by_numbers_alone
