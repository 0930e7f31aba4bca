"""What the guard says of a text: which kind of danger, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What endangers a child, and nothing else: never an opinion, a topic, a faith, a script."""

    PHONE_MOBILE = "phone_mobile"
    PHONE_LANDLINE = "phone_landline"
    WECHAT = "wechat"
    QQ = "qq"
    OTHER_HANDLE = "other_handle"
    EMAIL = "email"
    URL = "url"
    STREET_ADDRESS = "street_address"
    SCHOOL_ADDRESS = "school_address"
    ID_CARD = "id_card"
    MEETING_PLAN = "meeting_plan"
    SEXUAL_APPROACH = "sexual_approach"
    BULLYING = "bullying"
    THREAT = "threat"
    SELF_HARM = "self_harm"
    SECRECY_REQUEST = "secrecy_request"
    MONEY_REQUEST = "money_request"


DETAILS = frozenset(
    {
        Kind.PHONE_MOBILE,
        Kind.PHONE_LANDLINE,
        Kind.WECHAT,
        Kind.QQ,
        Kind.OTHER_HANDLE,
        Kind.EMAIL,
        Kind.URL,
        Kind.STREET_ADDRESS,
        Kind.SCHOOL_ADDRESS,
        Kind.ID_CARD,
    }
)
"""What leads to a child outside of the product."""


class Context(StrEnum):
    """Where a text stands. A profile and a title are short and seen first, a letter is prose."""

    LETTER = "letter"
    CHAT = "chat"
    PROFILE = "profile"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Finding:
    """``start`` and ``end`` count code points of the text as it was given, half open."""

    kind: Kind
    start: int
    end: int
