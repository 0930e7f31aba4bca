"""What editors write around the pieces of an issue, as it came from a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from penpal.publishing.issues.models import SPACE_DEFAULT


@dataclass(frozen=True)
class Around:
    """``space`` counts characters; without a moment the issue has no day yet."""

    headline: str = ""
    standfirst: str = ""
    note: str = ""
    quote: str = ""
    space: int = SPACE_DEFAULT
    comes_out_at: datetime | None = None
