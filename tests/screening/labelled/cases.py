"""One text of the labelled set, what a guard must find in it, and which part of the set it is in."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PARTS = Path(__file__).parent / "parts"

KINDS = (
    "phone_mobile",
    "phone_landline",
    "wechat",
    "qq",
    "other_handle",
    "email",
    "url",
    "street_address",
    "school_address",
    "id_card",
    "meeting_plan",
    "sexual_approach",
    "bullying",
    "threat",
    "self_harm",
    "secrecy_request",
    "money_request",
)
# The kinds by which somebody could be reached; of these a guard must find more.
CONTACT = KINDS[:10]
CONTEXTS = ("letter", "chat", "profile", "title")
LANGUAGES = ("zh", "en", "ug", "mixed", "other")


@dataclass(frozen=True, slots=True)
class Expected:
    """``start`` and ``end`` count code points, half open, in the text or the joined messages."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Case:
    """``text`` joins ``messages`` with line ends where a case has several of them.

    An id reads ``family#variant``: variants of one sentence always share their part.
    """

    id: str
    context: str
    text: str
    language: str
    expected: tuple[Expected, ...] = ()
    messages: tuple[str, ...] = ()
    disguise: str = "none"

    @property
    def part(self) -> str:
        """What is "open" may be read by whoever writes rules; "blind" is for figures alone."""
        return part_of(self.id)


def part_of(id: str) -> str:
    if id.startswith("blind-"):
        return "blind"
    family = id.partition("#")[0]
    share = int.from_bytes(hashlib.sha256(family.encode()).digest()[:4], "big") / 2**32
    return "open" if share < 0.6 else "held"


@cache
def parts(name: str) -> dict[str, Any]:
    """The hand-written parts in ``parts/<name>.toml``."""
    return tomllib.loads((PARTS / f"{name}.toml").read_text(encoding="utf-8"))
