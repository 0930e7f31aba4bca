"""What nobody may read while it waits: sealed with a key that is kept in another place.

A school's file holds what we never keep. Until it is read, only its sealed form is in the database;
the key travels with the job or in the browser that sent the file, and is gone when they are.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken


class WrongKey(ValueError):
    """It was sealed with another key, or is no longer what was sealed."""


def fresh_key() -> str:
    return Fernet.generate_key().decode()


def seal(plain: bytes, key: str) -> bytes:
    return Fernet(key).encrypt(plain)


def unseal(sealed: bytes, key: str) -> bytes:
    """The bytes that were sealed. Raises ``WrongKey``."""
    try:
        return Fernet(key).decrypt(sealed)
    except (InvalidToken, ValueError) as problem:
        # A key that is none at all, like that of a browser that sent nothing, is a ValueError.
        raise WrongKey from problem
