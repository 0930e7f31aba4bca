"""How many words one address may leave: enough for a reader, too few for whoever writes to many."""

from __future__ import annotations

from limits import parse

from penpal.accounts import limits

_WORDS = (parse("5 per hour"), parse("20 per day"))


def count_word(address: str) -> None:
    """One more word comes from this address. Raises ``TooMany``."""
    limits.count(_WORDS, f"word:{address}")
