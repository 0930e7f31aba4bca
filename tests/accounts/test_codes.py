"""Codes and login names: readable, hard to guess, never twice the same."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from penpal.accounts import codes

KEYS = st.text(min_size=1, max_size=60)
IDS = st.integers(min_value=1, max_value=2**31 - 1)
NONCES = st.text(alphabet="0123456789abcdef", min_size=24, max_size=24)


def test_the_alphabet_has_no_signs_that_look_alike() -> None:
    assert not set("0O1IL") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 31


@given(KEYS, IDS, NONCES)
def test_a_code_is_eight_signs_of_the_alphabet_and_made_again_the_same(
    key: str, person_id: int, nonce: str
) -> None:
    code = codes.derive(key, person_id, nonce)

    assert len(code) == codes.LENGTH == 8
    assert set(code) <= set(codes.ALPHABET)
    assert codes.derive(key, person_id, nonce) == code


@given(KEYS, IDS, NONCES)
def test_another_key_person_or_nonce_gives_another_code(
    key: str, person_id: int, nonce: str
) -> None:
    code = codes.derive(key, person_id, nonce)

    assert codes.derive(key + "x", person_id, nonce) != code
    assert codes.derive(key, person_id + 1, nonce) != code
    assert codes.derive(key, person_id, nonce[::-1] + "0") != code


def test_twenty_thousand_codes_are_all_different() -> None:
    made = {codes.derive("key", person_id, codes.fresh_nonce()) for person_id in range(20_000)}

    assert len(made) == 20_000


@given(
    KEYS,
    IDS,
    NONCES,
    st.lists(st.sampled_from(" -–·\t\u3000"), min_size=9, max_size=9),
    st.booleans(),
)
def test_however_a_code_is_spaced_and_written_it_is_the_same(
    key: str, person_id: int, nonce: str, gaps: list[str], small: bool
) -> None:
    code = codes.derive(key, person_id, nonce)
    typed = "".join(gap + sign for gap, sign in zip(gaps, code, strict=False)) + gaps[-1]

    assert codes.tidy(typed.lower() if small else typed) == code


def test_no_code_has_signs_that_look_alike() -> None:
    assert set("0O1IL").isdisjoint(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 31


@given(KEYS, st.text(alphabet=codes.ALPHABET, min_size=8, max_size=8))
def test_what_is_kept_of_a_code_does_not_give_it_away(key: str, code: str) -> None:
    kept = codes.fingerprint(key, code)

    assert code.lower() not in kept
    assert kept == codes.fingerprint(key, code)
    assert kept != codes.fingerprint(key + "x", code)


def test_login_names_can_be_read_aloud_and_typed() -> None:
    names = {codes.login_name() for _ in range(500)}

    for name in names:
        assert set(name) <= set(string.ascii_lowercase + string.digits)
        assert name[:3].isalpha()
        assert name[-3:].isdigit()
        assert 7 <= len(name) <= 15
    assert len(names) > 450
