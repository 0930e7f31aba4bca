"""What stands in the database and may not be read there: sealed with a key that is kept elsewhere.

A school's file holds what we never keep: until it is read, its key travels with the job or in the
browser that sent it. The secret of a second factor is sealed with a key made out of the signing key.
"""

from __future__ import annotations

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken


class WrongKey(ValueError):
    """It was sealed with another key, or is no longer what was sealed."""


def fresh_key() -> str:
    return Fernet.generate_key().decode()


@lru_cache(maxsize=16)
def derived_key(secret: str, purpose: str) -> str:
    """A key for one purpose alone, the same whenever it is made out of the same secret."""
    digest = hmac.digest(secret.encode(), f"sealing:{purpose}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode()


def seal(plain: bytes, key: str) -> bytes:
    return Fernet(key).encrypt(plain)


def unseal(sealed: bytes, key: str) -> bytes:
    """The bytes that were sealed. Raises ``WrongKey``."""
    try:
        return Fernet(key).decrypt(sealed)
    except (InvalidToken, ValueError) as problem:
        # A key that is none at all, like that of a browser that sent nothing, is a ValueError.
        raise WrongKey from problem
