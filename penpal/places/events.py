"""What happened to places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HoursChanged:
    """A school set its hours, its quiet hours or its hours of chat anew."""

    school_id: int
