"""What happened to what two do together, told to the other one's open pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class News(StrEnum):
    """The end of the name under which the page keeps its words; nothing of what was written."""

    PROPOSED = "ActivityProposed"
    CHANGED = "ActivityChanged"
    AGREED = "ActivityAgreed"
    SAID = "ActivitySaid"
    ENDED = "ActivityEnded"
    DONE = "ActivityDone"
    SHARED = "ActivityShared"


@dataclass(frozen=True)
class ActivityMoved:
    """Something that the partner would like to know at once."""

    activity_id: int
    reader_id: int
    author_name: str
    news: News
