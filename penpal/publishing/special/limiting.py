"""How many words one address may leave: enough for a reader, too few for whoever writes to many."""

from __future__ import annotations

from limits import parse

from penpal.accounts.limits import limiter
from penpal.kernel.errors import TooMany

_WORDS = (parse("5 per hour"), parse("20 per day"))


def count_word(address: str) -> None:
    """One more word comes from this address. Raises ``TooMany``."""
    if limiter.enabled and not all(
        limiter.limiter.hit(limit, f"word:{address}") for limit in _WORDS
    ):
        raise TooMany
