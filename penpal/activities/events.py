"""What happens around a thing that two do together, as the other one is told of it."""

from __future__ import annotations

from enum import StrEnum


class News(StrEnum):
    """Nothing of what was written."""

    PROPOSED = "proposed"
    CHANGED = "changed"
    AGREED = "agreed"
    SAID = "said"
    ENDED = "ended"
    DONE = "done"
    SHARED = "shared"
