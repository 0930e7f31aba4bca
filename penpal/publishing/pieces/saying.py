"""What a child says of themselves and of a piece when they submit it or say yes to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from penpal.consent.models import Purpose


@dataclass(frozen=True)
class Own:
    """What a child says of themselves with a yes: to which purposes at large, and under which name.

    ``purposes`` are those of the ledger that they tick with it; what is there already stays.
    """

    with_photos: bool = False
    wants_real_name: bool = False
    purposes: Collection[Purpose] = ()


@dataclass(frozen=True)
class About:
    """What stands over a piece; ``keeps`` as in the copy."""

    title: str
    theme: str = ""
    keeps: Collection[str] = ()
