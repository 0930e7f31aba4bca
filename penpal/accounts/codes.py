"""Activation codes and login names: made to be read aloud, copied by hand and typed by a child."""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 and O, no 1, I and L: thirty-one signs that do not look alike."""
LENGTH = 8

# Syllables in pinyin that anyone can say and none of which is a name of a child.
_SYLLABLES = (  # noqa: SIM905
    "bei chun deng fan gu hai he hu lan lin lu mai men mu nan pan ping qi qing ran "
    "shan shu song su tang tao tian wan wei wen wu xi xing xue yan yang ye yin yu yun "
    "zhan zhen zhi zhou zhu"
).split()


def fresh_nonce() -> str:
    return secrets.token_hex(12)


def derive(key: str, person_id: int, nonce: str) -> str:
    """The code of one activation: about 39 bits, made again from the key whenever a slip is printed."""
    digest = hmac.digest(key.encode(), f"activation:{person_id}:{nonce}".encode(), "sha256")
    number = int.from_bytes(digest, "big")
    signs = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[index])
    return "".join(signs)


def tidy(typed: str) -> str:
    """What was typed, as a code would be written: upper case, without spaces and dashes."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def fingerprint(key: str, code: str) -> str:
    """A keyed hash: the table of codes is of no use to whoever copies it."""
    return hmac.new(key.encode(), f"code:{code}".encode(), hashlib.sha256).hexdigest()


def login_name() -> str:
    """A candidate login name: two syllables and three digits, e.g. ``songhe482``. Uniqueness is the table's."""
    return (
        secrets.choice(_SYLLABLES) + secrets.choice(_SYLLABLES) + str(secrets.randbelow(800) + 200)
    )
